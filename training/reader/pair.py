"""A claim, the sentences that it is judged by, and the label."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORTED, NOT_SAID, CONTRADICTED = 0, 1, 2
LABELS = {"supported": SUPPORTED, "not said": NOT_SAID, "contradicted": CONTRADICTED}


@dataclass(frozen=True)
class Pair:
    """What is quoted, with its article's title before it, a claim, and the label.

    `binary`: the label tells only supported from not. `language` is the claim's, "" if that does
    not matter, `sentence` the first quoted one of a claim on news.
    """

    quoted: str
    claim: str
    label: int
    binary: bool = False
    language: str = ""
    sentence: str = ""
