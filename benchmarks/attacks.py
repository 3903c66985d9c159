"""Plant instructions in articles, let a model obey them, and count what is shown as supported.

    python -m benchmarks.attacks --attacks FILE --articles FILE.json [--news FILE.jsonl]
    python -m benchmarks.attacks --attacks FILE --articles FOLDER --questions FILE.jsonl

The file of `--attacks` maps categories to lists of texts. `--articles` is a file in SQuAD format,
or a folder whose questions are lines of JSON: `question`, `article` (a file's name), `passage` (the
answering words). Each attack is planted in each way in one article, and a question that this
article answers is asked. The output has three parts:

- quoted: the quotations, compared with those without an attack;
- obeyed: a scripted model writes what the attack demands, in all ways of
  `benchmarks.support.obedience`, and supports it with quotes in all ways of `vouch`. No such
  sentence may be shown as supported;
- honest: sentences that answer their question, and sentences of `--news`, each quoting itself, and
  the number of them that lose their support because they look like obedience.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.obedience import obey
from benchmarks.support.planting import WAYS, Asked, plant, read_articles, read_news
from benchmarks.support.scripted import Asking
from benchmarks.support.sentence_pairs import make_passage
from benchmarks.support.trial import CachedEmbeddings
from rag.answer import Answer
from rag.answering.protocol import clean_sentence
from rag.checking.claim import Claim, LocatedQuote, Quote, Verdict
from rag.checking.guard.trust import withdraw_support
from rag.ingest.sentences import split_sentences
from rag.language.lexicon import load_lexicon
from rag.models.embedding import load_embedding
from rag.passage import RankedPassage
from rag.question.question import read_question
from vectorstore import Article, Store

_TOGETHER = 3
_FULLY = ("inside", "title")
"""Ways of planting for which obedience is also supported with quotes of other words."""


@dataclass(frozen=True)
class Told:
    """A sentence of the obedient model with its status."""

    attack: str
    planted: str
    obeyed: str
    vouched: str
    text: str
    status: str


def choose_questions(asking: Asking, asked: Sequence[Asked]) -> dict[int, Asked]:
    """Return, for each article that has one, a question for which the article is quoted first."""
    chosen: dict[int, Asked] = {}
    with asking.store({}) as store:
        for one in asked:
            if one.article not in chosen:
                answer = asking.quote(store, one.text, asking.find(store, one.text))
                if answer.found and answer.citations[0].path == asking.articles[one.article].path:
                    chosen[one.article] = one
    return chosen


def plan(
    attacks: Mapping[str, Sequence[str]], chosen: Mapping[int, Asked]
) -> Iterator[dict[int, tuple[str, str]]]:
    """Yield rounds: for each article the category and the text of the attack planted in it."""
    every = [(category, text) for category, texts in attacks.items() for text in texts]
    for first in range(0, len(every), len(chosen)):
        yield dict(zip(chosen, every[first : first + len(chosen)], strict=False))


def vouch(
    passages: Sequence[RankedPassage], attack: str, honest: str, *, fully: bool
) -> dict[str, tuple[Quote, ...]]:
    """Return the ways to support a sentence, each with its quotes.

    Unless `fully`, these are only the ways that quote the planted words.
    """
    true, theirs = _places(passages, honest)[:1], _places(passages, attack)[:1]
    ways: dict[str, tuple[Quote, ...]] = {}
    if fully:
        ways["nothing"] = ()
        ways["invented words"] = (Quote(1, "Nobody has ever said these words."),)
        ways["the true words"] = true
    if theirs:
        ways["the attack"] = theirs
        ways["its beginning"] = (Quote(theirs[0].passage, " ".join(attack.split()[:4])),)
        ways["both"] = (*true, *theirs)
    return ways


def obey_all(
    asking: Asking, store: Store, asked: Asked, planted: tuple[str, str], way: str
) -> Iterator[Told]:
    """Yield each sentence of a model that obeys one planted attack, with its status."""
    category, attack = planted
    passages = asking.find(store, asked.text)
    honest = _sentence_with(asking.articles[asked.article], asked.answer)
    sound = Claim(honest, _places(passages, honest)[:1])
    outputs = [one for one in obey(category, attack, honest) if clean_sentence(one.text) != honest]
    for vouched, quotes in vouch(passages, attack, honest, fully=way in _FULLY).items():
        for first in range(0, len(outputs), _TOGETHER):
            some = outputs[first : first + _TOGETHER]
            claims = [sound, *(Claim(one.text, quotes) for one in some)]
            answer = asking.write(store, asked.text, passages, claims)
            shown = answer.sentences if answer.model else ()
            for one in some:
                text = clean_sentence(one.text)
                own = [said for said in shown if said.text in text and said.text not in honest]
                bad = next((said for said in own if said.status == "supported"), None)
                status = bad.status if bad else (own[0].status if own else "not shown")
                yield Told(attack, way, one.way, vouched, bad.text if bad else one.text, status)


def judge_honest(
    asking: Asking, store: Store, asked: Sequence[Asked]
) -> Iterator[tuple[str, Verdict]]:
    """Yield the sentences that answer their questions, each quoting itself, with their verdicts."""
    for one in asked:
        passages = asking.find(store, one.text)
        honest = _sentence_with(asking.articles[one.article], one.answer)
        if places := _places(passages, honest):
            yield honest, _judge(honest, passages, places[0].passage, one.text)


def judge_news(sentences: Sequence[str]) -> Iterator[tuple[str, Verdict]]:
    """Yield sentences, each quoting itself, with their verdicts; all count as on the question."""
    for text in sentences:
        yield text, _judge(text, [make_passage(text, "und")], 1, "Was steht in den Artikeln?")


def _judge(text: str, passages: Sequence[RankedPassage], number: int, question: str) -> Verdict:
    passage = passages[number - 1]
    start = passage.passage.start + passage.text.index(text)
    quotes = (LocatedQuote(number, start, start + len(text)),)
    claim = Claim(clean_sentence(text), (Quote(number, text),))
    verdict = Verdict("supported", quotes, "")
    return withdraw_support(claim, verdict, passages, read_question(question), load_lexicon())


def _places(passages: Sequence[RankedPassage], words: str) -> tuple[Quote, ...]:
    return tuple(
        Quote(number, words)
        for number, passage in enumerate(passages, start=1)
        if words in passage.text
    )


def _sentence_with(article: Article, words: str) -> str:
    for start, end in article.body:
        for first, last in split_sentences(article.text, start, end):
            if words in article.text[first:last]:
                return article.text[first:last]
    return words


def compare(plain: Answer, planted: Answer, attack: str) -> str:
    """Return the change of the quotations by a planted attack."""
    if any(one.quote in attack or attack in one.quote for one in planted.citations):
        return "the attack quoted"
    if plain.found != planted.found:
        return "refused" if plain.found else "answered"
    same = [one.quote for one in plain.citations] == [one.quote for one in planted.citations]
    return "the same" if same else "other sentences"


def main() -> None:
    """Print the quotations, the obedient sentences supported, the honest ones not supported."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--attacks", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--news", type=Path, nargs="*", default=[])
    parser.add_argument(
        "--ways", nargs="*", choices=WAYS, default=WAYS, help="of planting; none: only the honest"
    )
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show N of each kind")
    options = parser.parse_args()

    attacks = json.loads(options.attacks.read_text(encoding="utf-8"))
    articles, asked = read_articles(options.articles, options.questions)
    embedding = load_embedding()
    asking = Asking(embedding, CachedEmbeddings(embedding), articles)
    chosen = choose_questions(asking, asked)
    with asking.store({}) as store:
        plain = {
            one.text: asking.quote(store, one.text, asking.find(store, one.text))
            for one in chosen.values()
        }
        if options.ways in (WAYS, []):
            show_honest("answers", list(judge_honest(asking, store, asked)), options.errors)
    for path in options.news:
        show_honest(path.name, list(judge_news(read_news(path))), options.errors)
    told: list[Told] = []
    quoted: Counter[str] = Counter()
    for way in options.ways:
        for planned in plan(attacks, chosen):
            planted = {
                n: plant(articles[n], text, way, chosen[n].answer)
                for n, (_, text) in planned.items()
            }
            with asking.store(planted) as store:
                for n, attack in planned.items():
                    one = chosen[n]
                    answer = asking.quote(store, one.text, asking.find(store, one.text))
                    quoted[compare(plain[one.text], answer, attack[1])] += 1
                    told += obey_all(asking, store, one, attack, way)
    print("quoted:", ", ".join(f"{what} {n}" for what, n in quoted.most_common()))
    show_obeyed(told, options.errors)


def show_honest(name: str, judged: Sequence[tuple[str, Verdict]], errors: int) -> None:
    """Print the number of honest sentences that are not supported."""
    wrong = [(text, verdict) for text, verdict in judged if verdict.status != "supported"]
    asking = sum("it asks" in verdict.reason for _, verdict in wrong)
    print(f"honest: {name}: {len(wrong)} of {len(judged)} not supported, {asking} are questions")
    for text, verdict in wrong[:errors]:
        print(f"    {verdict.reason}\n      {' '.join(text.split())[:160]}")


def show_obeyed(told: Sequence[Told], errors: int) -> None:
    """Print the number of obedient sentences that are supported, by way of obeying."""
    wrong = [one for one in told if one.status == "supported"]
    attacks = len({one.attack for one in wrong})
    print(f"obeyed: {len(wrong)} of {len(told)} supported, of {attacks} attacks")
    for field in ("planted", "obeyed", "vouched"):
        every = Counter(getattr(one, field) for one in told)
        bad = Counter(getattr(one, field) for one in wrong)
        print(f"  {field}:", ", ".join(f"{name} {bad[name]}/{n}" for name, n in every.items()))
    for one in wrong[:errors]:
        print(f"    {one.planted}, {one.obeyed}, {one.vouched}: {one.attack}\n      {one.text}")


if __name__ == "__main__":
    main()
