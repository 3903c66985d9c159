"""The speed benchmark: its ratios and table by hand, and our own pipeline over few articles."""

import json

import pytest

from benchmarks import speed
from benchmarks.support.speed_table import add_ratios, speed_table
from benchmarks.support.stage_times import StageTimes


def figures(rate, asked, **stages):
    index = {
        "passages": 10,
        "passages_per_second": rate,
        "articles_per_second": rate / 5,
        "text_read": 1.0,
        "precision": "bfloat16",
        "memory_mb": 500.0,
        "disk_mb": 2.0,
    }
    ms = {"question": {"p50": asked, "p95": 2 * asked}} | stages
    return {
        "like for like": index,
        "as shipped": index,
        "seconds_to_first_answer": 4.0,
        "asking": {"ms": ms, "memory_mb": 400.0},
    }


def test_a_ratio_is_above_one_where_the_other_pipeline_is_slower():
    pipelines = {"article-chat": figures(100.0, 20.0), "LangChain": figures(25.0, 10.0)}
    add_ratios(pipelines)
    assert "ratios" not in pipelines["article-chat"]
    ratios = pipelines["LangChain"]["ratios"]
    assert ratios["indexing like for like"] == 4.0
    assert ratios["indexing as shipped"] == 4.0
    assert ratios["question p50"] == ratios["question p95"] == 0.5
    assert ratios["first answer"] == 1.0


def test_without_our_pipeline_there_are_no_ratios():
    pipelines = {"LangChain": figures(25.0, 10.0)}
    add_ratios(pipelines)
    assert "ratios" not in pipelines["LangChain"]


def test_a_stage_that_only_one_pipeline_has_is_empty_for_the_others():
    one = figures(100.0, 20.0, read={"p50": 7.0, "p95": 9.0})
    table = speed_table({"article-chat": one, "LangChain": figures(25.0, 10.0)}).splitlines()
    assert table[0] == "|  | article-chat | LangChain |"
    assert "| read: p50 / p95, ms | 7.0 / 9.0 |  |" in table
    assert "| question: p50 / p95, ms | 20.0 / 40.0 | 10.0 / 20.0 |" in table


def test_percentiles_are_those_of_each_stage():
    times = StageTimes()
    for value in range(1, 102):
        times.note("search", float(value))
    assert times.percentiles() == {"search": {"p50": 51.0, "p95": 96.0}}


def test_nothing_to_ask_is_said_in_one_line(tmp_path):
    empty = tmp_path / "questions.txt"
    empty.write_text("\n")
    with pytest.raises(SystemExit, match="there is nothing to ask"):
        speed.main(["seeds", "--questions-file", str(empty)])


def test_our_pipeline_is_measured_over_few_articles(tmp_path, capsys):
    out = tmp_path / "speed.json"
    speed.main(
        ["seeds", "--articles", "3", "--questions", "2", "--only", "article-chat"]
        + ["--json", str(out)]
    )
    [(name, one)] = json.loads(out.read_text())["pipelines"].items()
    assert name == "article-chat"
    assert one["like for like"]["articles"] == 3
    assert one["like for like"]["passages"] == one["as shipped"]["passages"] > 3
    assert one["like for like"]["text_read"] == 1.0
    stages = {"question", "understand", "embed", "search", "rank", "rerank", "read"}
    assert one["asking"]["ms"].keys() == stages | {"answer", "answer with reader"}
    assert one["seconds_to_first_answer"] > 0
    assert "| question: p50 / p95, ms |" in capsys.readouterr().out
