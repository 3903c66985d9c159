"""Precision and recall of the article's text, extracted from web pages.

    python -m benchmarks.extraction --pages DIR --truth FILE
    python -m benchmarks.extraction --pages DIR --segments FILE

`DIR` holds the pages, `NAME.html.gz`. The file of `--truth` maps NAME to `{"articleBody": …}`; the
output is precision, recall and F1 as in the tables of the article-extraction-benchmark. The file of
`--segments` maps NAME to the snippets that must be kept (`with`) and dropped (`without`).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean
from typing import Any

import trafilatura

from rag.ingest.files import read_file
from rag.ingest.quiet_logs import silenced
from vectorstore import Article

Extracted = dict[str, dict[str, str]]
"""The text of each page by system and page."""


def main() -> None:
    """Print the figures of each system."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=Path, required=True)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--truth", type=Path)
    wanted.add_argument("--segments", type=Path)
    options = parser.parse_args()
    truth = json.loads((options.truth or options.segments).read_text(encoding="utf-8"))
    for system, texts in extract_pages(options.pages, truth).items():
        report = score_bodies(truth, texts) if options.truth else score_segments(truth, texts)
        figures = "  ".join(f"{name} {figure:.3f}" for name, figure in report.items())
        print(f"{system:22} {figures}  ({len(truth)} pages)")


def extract_pages(folder: Path, names: Mapping[str, Any]) -> Extracted:
    """Return the text of each page by trafilatura's defaults, as our Article and as its body."""
    found: Extracted = {"trafilatura, defaults": {}, "Article.text": {}, "Article.body": {}}
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            data = gzip.decompress(
                (folder / f"{name.removesuffix('.html.gz')}.html.gz").read_bytes()
            )
            page = Path(scratch) / "page.html"
            page.write_bytes(data)
            with silenced("trafilatura", "htmldate"):
                found["trafilatura, defaults"][name] = trafilatura.extract(data) or ""
            article = next(read_file(page))
            whole, body = "", ""
            if isinstance(article, Article):
                whole = article.text
                body = "\n".join(article.text[start:end] for start, end in article.body)
            found["Article.text"][name] = whole
            found["Article.body"][name] = body
    return found


def score_bodies(truth: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, float]:
    """Compare runs of four words; each page counts once, whatever its length.

    As in the published tables, precision is the mean over pages with extracted text, recall the
    mean over pages with expected text, and F1 is computed from these means.
    """
    precisions, recalls = [], []
    for name, page in truth.items():
        expected = Counter(_shingles(page.get("articleBody", "")))
        found = Counter(_shingles(texts[name]))
        both = (expected & found).total()
        if found:
            precisions.append(both / found.total())
        if expected:
            recalls.append(both / expected.total())
    precision, recall = mean(precisions), mean(recalls)
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": precision, "recall": recall, "F1": f1}


def score_segments(truth: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, float]:
    """Return the shares of snippets rightly kept and rightly dropped; whitespace is ignored."""
    kept, dropped = [], []
    for name, page in truth.items():
        text = " ".join(texts[name].split())
        kept += [" ".join(snippet.split()) in text for snippet in page["with"]]
        dropped += [" ".join(snippet.split()) not in text for snippet in page["without"]]
    return {"kept": mean(kept), "dropped": mean(dropped)}


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    for first in range(max(1, len(words) - 3) if words else 0):
        yield tuple(words[first : first + 4])


if __name__ == "__main__":
    main()
