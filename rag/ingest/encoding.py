"""Detect the encoding of a file, and refuse files that are not text."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from rag.ingest.fields import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_MOST_CONTROL = 0.01
"""Largest share of control characters in a text."""
_SAMPLE = 1_000_000
"""Bytes read to detect a code page; charset-normalizer samples from them again."""

# Characters of German, English and other western prose outside ASCII, in Windows-1252. Symbols such
# as ¹ ³ ¿ § ” stand beside a word. Inside a word they are letters of another code page (DOS, Mac,
# Central European).
_WESTERN_LETTERS = "ÄÖÜäöüßÀÁÂÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛàáâãåæçèéêëìíîïñòóôõøùúûýÿœŒ"
_WESTERN_SIGNS = "\xa0\xad„“”‚‘’‹›«»–—…•·€£¥$§©®™°²³½¼¾¹†‡‰ªº¡¿´¨¤"
_WESTERN = re.compile(rf"[\x00-\x7f{_WESTERN_LETTERS}{_WESTERN_SIGNS}]*")
_SIGN_IN_WORD = re.compile(r"[^\W\d_][§¤¹²³¿¡„“”‚‹›•£¥¨´ªº][^\W\d_]")
_MOST_SIGNS_IN_WORDS = 0.02
"""Share of all words. A missing space makes one; a misread DOS code page has one in three words."""
_MOST_ACCENTED = 0.4
"""Share of all letters: 2 % in German, 25 % in a short line, over 80 % in misread Cyrillic."""
_FEWEST_BYTES = 5
"""Bytes beyond ASCII needed to detect a code page. With fewer the detector guesses: "Müller" in a
DOS code page is Japanese to it."""

# Code pages in which news is saved. Among all of its own, the detector chooses an EBCDIC page for
# short German texts.
_CANDIDATES = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "iso8859_2", "iso8859_5"),
    *("iso8859_7", "iso8859_9", "koi8_r", "koi8_u", "mac_roman", "cp437", "cp850", "cp852"),
    *("cp866", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
]
_DECLARABLE = re.compile(r"(utf|iso8859|cp\d|koi8|gb|big5|shift_jis|euc|mac|iso2022|tis)", re.I)
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
"""A declared encoding is read as a larger one that includes it, as browsers do."""


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Return the text of a file without its byte order mark, otherwise unchanged.

    `declared` is the encoding that the file states. Raises Unreadable if the file is not text or
    its encoding is broken. No character is ever replaced.
    """
    encoding = find_encoding(data, declared=declared)
    skipped = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(error.start + skipped, encoding) from error
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text) or "\0" in text:
        raise Unreadable("it is not text but binary data (control characters)")
    return text


def find_encoding(data: bytes, *, declared: str | None = None) -> str:
    """Return the codec of a file's bytes.

    In this order: by the byte order mark, UTF-8, the declared one, the one that fits. Raises
    Unreadable if none fits, or if most but not all of the bytes are UTF-8.
    """
    marked = find_mark(data)
    if marked:
        return marked
    if b"\0" in data:
        raise Unreadable(f"it is not text but binary data (NUL byte at {data.index(0)})")
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if is_mostly_utf8(data):
            raise _broken(error.start, "utf-8") from error
    named = _look_up(declared)
    if named and _decodes(data, named):
        return named
    if _is_western(data):
        return "cp1252" if b"\x80" in data or b"\xa4" not in data else "iso8859-15"
    found = _detect(data[:_SAMPLE])
    if found is None:
        raise Unreadable("its encoding is unknown; save it as UTF-8")
    return found


def find_mark(data: bytes) -> str | None:
    """Return the codec of the byte order mark at the beginning, None without a mark."""
    return next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)


def is_mostly_utf8(data: bytes) -> bool:
    """Whether at least half of the characters beyond ASCII are valid UTF-8, and there are some."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    whole = sum(char > "\x7f" for char in text) - broken
    return whole > 0 and whole >= broken


def _broken(position: int, encoding: str) -> Unreadable:
    name = encoding.removesuffix("-sig").upper()
    return Unreadable(f"its encoding is broken at byte {position} ({name}); save it as UTF-8")


def _look_up(declared: str | None) -> str | None:
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):
        return None
    # Without `unicode_escape` and the like, which decode anything.
    return _WIDER.get(name, name) if _DECLARABLE.match(name) else None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _detect(data: bytes) -> str | None:
    if sum(byte > 0x7F for byte in data) < _FEWEST_BYTES:
        return None
    matches = from_bytes(data, cp_isolation=_CANDIDATES)
    return next((match.encoding for match in matches if _spells_words(str(match))), None)


def _spells_words(text: str) -> bool:
    return len(_SIGN_IN_WORD.findall(text)) <= _MOST_SIGNS_IN_WORDS * len(text.split())


def _is_western(data: bytes) -> bool:
    if not _decodes(data, "cp1252"):
        return False
    text = data.decode("cp1252")
    letters = sum(map(str.isalpha, text))
    accented = sum(char > "\x7f" and char.isalpha() for char in text)
    return (
        bool(_WESTERN.fullmatch(text))
        and _spells_words(text)
        and accented <= max(3, _MOST_ACCENTED * letters)
    )
