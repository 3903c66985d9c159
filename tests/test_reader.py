"""What the reader makes of logits, and how its readings join the passages."""

from math import log
from pathlib import Path

import numpy as np
import pytest
from conftest import UnitWords
from test_evidence import passage
from tokenizers import Tokenizer

from rag.errors import ReaderUnavailable
from rag.models.reader import (
    HEADING_TOKENS,
    QUESTION_TOKENS,
    WINDOW_TOKENS,
    Reading,
    Window,
    encode_windows,
    load_reader_from,
)
from rag.question.question import Question
from rag.retrieval.reading import read_or_rerank

EMBEDDING = Path("rag/bundled/embedding")
# "Er kam am Mittwoch an." by words.
PLACES = np.array([(0, 2), (3, 6), (7, 9), (10, 18), (19, 21), (21, 22)])


def reading(starts, ends, null=0.0) -> Reading:
    return Reading(PLACES, np.array(starts, dtype=float), np.array(ends, dtype=float), null)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(EMBEDDING / "tokenizer.json"))


def test_the_likeliest_words_are_a_start_with_an_end_behind_it():
    read = reading([0, 0, 1, 4, 0, 0], [0, 9, 0, 3, 0, 0])
    assert read.best_answer((0, 22))[1] == (0, 6)
    assert read.best_answer((7, 22))[1] == (10, 18)


def test_log_odds_sum_over_all_starts_and_ends_in_the_span():
    # Of two starts that are alike, and two ends, each has half: log 2 + log 2.
    read = reading([0, 0, 9, 9, 9, 9], [0, 0, 9, 9, 9, 9], null=1.0)
    assert read.best_answer((0, 6))[0] == pytest.approx(2 * log(2) - 1.0)


def test_an_answer_does_not_reach_out_of_its_sentence():
    read = reading([0, 0, 5, 0, 0, 0], [0, 0, 0, 0, 0, 7])
    assert read.best_answer((7, 9)) == (5.0, (7, 9))


def test_an_answer_has_at_most_25_tokens():
    places = np.array([(2 * at, 2 * at + 1) for at in range(40)])
    starts, ends = np.zeros(40), np.zeros(40)
    starts[0], ends[24], ends[25] = 1.0, 1.0, 9.0
    assert Reading(places, starts, ends, 0.0).best_answer((0, 80))[1] == (2, 51)
    starts[0] = 99.0
    assert Reading(places, starts, ends, 0.0).best_answer((0, 80))[1] == (0, 49)


def test_a_span_without_a_token_has_no_answer():
    assert reading([0] * 6, [0] * 6).best_answer((30, 40)) is None


def test_a_window_is_question_then_heading_then_passage(tokenizer):
    [window] = encode_windows(tokenizer, "Wann?", [Window("Besuch: ", "Am Mittwoch.")])
    words = tokenizer.encode("Wann?", add_special_tokens=False).ids
    heading = tokenizer.encode("Besuch: ", add_special_tokens=False).ids
    text = tokenizer.encode("Am Mittwoch.", add_special_tokens=False)
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    assert window.ids == (cls, *words, sep, *heading, *text.ids, sep)
    assert window.second == len(words) + 2
    assert window.passage == window.second + len(heading)
    assert window.places.tolist() == [list(place) for place in text.offsets]


def test_a_long_question_heading_and_passage_are_cut_off(tokenizer):
    [window] = encode_windows(tokenizer, "wann " * 100, [Window("was " * 100, "da " * 900)])
    assert window.second == QUESTION_TOKENS + 2
    assert window.passage == window.second + HEADING_TOKENS
    assert len(window.places) == WINDOW_TOKENS - HEADING_TOKENS


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ReaderUnavailable, match=r"reader\.safetensors"):
        load_reader_from(tmp_path, EMBEDDING)


class Finds:
    """Finds one word, with log-odds of 10 where it stands and -5 elsewhere."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.windows: list[Window] = []

    def read(self, question, windows):
        self.windows += windows
        return [self._one(window.text) for window in windows]

    def _one(self, text: str) -> Reading:
        words = text.split()
        starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
        places = np.array([(at, at + len(w)) for at, w in zip(starts, words, strict=True)])
        logits = np.array([5.0 if word.strip(".") == self.word else -2.5 for word in words])
        return Reading(places, logits, logits, 0.0)


VIETNAM = Question("Vietnam", "de")


def read(question, passages, reader):
    return read_or_rerank(question, passages, UnitWords(), reader)


def test_each_sentence_has_its_log_odds_and_the_place_of_the_answer_in_the_article():
    found = passage("Sie fuhr ab.", "Dann kam Vietnam.", start=100)
    [one] = read(Question("Wohin?", "de"), [found], Finds("Vietnam"))
    first, second = one.readings
    assert first.log_odds == pytest.approx(2 * log(3) - 5.0)
    place = second.phrase
    assert one.article.text[place[0] : place[1]] == "Vietnam."


def test_the_passage_that_answers_comes_first():
    there = passage("Dann kam Vietnam.", path="/news/b.md", score=0.5)
    other = passage("Es regnet dort.", path="/news/a.md", score=0.6)
    found = read(Question("Wohin?", "de"), [other, there], Finds("Vietnam"))
    assert [one.article.path for one in found] == ["/news/b.md", "/news/a.md"]


def test_what_is_read_is_not_embedded():
    words = UnitWords()
    read_or_rerank(Question("Wohin?", "de"), [passage("Es regnet.")], words, Finds("Vietnam"))
    assert words.embedded == []


def test_a_passage_in_another_language_counts_by_its_similarities():
    reader = Finds("Vietnam")
    [near] = read(VIETNAM, [passage("Puis le Vietnam.", language="fr")], reader)
    [far] = read(VIETNAM, [passage("Puis il pleut.", language="fr")], reader)
    assert reader.windows == []
    assert near.readings[0].log_odds > far.readings[0].log_odds
    assert near.readings[0].phrase is None


def test_a_question_in_another_language_is_not_read():
    reader = Finds("Vietnam")
    [found] = read(Question("Où?", "fr"), [passage("Dann kam Vietnam.")], reader)
    assert (found.readings, reader.windows) == ((), [])
    assert found.similarities is not None
