"""The commands that write to the index: index and remove."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import click

from ui.commands import options
from ui.commands.terminal import safe_line, say
from vectorstore.shared.address import StoreAddress


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH…")
@options.data
@options.shared
@options.embedding
@options.device
@click.option("--rebuild", is_flag=True, help="First embed all stored articles again.")
@click.option("--all-skipped", is_flag=True, help="List everything skipped, not only the first 20.")
def index(
    paths: Sequence[Path],
    data: Path,
    shared: StoreAddress | None,
    embedding: str | None,
    device: str,
    rebuild: bool,
    all_skipped: bool,
) -> None:
    """Index files and folders of articles, or update their index.

    Only new and changed articles are embedded. Articles that are gone from a folder are dropped
    from the index.
    """
    from tqdm import tqdm

    from rag.errors import NothingToIndex
    from rag.ingest.passages import build_splitter
    from rag.ingest.update import Change, count_articles, embed_again, index_paths
    from rag.models.embedding import load_embedding
    from ui.commands.printing import report_lines, skipped_lines
    from ui.wiring import build_index, load_embedding_for, writing_to
    from vectorstore import Skipped, rebuilding, stored_articles

    if not paths and not rebuild:
        raise click.UsageError("name a file or folder of articles: article-chat index FOLDER")
    if rebuild and shared:
        raise click.UsageError(
            f"an index that others share is not made again: index into a store of another name,"
            f" such as --store http://{shared.host}:{shared.port}/NAME"
        )
    total = count_articles(paths)
    report: Counter[str] = Counter()
    skipped: list[Skipped] = []

    def follow(items: Iterable[Change | Skipped], total: int) -> None:
        for item in tqdm(items, total=total, unit=" articles", disable=not sys.stderr.isatty()):
            if isinstance(item, Skipped):
                skipped.append(item)
            else:
                report[item.kind] += 1

    def shown() -> int:
        return len(skipped) if all_skipped else 20

    try:
        with writing_to(data, shared):
            model = (
                load_embedding(embedding, device) if embedding else load_embedding_for(data, device)
            )
            split = build_splitter(model.count_tokens, model.max_tokens)
            if rebuild:
                with (
                    stored_articles(data) as catalog,
                    rebuilding(data, model, embedding_name=model.name) as rebuilt,
                ):
                    again = embed_again(rebuilt, catalog.articles(), split)
                    follow(again, catalog.counts()[0])
            with closing(build_index(data, shared, model)) as store:
                if paths:
                    follow(index_paths(store, paths, split), total)
                counts = store.count()
    except KeyboardInterrupt:
        click.echo("stopped: what was indexed is kept; run the same command to go on", err=True)
        sys.exit(130)
    except NothingToIndex:
        # The error says that there is no article, these lines say why.
        for line in skipped_lines(skipped, shown=shown()):
            say(line)
        raise
    for line in report_lines(report, skipped, counts, shown=shown()):
        say(line)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@options.data
@options.shared
@options.device
def remove(paths: Sequence[Path], data: Path, shared: StoreAddress | None, device: str) -> None:
    """Remove the articles of files and folders from the index; the files stay as they are."""
    from rag.ingest.update import remove_path
    from ui.commands.printing import count_line
    from ui.wiring import build_index, load_embedding_for, writing_to

    # Without an index no model need be loaded.
    with writing_to(data, shared, is_made=True):
        model = load_embedding_for(data, device)
        with closing(build_index(data, shared, model)) as store:
            removed = [(path, remove_path(store, path)) for path in paths]
            counts = store.count()
    for path, number in removed:
        if number:
            say(f"removed {number:,} of {path}")
    if unknown := [str(path) for path, number in removed if not number]:
        raise click.ClickException(safe_line(f"no article of {', '.join(unknown)} is in the index"))
    say(f"the index holds {count_line(counts)}")
