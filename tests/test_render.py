"""The conversation as HTML: all text that is not ours is escaped."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from pages import (
    ARTICLES,
    BRIDGE,
    CARS,
    COST,
    EVIL,
    EVIL_QUOTE,
    EVIL_TITLE,
    FERRY,
    TICKET,
    answering_words,
    cited,
    pieces,
    refusal,
)

from rag.answer import Answer, AnswerSentence
from ui.addresses import make_address
from ui.html.markup import describe_source, escape
from ui.html.page import (
    Holdings,
    find_citation,
    render_conversation,
    render_greeting,
    render_header,
    render_turn,
)
from ui.plain_text import plain_text
from ui.turns import Turn
from ui.words import ENGLISH, GERMAN, Fault


class Page(HTMLParser):
    """HTML as a browser reads it: the elements with their attributes, and the text."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.text = ""
        self.hidden = 0  # elements open inside a hidden one, itself included
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.hidden += bool(self.hidden or "hidden" in dict(attributes))

    def handle_endtag(self, tag):
        self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data):
        self.text += "" if self.hidden else data

    def buttons(self, kind):
        return [found for tag, found in self.elements if found.get("class") == kind]


def answered(question, *quotes):
    first, *rest = pieces(question, "Die Artikel sagen:", *quotes)
    return Turn(question, state="done", answer=sum(rest, start=first))


def place(article, quote):
    start = article.text.index(quote)
    return make_address(article.id, start, start + len(quote))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "\"'><svg onload=x>",
        "&lt;b&gt; &amp;",
        "a\r\nb\rc",
        "\u202eabc",
    ],
)
def test_escaped_text_is_read_back_unchanged_from_an_element_and_an_attribute(text):
    page = Page(f'<p title="{escape(text)}">{escape(text)}</p>')
    assert page.elements == [("p", {"title": text})]
    assert page.text == text


def test_characters_that_html_forbids_become_the_replacement_character():
    assert escape("a\0b\ud800c") == "a\ufffdb\ufffdc"
    assert "\r" not in escape("a\r\nb")  # a parser would make it a line feed


def test_each_sentence_is_a_quotation_in_its_language_with_a_button_for_its_number():
    page = Page(render_turn(3, answered("Was?", (BRIDGE, COST), (FERRY, TICKET)), ENGLISH))
    quotations = [found for tag, found in page.elements if tag == "blockquote"]
    assert [found["lang"] for found in quotations] == ["de", "en"]
    assert [
        (found["data-turn"], found["data-citation"], found["aria-label"])
        for found in page.buttons("number")
    ] == [
        ("3", "0", "Source 1: Brücke wieder offen"),
        ("3", "1", "Source 2: Ferry returns to the lake"),
    ]  # the cards name their articles: there is no list of sources
    assert (
        f"{COST}[1]Brücke wieder offenLahntaler Bote · 18 March 2024 · GermanCopyKeep"
        f"{TICKET}[2]Ferry returns to the lakeLakeside Gazette · 2 May 2024 · EnglishCopyKeep"
    ) in page.text


def test_a_sentence_that_differs_from_its_source_only_in_line_breaks_is_a_quotation():
    quote = FERRY.text[: FERRY.text.index(TICKET) + len(TICKET)]
    citation = cited(FERRY, quote, 1)
    sentence = AnswerSentence(" ".join(quote.split()), (1,))
    page = Page(
        render_turn(0, Turn("?", "done", Answer("?", True, "", (sentence,), (citation,))), ENGLISH)
    )
    assert "\r\n" in quote
    assert "blockquote" in [tag for tag, _ in page.elements]


def test_the_answering_words_are_marked_inside_the_quote():
    citation = answering_words(cited(BRIDGE, COST, 1), "4,2 Millionen Euro")
    marked = f'">{COST.replace("4,2 Millionen Euro", "<mark>4,2 Millionen Euro</mark>")}<'
    # as the quotation; then below the sentence, and in the card of its number
    for text, times in ((COST, 1), ("4.2 million euros.", 2)):
        answer = Answer("?", True, "", (AnswerSentence(text, (1,)),), (citation,))
        assert render_turn(0, Turn("?", "done", answer), ENGLISH).count(marked) == times
    near = Answer("?", False, "Nein.", nearest=(citation,))
    assert marked in render_turn(0, Turn("?", "done", near), ENGLISH)


ASKED = "What did the bridge cost?"
TRUE = AnswerSentence("It cost 4.2 million euros.", (1,))
WEAK = AnswerSentence("It cost 5 million.", (1,), "weak", "the number 5 is not in the quoted words")
LOOSE = AnswerSentence("Everyone <b>likes</b> it.", (), "unsupported", "it quotes nothing")


def written(*sentences, question=ASKED, **fields):
    """Make the finished turn of an answer that a model wrote about the bridge's cost."""
    citations = (cited(BRIDGE, COST, 1),)
    fields = {"model": "openai:scripted", **fields}
    return Turn(question, "done", Answer(question, True, "", sentences, citations, **fields))


def inside(source, opening, element="div"):
    """Return the content of the only element with this opening tag."""
    _, _, rest = source.partition(opening)
    assert opening not in rest
    return rest.partition(f"</{element}>")[0]


def test_a_sentence_that_is_not_verbatim_has_its_quote_below_it():
    source = render_turn(0, written(TRUE), ENGLISH)
    page = Page(inside(source, '<div class="sentence supported">'))
    assert page.text == f"It cost 4.2 million euros. [1][1] {COST}"
    [quotation] = [found for tag, found in page.elements if tag == "blockquote"]
    assert quotation["lang"] == "de"
    assert [found["data-citation"] for found in page.buttons("number")] == ["0", "0"]
    assert page.buttons("mark") == []


def test_a_weak_sentence_has_a_mark_a_reason_and_its_number():
    page = Page(inside(render_turn(0, written(TRUE, WEAK), ENGLISH), '<div class="sentence weak">'))
    assert page.text == (
        "Weakly supported: It cost 5 million. [1]"
        f"Why: the number 5 is not in the quoted words.[1] {COST}"
    )


def test_an_unsupported_sentence_has_a_mark_a_reason_and_no_number():
    source = inside(
        render_turn(0, written(TRUE, LOOSE), ENGLISH), '<div class="sentence unsupported">'
    )
    assert Page(source).text == ("Not supported: Everyone <b>likes</b> it.Why: it quotes nothing.")
    assert Page(source).buttons("number") == []


def test_the_marks_are_in_the_language_of_the_question():
    page = Page(render_turn(0, written(WEAK, LOOSE, language="de"), ENGLISH))
    assert [found["lang"] for found in page.buttons("mark")] == ["de", "de"]
    assert "Nur schwach belegt: It cost 5 million." in page.text
    assert "Nicht belegt: Everyone" in page.text


def test_a_written_sentence_is_shown_with_its_quote_while_the_next_is_awaited():
    page = Page(render_turn(0, replace(written(TRUE), state="asking"), ENGLISH))
    assert page.text == (f"{ASKED}It cost 4.2 million euros. [1][1] {COST}Reading the articles …")


MEANT = Answer("Und er?", False, standalone="Und er? (<b>Brücke</b>)", language="de")


def test_the_understood_question_stands_under_the_typed_one_before_there_is_an_answer():
    source = render_turn(0, Turn("Und er?", "asking", MEANT), ENGLISH)
    page = Page(source)
    assert page.text == ("Und er?Gesucht wurde: Und er? (<b>Brücke</b>)Reading the articles …")
    assert ("p", {"class": "understood", "lang": "de", "dir": "auto"}) in page.elements
    assert 'class="answer' not in source


def test_the_understood_question_stays_above_the_answer():
    turn = answered("Und er?", (BRIDGE, COST))
    page = Page(render_turn(0, replace(turn, answer=MEANT + turn.answer), ENGLISH))
    assert page.text.startswith(
        f"Und er?EditGesucht wurde: Und er? (<b>Brücke</b>)Die Artikel sagen:{COST}[1]"
    )
    [copy] = page.buttons("copy")
    assert copy["data-text"].startswith(
        f"Und er?\n\nGesucht wurde: Und er? (<b>Brücke</b>)\n\nDie Artikel sagen:\n„{COST}“ [1]"
    )


def test_a_turn_stopped_before_its_answer_shows_the_understood_question():
    page = Page(render_turn(0, Turn("Und er?", "stopped", MEANT), ENGLISH))
    assert page.text.endswith("(<b>Brücke</b>)Stopped before the answer was complete.")


def test_a_long_understood_question_is_shortened():
    long = replace(MEANT, standalone="x" * 1_900)
    assert "x" * 900 in render_turn(0, Turn("Und er?", "asking", long), ENGLISH)
    assert "x" * 1_001 not in render_turn(0, Turn("Und er?", "asking", long), ENGLISH)


def test_a_notice_on_quotations_stands_before_them_and_is_no_error():
    turn = answered(ASKED, (BRIDGE, COST))
    turn = replace(turn, answer=replace(turn.answer, notice="The model <is> busy."))
    page = Page(render_turn(0, turn, ENGLISH))
    assert page.text.startswith(f"{ASKED}EditNote. The model <is> busy.Die Artikel sagen:{COST}[1]")
    assert len(page.buttons("notice")) == 1
    assert page.buttons("error") == []


def test_a_notice_on_a_models_answer_stands_at_its_end():
    page = Page(render_turn(0, written(TRUE, notice="It may be incomplete."), ENGLISH))
    assert f"{COST}Note. It may be incomplete.Sources[1]" in page.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ENGLISH, "Note. The shared index cannot be reached: the newest articles may be missing"),
        (GERMAN, "Hinweis: Der gemeinsame Index ist nicht erreichbar: Die neuesten Artikel können"),
    ],
)
def test_a_lost_store_is_said_in_the_language_of_the_page_beside_the_models_fault(words, said):
    answer = replace(answered(ASKED, (BRIDGE, COST)).answer, notice="It failed.", is_cut_off=True)
    shown = Page(render_turn(0, replace(answered(ASKED, (BRIDGE, COST)), answer=answer), words))
    assert f"It failed.{said}" in shown.text
    assert len(shown.buttons("notice")) == 2
    assert said.partition(" ")[2] in plain_text(answer, words)


def test_a_number_whose_citation_is_still_to_come_is_text_and_no_button():
    answer = Answer("Was?", True, sentences=(AnswerSentence(COST, (7,)),))
    page = Page(render_turn(0, Turn("Was?", "asking", answer), ENGLISH))
    assert f"{COST} [7]" in page.text
    assert page.buttons("number") == []


def test_an_article_has_one_number_in_an_answer_whatever_the_conversation_counts():
    first, *rest = pieces("Was?", "", (BRIDGE, COST), (BRIDGE, CARS), (FERRY, TICKET))
    answer = sum(rest, start=first)
    citations = tuple(replace(one, number=one.number + 6) for one in answer.citations)
    sentences = tuple(replace(one, citations=(one.citations[0] + 6,)) for one in answer.sentences)
    answer = replace(answer, citations=citations, sentences=sentences)
    for model in ("", "openai:scripted"):
        page = Page(render_turn(0, Turn("Was?", "done", replace(answer, model=model)), ENGLISH))
        labels = [found["aria-label"][:8] for found in page.buttons("number")]
        assert labels[:3] == ["Source 1", "Source 1", "Source 2"]
    assert page.text.endswith(
        "Sources[1]Brücke wieder offenLahntaler Bote · 18 March 2024 · German"
        "[2]Ferry returns to the lakeLakeside Gazette · 2 May 2024 · EnglishCopy answer"
    )
    assert len(page.buttons("open")) == 2


def test_a_refusal_is_styled_as_one_and_labels_the_nearest_passages_as_no_answer():
    page = Page(render_turn(0, Turn("Wetter?", "done", refusal("Wetter?")), ENGLISH))
    assert ("div", {"class": "answer refusal"}) in page.elements
    assert "These passages come nearest, but do not answer the question:" in page.text
    assert [found["data-citation"] for found in page.buttons("passage")] == ["0", "1"]
    assert "Sources" not in page.text
    assert "blockquote" not in [tag for tag, _ in page.elements]


def test_a_refusal_with_nothing_near_is_only_its_message():
    page = Page(render_turn(0, Turn("?", "done", replace(refusal("?"), nearest=())), ENGLISH))
    assert page.text == "?EditDie Artikel sagen dazu nichts.Copy answer"


def test_an_error_is_one_marked_line_and_no_answer():
    page = Page(
        render_turn(0, Turn("Was?", "failed", error=Fault("article_changed", "<b>.txt")), ENGLISH)
    )
    assert page.text == (
        "Was?EditError. <b>.txt was changed or removed while the answer was made: ask again."
    )
    assert ("p", {"class": "error"}) in page.elements
    assert not [found for _, found in page.elements if "answer" in found.get("class", "")]


def test_an_unfinished_answer_is_busy_without_sources_and_cannot_be_copied():
    done = answered("Was?", (BRIDGE, COST))
    busy = Page(render_turn(0, replace(done, state="asking"), ENGLISH))
    assert busy.elements[0][1]["aria-busy"] == "true"
    assert busy.buttons("copy") == []
    assert f"Was?Die Artikel sagen:{COST}[1]" in busy.text
    assert busy.text.endswith("Reading the articles …")
    assert Page(render_turn(0, done, ENGLISH)).elements[0][1]["aria-busy"] == "false"


def test_a_stopped_answer_keeps_its_sentences_and_says_that_it_was_stopped():
    text = Page(
        render_turn(0, replace(answered("Was?", (BRIDGE, COST)), state="stopped"), ENGLISH)
    ).text
    assert f"{COST}[1]" in text
    assert text.endswith("Stopped before the answer was complete.")


def test_copying_gives_the_answer_with_its_numbers_and_sources():
    turn = answered("Was?", (BRIDGE, COST), (FERRY, TICKET))
    (copy,) = Page(render_turn(0, turn, ENGLISH)).buttons("copy")
    assert copy["data-text"] == plain_text(turn.answer, ENGLISH)
    assert copy["data-text"] == (
        f"Was?\n\nDie Artikel sagen:\n„{COST}“ [1]\n“{TICKET}” [2]\n\nSources:\n"
        f"[1] Brücke wieder offen (Lahntaler Bote, 2024-03-18)\n    {place(BRIDGE, COST)}\n"
        f"[2] Ferry returns to the lake (Lakeside Gazette, 2024-05-02)\n    {place(FERRY, TICKET)}"
    )


def test_copying_a_written_answer_gives_its_marks_notice_and_quotes_too():
    (copy,) = Page(
        render_turn(0, written(TRUE, WEAK, LOOSE, notice="It stops here."), ENGLISH)
    ).buttons("copy")
    assert copy["data-text"] == (
        f"{ASKED}\n\nIt stops here.\n\nIt cost 4.2 million euros. [1]\n"
        "Weakly supported: It cost 5 million. [1]\nNot supported: Everyone <b>likes</b> it.\n\n"
        f"Sources:\n[1] Brücke wieder offen (Lahntaler Bote, 2024-03-18)\n    > „{COST}“\n"
        f"    {place(BRIDGE, COST)}"
    )


def test_copying_a_refusal_names_the_passages_as_nearest():
    assert plain_text(refusal("Wetter?"), ENGLISH) == (
        "Wetter?\n\nDie Artikel sagen dazu nichts.\n\n"
        "These passages come nearest, but do not answer the question:\n"
        f"- „{CARS}“\n  Brücke wieder offen (Lahntaler Bote, 2024-03-18)\n"
        f"- “{TICKET}”\n  Ferry returns to the lake (Lakeside Gazette, 2024-05-02)"
    )


def test_hostile_text_makes_no_element_attribute_or_link():
    turn = answered(EVIL_TITLE, (EVIL, EVIL_QUOTE))
    page = Page(render_conversation([turn], ENGLISH))
    assert {tag for tag, _ in page.elements} == {
        *("div", "section", "h2", "p", "blockquote", "button", "span")
    }
    assert {name for _, found in page.elements for name in found} == {
        *("class", "role", "aria-live", "aria-label", "aria-busy", "dir", "lang", "type"),
        *("aria-pressed", "data-at", "data-day", "data-place", "data-position", "data-address"),
        *("data-turn", "data-citation", "data-text", "data-copied", "data-failed"),
        "data-question",
    }
    assert EVIL_QUOTE in page.text
    assert EVIL_TITLE in page.text


@pytest.mark.parametrize("status", ["supported", "weak", "unsupported"])
def test_a_models_words_never_become_markup_a_link_or_an_image(status):
    said = "![x](https://evil.example/p.png) <img src=x> [a](javascript:b) <a href='c'>"
    numbers = () if status == "unsupported" else (1,)
    sentence = AnswerSentence(said, numbers, status, "" if numbers and status != "weak" else said)
    page = Page(render_conversation([written(sentence, notice=said)], ENGLISH))
    assert {tag for tag, _ in page.elements} <= {
        *("div", "section", "h2", "h3", "p", "blockquote", "button", "ol", "ul", "li", "span"),
        "strong",
    }
    assert {name for _, found in page.elements for name in found} <= {
        *("class", "role", "aria-live", "aria-label", "aria-busy", "dir", "lang", "type"),
        *("id", "hidden", "aria-pressed", "aria-describedby"),
        *("data-turn", "data-citation", "data-text", "data-copied", "data-failed"),
        "data-question",
    }
    assert page.text.count(said) == (2 if status == "supported" else 3)


def test_the_greeting_offers_the_examples_as_buttons_and_goes_with_the_first_turn():
    page = Page(render_greeting(ENGLISH, ["Was <b>kostet</b> das?", "Wer war es?"]))
    assert len(page.buttons("example")) == 2
    assert "Was <b>kostet</b> das?" in page.text
    greeting = render_greeting(ENGLISH, ["Wer war es?"])
    assert len(Page(render_conversation([], ENGLISH, greeting)).buttons("example")) == 1
    assert Page(render_conversation([Turn("Wer?")], ENGLISH, greeting)).buttons("example") == []
    assert "For example" not in Page(render_greeting(ENGLISH, [])).text


@pytest.mark.parametrize(("bringing", "buttons"), [(True, 1), (False, 0)])
def test_without_articles_the_greeting_says_how_to_add_some(bringing, buttons):
    page = Page(render_greeting(GERMAN, [], Holdings(0), bringing=bringing))
    assert page.text.startswith("Es gibt noch keine Artikel")
    assert "article-chat index ORDNER" in page.text
    assert len(page.buttons("bring")) == buttons


def test_the_head_names_the_articles_and_their_days_once_and_offers_the_other_language():
    days = date(2024, 6, 17), date(2024, 6, 20)
    assert render_header("Article Chat", Holdings(1_300, days), ENGLISH) == (
        '<header data-language="en" data-divider="Width of the conversation"><h1>Article Chat</h1>'
        "<p>1,300 articles · 17–20 June 2024</p>"
        '<nav><a class="new" href="/">New</a><button type="button" class="history" '
        'aria-haspopup="dialog">History</button><button type="button" class="kept">Kept</button>'
        '<button type="button" class="language" lang="de" data-language="de">'
        '<span class="whole">Deutsch</span><span class="code" aria-hidden="true">DE</span></button>'
        "</nav></header>"
    )
    german = Page(render_header("Article Chat", Holdings(1_300, days), GERMAN))
    assert german.text == "Article Chat1.300 Artikel · 17.–20. Juni 2024NeuVerlaufGemerktEnglishEN"


def test_the_head_leaves_out_what_is_not_known():
    assert (
        Page(render_header("A", Holdings(1), ENGLISH)).text == "A1 articleNewHistoryKeptDeutschDE"
    )
    assert Page(render_header("A", None, ENGLISH)).text == "ANewHistoryKeptDeutschDE"


def test_a_pasted_article_is_shortened_as_a_question():
    text = Page(
        render_turn(
            0, Turn("x" * 5000, "failed", error=Fault("bad_question", "Too long.")), ENGLISH
        )
    ).text
    assert text == "x" * 1000 + " …EditError. Too long."


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (("Bote", "2024-03-18", "de", "/a/b.txt"), "Bote · 18 March 2024 · German"),
        ((None, None, "und", "/a/b.txt"), "b.txt"),
        ((None, "2024-06-19", "de", "/a/2024-06-19-b.txt"), "19 June 2024 · German"),
        (("Bote", "gestern", "fr", "/a/b.txt"), "Bote · gestern · French"),
    ],
)
def test_a_source_is_described_by_its_known_fields(given, shown):
    assert Page(describe_source(*given, ENGLISH)).text == shown


def test_a_citation_is_found_by_its_place_and_a_stale_place_finds_none():
    turns = (answered("Was?", (BRIDGE, COST)), Turn("Wetter?", "done", refusal("Wetter?")))
    assert find_citation(turns, 0, 0).quote == COST
    assert find_citation(turns, 1, 1).quote == TICKET
    assert ARTICLES[find_citation(turns, 1, 0).article] is BRIDGE
    for turn, position in [(2, 0), (-1, 0), (0, 1), (0, -1)]:
        assert find_citation(turns, turn, position) is None
    assert find_citation((Turn("Was?"),), 0, 0) is None


def test_the_number_of_a_written_sentence_is_described_by_its_quote_outlet_and_date():
    turn = answered("Was?", (BRIDGE, COST), (FERRY, TICKET))
    turn = replace(turn, answer=replace(turn.answer, model="openai:scripted"))
    source = render_turn(2, turn, GERMAN)
    numbers = Page(source).buttons("number")
    assert [found["aria-describedby"] for found in numbers] == ["card-2-0", "card-2-1"] * 2
    assert Page(inside(source, '<div id="card-2-1" hidden>')).text == (
        f"{TICKET} Ferry returns to the lakeLakeside Gazette · 2. Mai 2024 · Englisch"
    )


def test_no_label_takes_the_place_of_a_passage_that_can_be_read():
    page = Page(render_turn(0, Turn("Wetter?", "done", refusal("Wetter?")), ENGLISH))
    assert [found.get("aria-label") for found in page.buttons("passage")] == [None, None]
    assert CARS in page.text


def test_a_lost_quote_is_named_as_lost_and_is_no_quotation_anywhere():
    turn = replace(answered("Was?", (BRIDGE, COST), (FERRY, TICKET)), lost=frozenset({0}))
    page = Page(render_turn(0, turn, ENGLISH))
    [_] = [found for tag, found in page.elements if tag == "blockquote"]
    assert f"{ENGLISH.lost}: {COST}[1]" in page.text
    [copy] = page.buttons("copy")
    assert f"    > „{COST}“ – {ENGLISH.lost}\n[2]" in copy["data-text"]
    assert len(page.buttons("copy-quote")) == len(page.buttons("keep")) == 1
    refused = replace(Turn("?", "done", refusal("?")), lost=frozenset({1}))
    assert f"{ENGLISH.lost}: {TICKET}" in Page(render_turn(0, refused, ENGLISH)).text


def test_a_question_can_be_edited_in_full_once_it_is_answered():
    turn = Turn("x" * 1_500, "stopped")
    [edit] = Page(render_turn(3, turn, ENGLISH)).buttons("edit")
    assert (edit["data-turn"], edit["data-question"]) == ("3", "x" * 1_500)
    assert Page(render_turn(3, Turn("Was?"), ENGLISH)).buttons("edit") == []
