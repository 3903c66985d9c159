"""Spell names so that those of two languages or scripts come out alike: Wladimir, Vladimir."""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщыэюяёъь",
        "a b v g g d e ie sh s i i i i k l m n o p r s t u f h s sh sh sh i e iu ia io _ _".split(),
        strict=True,
    )
)
_CYRILLIC_TABLE = str.maketrans({c: latin.strip("_") for c, latin in _CYRILLIC.items()})
# Spellings of one sound in German, English and French, the longer ones first.
_SOUNDS = (
    (r"schtsch|shch|tsch|tch|sch|sh|ch|kh|cz|ck", "k"),
    (r"ph", "f"),
    (r"x", "ks"),
    (r"ts|tz|z|ß|ss|c(?=[eiy])", "s"),
    (r"th|dt", "t"),
    (r"[cq]", "k"),
    (r"w", "v"),
    (r"[jy]", "i"),
    (r"ae", "a"),
    (r"oe|ou", "o"),
    (r"ue|oo", "u"),
)
_SOUND_PATTERN = re.compile("|".join(f"({pattern})" for pattern, _ in _SOUNDS))
_TWICE = re.compile(r"(\w)\1+")
_ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,4}")


def compose(text: str) -> str:
    """Return a text with its accents composed; in linear time, unlike NFC on a run of accents."""
    return _ACCENTED.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def fold(text: str) -> str:
    """Return a text without case, accents and Cyrillic letters."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_CYRILLIC_TABLE)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def sound(folded: str) -> str:
    """Return a folded word as it roughly sounds."""
    plain = _SOUND_PATTERN.sub(lambda match: _SOUNDS[(match.lastindex or 1) - 1][1], folded)
    return _TWICE.sub(r"\1", plain)


def likeness(one: str, other: str) -> float:
    """Return how many letter pairs two words share, 0 to 1 (Dice)."""
    pairs = {one[i : i + 2] for i in range(len(one) - 1)}
    others = {other[i : i + 2] for i in range(len(other) - 1)}
    return 2 * len(pairs & others) / (len(pairs) + len(others) or 1)
