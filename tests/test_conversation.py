"""The earlier turns that count, and the numbers that passages keep over a conversation."""

from conftest import news

from rag.answer import Answer, AnswerSentence, cite
from rag.question.conversation import LONGEST_ANSWER, MOST_TURNS, Earlier, Numbering, recent

ARTICLE = news("a.md", "Eins. Zwei. Drei. Vier.")
OTHER = news("b.md", "Eins.")


def cited(number, quote, article=ARTICLE):
    start = article.text.index(quote)
    return cite(article, start, start + len(quote), number=number, quote=quote, score=0.5)


def piece(*citations):
    """Make a piece with a sentence for each citation."""
    said = tuple(AnswerSentence(one.quote, (one.number,)) for one in citations)
    return Answer("Was?", True, sentences=said, citations=citations)


def numbers(*citations, history):
    made = Numbering(history).renumber(piece(*citations))
    assert [one.citations for one in made.sentences] == [(one.number,) for one in made.citations]
    return [(one.quote, one.number) for one in made.citations]


def test_without_a_history_a_piece_stays_as_it_is():
    made = piece(cited(1, "Eins."), cited(2, "Zwei."))
    assert Numbering([]).renumber(made) == made


def test_a_cited_passage_keeps_its_number_and_new_ones_get_the_next():
    history = [Earlier("Was?", "", citations=(cited(1, "Eins."), cited(2, "Zwei.")))]
    assert numbers(cited(1, "Drei."), cited(2, "Zwei."), cited(3, "Vier."), history=history) == [
        *(("Drei.", 3), ("Zwei.", 2), ("Vier.", 4))
    ]


def test_the_same_words_in_another_article_are_another_passage():
    history = [Earlier("Was?", "", citations=(cited(1, "Eins."),))]
    assert numbers(cited(1, "Eins.", OTHER), history=history) == [("Eins.", 2)]


def test_new_numbers_follow_the_highest_of_any_turn():
    history = [
        Earlier("Was?", "", citations=(cited(1, "Eins."), cited(4, "Zwei."))),
        *[Earlier("Wer?", "x" * 5_000)] * 30,
    ]
    assert len(recent(history)) < len(history)
    assert numbers(cited(1, "Drei."), cited(2, "Eins."), history=history) == [
        *(("Drei.", 5), ("Eins.", 1))
    ]


def test_a_sentence_may_cite_what_an_earlier_piece_brought():
    numbering = Numbering([Earlier("Was?", "", citations=(cited(1, "Eins."),))])
    numbering.renumber(piece(cited(1, "Zwei.")))
    later = numbering.renumber(Answer("Was?", True, sentences=(AnswerSentence("Ja.", (1,)),)))
    assert later.sentences[0].citations == (2,)


def test_the_nearest_passages_of_a_refusal_have_no_number_of_the_conversation():
    history = [Earlier("Was?", "", citations=(cited(7, "Eins."),))]
    refusal = Answer("Wer?", False, "Nein.", nearest=(cited(1, "Zwei."),))
    assert Numbering(history).renumber(refusal) == refusal


def test_a_short_conversation_counts_whole():
    history = [Earlier("Was?", "Eins. [1]"), Earlier("Und?", "Zwei.", "Und? (Eins)")]
    assert recent(history) == history


def test_only_the_last_ten_turns_count():
    history = [Earlier(f"Frage {number}", "Ja.") for number in range(25)]
    assert recent(history) == history[-MOST_TURNS:]


def test_the_oldest_of_long_turns_are_dropped_first():
    # (4 + 900 + 6 for two messages) characters are some 310 tokens, of 2,000.
    history = [Earlier(f"Nr {number}", "x" * 900) for number in range(8)]
    assert [one.question for one in recent(history)] == [f"Nr {n}" for n in range(2, 8)]


def test_a_huge_answer_is_cut_and_pushes_nothing_out():
    history = [Earlier("Was?", "Ja."), Earlier("Wie?", "ab" * 50_000), Earlier("Wer?", "Er.")]
    first, huge, last = recent(history)
    assert (first, last) == (history[0], history[2])
    assert len(huge.answer) == LONGEST_ANSWER
    assert huge.answer.startswith("abab")
    assert huge.answer.endswith(" …")


def test_the_last_turn_counts_however_long_it_is():
    longest = Earlier("q" * 2_000, "x" * 9_000, "s" * 2_000)
    [last] = recent([longest, longest])
    assert (last.question, last.standalone) == (longest.question, longest.standalone)
