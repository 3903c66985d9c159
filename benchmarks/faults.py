"""Whether anything is lost, or answered wrongly, when indexing is killed again and again.

    python -m benchmarks.faults --articles DIR [--kills 100] [--seed 1]

A child process indexes DIR and is killed (SIGKILL) at seeded moments: half of them fall anywhere
between its start and the end of an undisturbed run, half within a fifth of a second after a batch
was embedded, when the indexes are written. It is started again each time, and at last left to
finish. After each kill the store is asked for articles of DIR that had been reported as indexed.
At the end it is compared with that of an undisturbed run.

The child reports a batch when `Store.add` returns. If the articles are indexed before all kills
are spent, the index is deleted and made again under the other kills.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import numpy as np
from langchain_core.embeddings import Embeddings

from benchmarks.support.killed_runs import NAME, Child, Load, Model, Moment
from benchmarks.support.store_content import Content, read_content
from vectorstore import NoStore, Store, inspect_store, open_store, terms_of

_AFTER_EMBEDDING = 0.2
_ASKED = 5
"""Articles that are asked for after each kill."""


@dataclass
class Report:
    """What happened: kills, articles asked for and found, and every line of what went wrong."""

    kills: int = 0
    runs: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    passages: int = 0
    largest_difference: float = 0.0


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Nothing is lost when indexing is killed.")
    parser.add_argument("--articles", type=Path, required=True, help="folder of articles")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with TemporaryDirectory() as work:
        report = run(options.articles, Path(work), load, kills=options.kills, seed=options.seed)
    for line in report.wrong:
        print(f"WRONG {line}")
    print(
        f"{report.kills} kills, {report.runs} complete runs, {report.passages:,} passages;"
        f" {report.asked:,} articles asked for in between, {len(report.wrong)} things wrong;"
        f" vectors differ by {report.largest_difference:.1e} at most"
    )


def load() -> Model:
    """Load the bundled embedding, and the function that makes passages for it."""
    from rag.ingest.passages import build_splitter
    from rag.models.embedding import load_embedding

    model = load_embedding(device="cpu")
    return model, build_splitter(model.count_tokens, model.max_tokens)


def run(articles: Path, work: Path, load: Load, *, kills: int, seed: int) -> Report:
    """Index a folder undisturbed and under kills, in two data folders below `work`."""
    report, random = Report(), Random(seed)
    undisturbed, disturbed = work / "undisturbed", work / "disturbed"
    began = monotonic()
    first = Child(articles, undisturbed, load)
    if first.wait(None) != 0:
        raise SystemExit("the undisturbed run failed")
    seconds = monotonic() - began
    embeddings, _ = load()
    reported: dict[str, str] = {}
    complete = False
    while report.kills < kills or not complete:
        if complete:
            shutil.rmtree(disturbed)
            reported.clear()
        child = Child(articles, disturbed, load)
        moment = _moment(random, seconds, first.batches) if report.kills < kills else None
        code = child.wait(moment)
        reported |= child.reported
        complete = code == 0
        if complete:
            report.runs += 1
        elif moment is None:
            report.wrong.append(f"a run that was not killed ended with {code}")
            break
        else:
            report.kills += 1
        _ask(disturbed, embeddings, reported, random, report)
    _compare(read_content(undisturbed), read_content(disturbed), report)
    for data in (undisturbed, disturbed):
        report.wrong += [fault.text for fault in inspect_store(data)]
    return report


def _moment(random: Random, seconds: float, batches: int) -> Moment:
    if random.random() < 0.5:
        return Moment(random.uniform(0, seconds), batch=0)
    return Moment(random.uniform(0, _AFTER_EMBEDDING), batch=random.randint(1, batches))


def _ask(
    data: Path, embeddings: Embeddings, reported: dict[str, str], random: Random, report: Report
) -> None:
    """Ask for some of the reported articles by their words; note each that is not found right."""
    where = f"after kill {report.kills}"
    try:
        store = open_store(data, embeddings, embedding_name=NAME)
    except NoStore:
        if reported:
            report.wrong.append(f"{where}: no index, {len(reported)} articles were reported")
        return
    with closing(store):
        for id in random.sample(sorted(reported), min(_ASKED, len(reported))):
            report.asked += 1
            report.wrong += [f"{where}: {line}" for line in _faults_of(store, id, reported[id])]


def _faults_of(store: Store, id: str, content_hash: str) -> Iterator[str]:
    article = store.article(id)
    if article is None or article.content_hash != content_hash:
        yield f"{id} is lost or another"
        return
    start, end = article.body[0]
    question = article.text[start : min(end, start + 200)]
    hits = store.search(question, 10, terms=terms_of(question)).hits
    if not any(hit.passage.article.id == id for hit in hits):
        yield f"{article.path} is not found by its first words"
    for hit in hits:
        found = hit.passage
        if store.article(found.article.id) != found.article or not found.text:
            yield f"{found.article.path} is cited and not in the store"


def _compare(undisturbed: Content, disturbed: Content, report: Report) -> None:
    report.passages = len(disturbed)
    if undisturbed.keys() != disturbed.keys():
        missing = len(undisturbed.keys() - disturbed.keys())
        more = len(disturbed.keys() - undisturbed.keys())
        report.wrong.append(f"{missing} passages are missing, {more} are too many")
    for key in undisturbed.keys() & disturbed.keys():
        difference = float(np.abs(undisturbed[key] - disturbed[key]).max())
        report.largest_difference = max(report.largest_difference, difference)
    if report.largest_difference > 0.05:
        report.wrong.append(f"a vector differs by {report.largest_difference:.3f}")


if __name__ == "__main__":
    main()
