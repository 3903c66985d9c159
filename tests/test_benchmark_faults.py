"""The benchmark of killed runs, with few articles and few kills."""

from fakes import WordEmbeddings, whole
from files import write

from benchmarks.faults import run


def load():
    return WordEmbeddings(), whole


def test_nothing_is_lost_when_indexing_is_killed(tmp_path):
    for n in range(150):
        write(tmp_path / "news" / f"{n}.txt", f"Der Hafen, Meldung {n}, wird im Herbst gesperrt.")
    report = run(tmp_path / "news", tmp_path / "work", load, kills=4, seed=3)
    assert report.wrong == []
    assert (report.kills, report.passages) == (4, 150)
    assert report.largest_difference == 0.0
    assert report.asked > 0
