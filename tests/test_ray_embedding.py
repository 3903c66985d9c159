"""Articles embedded elsewhere and stored: the same store as `article-chat index` makes."""

import importlib.util
import json
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEmbeddings
from stores import NAME, content, opened, written

from benchmarks import ray_speed
from benchmarks.ray_speed import rates
from benchmarks.support.embedded_rows import (
    ReadyVectors,
    RowEmbedder,
    load_row_embedder,
    read_rows,
    store_rows,
)
from benchmarks.support.measured_tree import TreeCost, descendants, run_measured
from benchmarks.support.store_content import read_content
from rag.ingest.passages import build_splitter
from rag.ingest.update import index_paths
from rag.models.embedding import DEFAULT_EMBEDDING, load_embedding
from vectorstore import Article, OtherEmbedding, Skipped, build_store, writing
from vectorstore.compatibility import PROBE

SEEDS = Path(__file__).parent.parent / "seeds"
PROBE_VECTOR = WordEmbeddings().embed_query(PROBE)


def split_words(article):
    return build_splitter(lambda texts: [len(text.split()) for text in texts], 12)(article)


def embedded(folder):
    rows = [row for file in sorted(folder.iterdir()) for row in read_rows(str(file))]
    return RowEmbedder(WordEmbeddings(), split_words).embed(rows)


def put(data, rows, probe=PROBE_VECTOR):
    return list(store_rows(data, rows, embedding_name=NAME, probe=probe))


@pytest.fixture
def folder(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "hafen.txt").write_text(
        "Hafen wächst\n\nDer Hafen wächst weiter. Die Brücke zum Hafen ist alt. "
        "Vor der Wahl stritt der Rat über den Markt am Hafen.\n"
    )
    (articles / "markt.jsonl").write_text(
        json.dumps(
            {"id": "7", "title": "Markt", "text": "Der Markt ist offen.", "date": "2024-06-17"}
        )
        + "\n{kein JSON\n"
    )
    return articles


def test_a_store_of_rows_is_the_store_that_index_makes(folder, tmp_path):
    with written(tmp_path / "indexed") as store:
        list(index_paths(store, [folder], split_words))
    put(tmp_path / "loaded", embedded(folder))
    assert content(tmp_path / "loaded") == content(tmp_path / "indexed")
    assert len(content(tmp_path / "loaded")) > 2


def test_index_finds_loaded_articles_unchanged_and_embeds_nothing(folder, tmp_path):
    put(tmp_path / "data", embedded(folder))
    embeddings = WordEmbeddings()
    with written(tmp_path / "data", embeddings) as store:
        changes = list(index_paths(store, [folder], split_words))
    assert [one.kind for one in changes if not isinstance(one, Skipped)] == ["unchanged"] * 2
    assert embeddings.embedded == []


def test_what_cannot_be_read_is_reported_where_the_rows_are_stored(folder, tmp_path):
    [added, other, skipped] = sorted(put(tmp_path / "data", embedded(folder)), key=str)
    assert isinstance(added, Article) and isinstance(other, Article)
    assert (skipped.path, skipped.row) == (str(folder / "markt.jsonl"), "2")


def test_rows_stored_again_add_nothing(folder, tmp_path):
    put(tmp_path / "data", embedded(folder))
    with opened(tmp_path / "data") as store:
        edition = store.edition()
    again = put(tmp_path / "data", embedded(folder))
    assert not any(isinstance(item, Article) for item in again)
    with opened(tmp_path / "data") as store:
        assert store.edition() == edition


def test_an_article_in_two_rows_is_stored_once(folder, tmp_path):
    rows = embedded(folder)
    assert (
        len([item for item in put(tmp_path / "data", [*rows, *rows]) if type(item) is Article]) == 2
    )
    content(tmp_path / "data")


def test_a_store_refuses_the_rows_of_another_embedding(folder, tmp_path):
    put(tmp_path / "data", embedded(folder))
    other = list(reversed(PROBE_VECTOR))
    with pytest.raises(OtherEmbedding, match="no longer the one that made the index"):
        put(tmp_path / "data", embedded(folder), probe=other)


def test_a_machine_with_another_embedding_refuses_to_embed():
    with pytest.raises(OtherEmbedding, match="is not that of the machine that started the run"):
        load_row_embedder(DEFAULT_EMBEDDING, "cpu", PROBE_VECTOR)


def test_ready_vectors_know_no_other_text():
    ready = ReadyVectors(PROBE_VECTOR)
    with pytest.raises(KeyError):
        ready.embed_documents(["Hafen"])
    with pytest.raises(KeyError):
        ready.embed_query("Hafen")


@pytest.mark.skipif(
    not (importlib.util.find_spec("ray") and importlib.util.find_spec("pyarrow")),
    reason="the extra `scale` is not installed",
)
def test_two_actors_make_the_store_of_the_seeds(tmp_path):
    from benchmarks import ray_embedding

    out, data = tmp_path / "out", tmp_path / "data"
    ray_embedding.main([str(SEEDS), "--out", str(out), "--actors", "2", "--data", str(data)])
    model = load_embedding(device="cpu")
    with (
        writing(tmp_path / "indexed"),
        closing(build_store(tmp_path / "indexed", model, embedding_name=model.name)) as store,
    ):
        split = build_splitter(model.count_tokens, model.max_tokens)
        list(index_paths(store, [SEEDS], split))
    loaded, indexed = read_content(data), read_content(tmp_path / "indexed")
    assert loaded.keys() == indexed.keys()
    # Texts of other lengths in a batch change the last bits of bfloat16.
    cosines = [float(np.dot(loaded[passage], indexed[passage])) for passage in indexed]
    assert min(cosines) > 0.999
    with pytest.raises(SystemExit, match="is not empty"):
        ray_embedding.main([str(SEEDS), "--out", str(out)])
    with pytest.raises(SystemExit, match="holds no complete run"):
        ray_embedding.main(["--out", str(data)])


def test_rates_leave_out_what_every_run_costs_once():
    # 100 passages in 15 s, 300 in 25 s: 20 a second, after 10 s.
    assert rates([100, 300], [15.0, 25.0]) == {"passages_per_second": 20.0, "once_s": 10.0}


def fill_in_ten_seconds(command):
    """Stand in for both commands: store the articles, and take 10 s and .1 s for each passage."""
    folder, data = (
        Path(command[4 if "index" in command else 3]),
        command[command.index("--data") + 1],
    )
    put(Path(data), embedded(folder))
    with opened(Path(data)) as store:
        seconds = 10 + store.count().passages / 10
    if "--json" in command:
        steps = Path(command[command.index("--json") + 1])
        steps.write_text(json.dumps({"embed": seconds, "load": seconds}))
    return TreeCost(seconds, seconds, 123.4)


def test_each_way_is_measured_by_what_articles_beyond_a_few_take(tmp_path, capsys):
    out = tmp_path / "speed.json"
    options = [str(SEEDS), "--few", "3", "--actors", "2", "--json", str(out)]
    ray_speed.main(options, run=fill_in_ten_seconds)
    figures = json.loads(out.read_text())
    expected = {"passages_per_second": 10.0, "once_s": 10.0}
    index, actors = figures["runs"]["index"], figures["runs"]["2 actors"]
    assert figures["articles"] == 13
    assert index["elapsed"] == index["cpu"] == actors["embed"] == actors["load"] == expected
    assert index["memory_mb"] == 123
    assert [line.split(" {")[0] for line in capsys.readouterr().out.splitlines()] == [
        "index",
        "2 actors",
    ]
    with pytest.raises(SystemExit, match="name more than 20 articles: there are 13"):
        ray_speed.main([str(SEEDS), "--few", "20"])


def test_all_processes_below_a_command_are_counted():
    assert descendants(10, {10: 1, 11: 10, 12: 11, 13: 1, 14: 13}) == {10, 11, 12}


def test_the_work_of_a_process_below_a_command_is_counted():
    busy = "import time; end = time.process_time() + 1.5\nwhile time.process_time() < end: pass"
    cost = run_measured(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])",
        ]
    )
    assert 0.5 < cost.cpu_seconds < 5
    assert cost.memory_mb > 5


def test_a_measured_command_that_fails_says_why():
    with pytest.raises(SystemExit, match="no such step"):
        run_measured([sys.executable, "-c", "raise SystemExit('no such step')"])
