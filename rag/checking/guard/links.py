"""Find what no sentence of an answer has: links, addresses, markup, words that are none.

A model that was told so by an article writes them. The sentence is shown as text in any case; a
reader who is sent somewhere must not be told that the articles bear it out.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from os.path import commonprefix

from rag.language.lexicon import Lexicon
from rag.language.spelling import fold, sound
from rag.question.question import Question

# The ends of names on the net that are words or abbreviations of neither language.
_DOMAINS = (
    r"(?:com|net|org|info|biz|xyz|top|site|online|shop|club|link|click|live|store|tech|dev|app|gov"
    r"|edu|io|ai|co|me|tv|gg|ly|to|cc|eu|de|at|ch|uk|us|fr|it|es|nl|pl|ru|ua|cn|jp|in|br|ca|au|tk"
    r"|example|test|onion|zip|mov|page|web|blog|news)"
)
_LINK = re.compile(
    r"\w[\w.+-]*\s?@\s?[\w-]+\.\w{2,}|\b[a-z][a-z0-9+.-]{1,15}:\s?//|\bwww\s?\.\s?\w"
    r"|\b(?:mailto|javascript|data|tel|vbscript|file|blob):\S"
    rf"|(?<![\w.])(?P<domain>(?:[a-z0-9äöüß][\w-]*\.)+{_DOMAINS})\b(?![.-]?\w)(?P<path>/\w)?"
    r"|\b\w[\w-]*(?:\s?\[(?:\.|dot|punkt)\]\s?|\s?\((?:\.|dot|punkt)\)\s?)\w"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/)|(?<![\w.])//[\w-]+\.\w",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"!?\[[^\[\]\n]{0,200}\]\s?\(|!\[|</?[a-zA-Z][^<>\n]{0,300}>|<!--|&(?:#\w+|[a-z]{2,8});|`"
    r"|\*\*\S|(?<!\w)__\S|^\s*#{1,6}\s|\{\{|\$\{|^\s*\|.*\|\s*$|^\[[^\]\n]+\]:"
)
_TOKEN = re.compile(r"\S+")
_EDGES = re.compile(r"^[^\w@#$%&*+~=<>/\\|^]+|[^\w%]+$")
_NUMBER = re.compile(r"[\d.,:/ –-]*\d[\d.,:/–-]*(?:\w{0,3}|%)")
_PARTS = re.compile(r"[-–—/'’´`.…·+&]")
_ENDINGS = ("s", "es", "en", "n", "e", "er", "em", "ed", "d", "ing", "ly", "ern")
_LONGEST_WORD_READ = 40
"""Characters; "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" has 63, no news."""
_FEWEST_UNKNOWN = 2
_SHARE_OF_UNKNOWN = 0.2
_SHORTEST_SLIP = 5


def find_link(text: str, quoted: str = "") -> str:
    """Return in one line which link, address or markup a sentence has, "" if none.

    A domain that stands in the quoted words is the name of an outlet or a firm: "Bild.de".
    """
    for found in _LINK.finditer(text):
        domain = found["domain"]
        if not domain or found["path"] or domain.casefold() not in quoted.casefold():
            return f"it has a link or an address ({(domain or found[0]).strip()[:40]})"
    return "it has markup" if _MARKUP.search(text) else ""


def find_garbled(text: str, there: Collection[str], question: Question, lexicon: Lexicon) -> str:
    """Return in one line that too many words of a sentence are none, "" if they are.

    Words are those that the lexicon has, and those `there`, casefolded, in the passages and the
    question. Nothing is said of a language that the lexicon does not have.
    """
    if question.language not in lexicon.languages:
        return ""
    tokens = [token for found in _TOKEN.findall(text) if (token := _EDGES.sub("", found))]
    unknown = [token for token in tokens if not _is_word(token, there, lexicon)]
    if len(unknown) >= max(min(_FEWEST_UNKNOWN, len(tokens)), _SHARE_OF_UNKNOWN * len(tokens)):
        return "its words are not written as words are"
    slips = [token for token in unknown if _is_slip(token.casefold(), there)]
    return f"it misspells what the articles write ({slips[0][:40]})" if slips else ""


def read_words(*texts: str) -> frozenset[str]:
    """Return the words of texts, casefolded, whole and in the parts between hyphens."""
    found: set[str] = set()
    for text in texts:
        for token in _TOKEN.findall(text.casefold()):
            whole = _EDGES.sub("", token)
            found.update((whole, *_PARTS.split(whole)))
    return frozenset(found)


def _is_word(token: str, there: Collection[str], lexicon: Lexicon) -> bool:
    word = token.casefold()
    if word in there or _NUMBER.fullmatch(word):
        return True
    parts = [part for part in _PARTS.split(word) if part]
    return len(word) <= _LONGEST_WORD_READ and all(_is_known(p, there, lexicon) for p in parts)


def _is_known(part: str, there: Collection[str], lexicon: Lexicon) -> bool:
    """Tell whether a word, another form of it, or a compound's parts are known."""
    if part.isdigit():
        return True
    stems = [part] + [part.removesuffix(e) for e in _ENDINGS if part.isalpha() and len(part) > 4]
    known = any(
        stem in there or any(stem in words for words in lexicon.lines.values())
        for stem in stems
        if stem == part or len(stem) >= 4
    )
    return known or (
        part.isalpha() and any(lexicon.translate(part, language) for language in lexicon.languages)
    )


def _is_slip(word: str, there: Collection[str]) -> bool:
    """Whether a word that is none has the letters of one in the articles in another order.

    Or one letter more, less or other, inside: at the end it may be inflected, or a name from
    another script ("Peskow", "Peskov").
    """
    letters = sorted(word)
    return len(word) > 2 and any(
        abs(len(word) - len(other)) <= 1 and (sorted(other) == letters or _is_one_off(word, other))
        for other in there
    )


def _is_one_off(word: str, other: str) -> bool:
    if min(len(word), len(other)) < _SHORTEST_SLIP or not (word + other).isalpha():
        return False
    before = len(commonprefix((word, other)))
    after = len(commonprefix((word[::-1], other[::-1])))
    if not (before >= 1 and after >= 2 and before + after >= max(len(word), len(other)) - 1):
        return False
    # "Cyanobakterium" is no slip for "Cyanobacterium": they sound alike.
    return len(word) != len(other) or sound(fold(word)) != sound(fold(other))
