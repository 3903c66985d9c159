"""Plant altered sentences and count how many the verification of answers catches.

    python -m benchmarks.verification --german FILE --english FILE [--json] [--errors N]

The files are in SQuAD format and hold the same paragraphs in the same order. Sentences are paired
where both paragraphs have equally many and the embedding finds the two alike. A claim is a
sentence, its quote the sentence itself or its counterpart in the other language.

- altered: the claim has another number, another name from the same file, or a "nicht", "kein" or
  "not" more or less; the kinds and the four directions are equally frequent, the seed is fixed;
- sound: the same claims as they are, all of them, in all four directions;
- asked: questions with their answers ("How high is the tower: 40 metres"), people's own words for
  what a sentence of the paragraph says; the quote is the sentence that holds the answer.

A claim counts as caught, or flagged, if it is not "supported".
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from babel import Locale
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from benchmarks.squad import read_paragraphs, read_questions
from benchmarks.trial import CachedEmbeddings
from rag.embedding import load_embedding
from rag.prose import split_sentences
from rag.writing.claims import Claim, Quote, Verdict
from rag.writing.verify import verify

_SEED = 4
_HARMLESS = ("sound", "asked")
_LANGUAGES = ("de", "en")
# Below it the two sentences are mostly not each other's translation.
_LEAST_ALIKE = 0.5
_WORDS = {
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(),
    "en": "two three four five six seven eight nine ten eleven twelve".split(),
}
_DIGITS = re.compile(r"(?<![A-Za-z\d])\d+")
_CAPITALISED = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+[a-z]\b")
# Ways to take a negation out and to put one in: a pattern and what replaces one match of it.
_DROPPED = {
    "de": (
        (r"\b(?<!oder )nicht (?!nur|allein|zuletzt)", ""),
        (r"\b[Kk](ein(?:e[nmrs]?)?)\b", r"\1"),
    ),
    "en": (
        (r"\b(?<!or )not (?!only|least|just)|n['’]t\b|(?<=can)not\b|\bnever ", ""),
        (r"\bno (?!longer|doubt|less|more)", "a "),
    ),
}
_ADDED = {
    "de": (
        (
            r"\b((?:ist|sind|war|wird|hat|hatte|kann|konnte)(?:en)?|wurden?|werden|haben)\b",
            r"\1 nicht",
        ),
        (r"\b(ein(?:e[nmrs]?)?)\b", r"k\1"),
    ),
    "en": (
        (r"\b(is|are|was|were|has|have|had|can|could|will|would|may|should|must)\b", r"\1 not"),
        (r"\ba (?=[a-z])", "no "),
    ),
}
Alter = Callable[["Pair", str, random.Random], str | None]


@dataclass(frozen=True)
class Pair:
    """A sentence in both languages, by language code, and the paragraphs that it is in."""

    sentences: dict[str, str]
    documents: dict[str, Document]


@dataclass(frozen=True)
class Planted:
    """A claim, in what way it was altered, from which language to which, and the verdict."""

    kind: str
    direction: str
    claim: str
    quote: str
    verdict: Verdict

    @property
    def flagged(self) -> bool:
        """Whether it is not shown as supported."""
        return self.verdict.status != "supported"


def make_document(paragraph: str, language: str) -> Document:
    """Return a paragraph as a passage that begins its article."""
    sentences = tuple(split_sentences(paragraph))
    metadata = {"start": 0, "sentences": sentences, "language": language, "title": "", "date": None}
    return Document(page_content=paragraph, metadata=metadata)


def pair_sentences(documents: dict[str, list[Document]], embeddings: Embeddings) -> list[Pair]:
    """Return the sentences of parallel paragraphs that stand at the same place and are alike."""
    pairs: list[Pair] = []
    for both in zip(*(documents[language] for language in _LANGUAGES), strict=True):
        texts = [_sentences(document) for document in both]
        if len(texts[0]) != len(texts[1]):
            continue
        vectors = [np.asarray(embeddings.embed_documents(side)) for side in texts]
        alike = (vectors[0] * vectors[1]).sum(axis=1)
        for one, other, cosine in zip(*texts, alike, strict=True):
            if cosine >= _LEAST_ALIKE:
                sentences = dict(zip(_LANGUAGES, (one, other), strict=True))
                pairs.append(Pair(sentences, dict(zip(_LANGUAGES, both, strict=True))))
    return pairs


def change_number(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put another number for one of a sentence's; None if it has none."""
    text = pair.sentences[language]
    everywhere = " ".join(pair.sentences.values())
    words = _WORDS[language]
    places = [*_DIGITS.finditer(text), *re.finditer(rf"\b(?:{'|'.join(words)})\b", text)]
    if not places:
        return None
    place = chance.choice(places)
    for _ in range(20):
        if place[0].isdigit():
            value = int(place[0])
            near = chance.randint(1, 30) if value > 100 else chance.randint(1, max(3, value))
            new = str(max(1, value + chance.choice((-near, near))))
        else:
            new = chance.choice(words)
        if not re.search(rf"\b{new}", everywhere):
            return text[: place.start()] + new + text[place.end() :]
    return None


def change_name(names: dict[str, list[str]]) -> Alter:
    """Return the alteration that puts one of these names for one of a sentence's."""

    def change(pair: Pair, language: str, chance: random.Random) -> str | None:
        text = pair.sentences[language]
        everywhere = " ".join(pair.sentences.values())
        there = set(find_names(pair)[language]) & set(names[language])
        places = [m for m in re.finditer(r"[^\W\d_][\w-]+", text) if m[0] in there]
        if not places:
            return None
        place = chance.choice(places)
        new = chance.choice([name for name in names[language] if name not in everywhere])
        return text[: place.start()] + new + text[place.end() :]

    return change


def drop_negation(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Take one "nicht", "kein" or "not" out; None if there is none."""
    return _replace_one(pair.sentences[language], _DROPPED[language], chance)


def add_negation(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put a "nicht", "kein" or "not" in; None if there is no place for it."""
    return _replace_one(pair.sentences[language], _ADDED[language], chance)


def find_names(pair: Pair) -> dict[str, list[str]]:
    """Return the names that both languages spell alike, and the countries, by language."""
    found: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
    english, german = Locale("en").territories, Locale("de").territories
    countries = {english[code]: german[code] for code in english if code in german}
    for match in _CAPITALISED.finditer(pair.sentences["en"]):
        other = countries.get(match[0], match[0])
        if re.search(rf"\b{re.escape(other)}\b", pair.sentences["de"]):
            found["en"].append(match[0])
            found["de"].append(other)
    return found


def plant(pairs: Sequence[Pair], count: int, embeddings: Embeddings) -> Iterator[Planted]:
    """Yield altered claims with their verdicts, kinds and directions as even as the file allows."""
    names: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
    for pair in pairs:
        for language, found in find_names(pair).items():
            names[language] += found
    # "River" is no name: it is also written with a small letter somewhere.
    small = {word for pair in pairs for text in pair.sentences.values() for word in text.split()}
    once = {
        language: sorted(name for name in set(found) if name.casefold() not in small)
        for language, found in names.items()
    }
    kinds: dict[str, tuple[Alter, int]] = {
        "number": (change_number, count // 3),
        "name": (change_name(once), count // 3),
        "negation dropped": (drop_negation, count // 6),
        "negation added": (add_negation, count - 2 * (count // 3) - count // 6),
    }
    chance = random.Random(_SEED)
    for kind, (alter, wanted) in kinds.items():
        for number, (said, quoted) in enumerate(_directions()):
            share = wanted // 4 + (number < wanted % 4)
            for pair in chance.sample(pairs, len(pairs)):
                claim = alter(pair, said, chance) if share else None
                if claim is None:
                    continue
                share -= 1
                yield _judge(kind, claim, said, pair, quoted, embeddings)


def judge_sound(pairs: Sequence[Pair], embeddings: Embeddings) -> Iterator[Planted]:
    """Yield every sentence as it is, with its verdict, in all directions."""
    for said, quoted in _directions():
        for pair in pairs:
            yield _judge("sound", pair.sentences[said], said, pair, quoted, embeddings)


def judge_asked(
    files: dict[str, Path], documents: dict[str, list[Document]], embeddings: Embeddings
) -> Iterator[Planted]:
    """Yield each question with its answer as a claim, in all directions."""
    for said, quoted in _directions():
        own = read_questions(files[said], files[said])
        there = read_questions(files[quoted], files[said])
        for one, other in zip(own, there, strict=True):
            document = documents[quoted][one.paragraph]
            sentence = next((s for s in _sentences(document) if other.answers[0] in s), None)
            if sentence:
                claim = f"{one.text.strip().rstrip('?').rstrip()}: {one.answers[0]}."
                pair = Pair({quoted: sentence}, {quoted: document})
                yield _judge("asked", claim, said, pair, quoted, embeddings)


def _judge(
    kind: str, claim: str, said: str, pair: Pair, quoted: str, embeddings: Embeddings
) -> Planted:
    quote = pair.sentences[quoted]
    verdict = verify(Claim(claim, (Quote(1, quote),)), [pair.documents[quoted]], embeddings)
    return Planted(kind, f"{said}-{quoted}", claim, quote, verdict)


def _directions() -> Iterator[tuple[str, str]]:
    """Yield the languages of claim and quote."""
    yield from (("de", "de"), ("en", "en"), ("en", "de"), ("de", "en"))


def _sentences(document: Document) -> list[str]:
    return [document.page_content[start:end] for start, end in document.metadata["sentences"]]


def _replace_one(text: str, table: Sequence[tuple[str, str]], chance: random.Random) -> str | None:
    places = [(m, new) for pattern, new in table for m in re.finditer(pattern, text)]
    if not places:
        return None
    match, new = chance.choice(places)
    return text[: match.start()] + match.expand(new) + text[match.end() :]


def count(planted: Sequence[Planted]) -> dict[str, dict[str, tuple[int, int]]]:
    """Return by kind and direction how many claims were flagged, and of how many."""
    all_of = Counter((one.kind, one.direction) for one in planted)
    flagged = Counter((one.kind, one.direction) for one in planted if one.flagged)
    table: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, direction in all_of:
        table.setdefault(kind, {})[direction] = (flagged[kind, direction], all_of[kind, direction])
    return table


def main() -> None:
    """Print how many altered claims are caught and how many sound ones are flagged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--german", type=Path, required=True)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--altered", type=int, default=200, help="how many to plant")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show N of each kind")
    args = parser.parse_args()

    files = {"de": args.german, "en": args.english}
    embeddings = CachedEmbeddings(load_embedding())
    documents = {
        language: [make_document(text, language) for text in read_paragraphs(path)]
        for language, path in files.items()
    }
    pairs = pair_sentences(documents, embeddings)
    planted = list(plant(pairs, args.altered, embeddings))
    planted += judge_sound(pairs, embeddings)
    planted += judge_asked(files, documents, embeddings)
    table = count(planted)
    if args.json:
        print(json.dumps({"pairs": len(pairs), "flagged": table}))
    else:
        print(f"{len(pairs)} pairs of sentences; flagged / all, from claim to quote:")
        for kind, row in table.items():
            print(f"{kind:18}", *(f"{d} {a:4}/{b:<5}" for d, (a, b) in row.items()))
    for kind in table:
        wrong = [p for p in planted if p.kind == kind and p.flagged == (kind in _HARMLESS)]
        for one in wrong[: args.errors]:
            print(f"\n{kind} {one.direction} {one.verdict.reason}\n  {one.claim}\n  {one.quote}")


if __name__ == "__main__":
    main()
