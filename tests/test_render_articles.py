"""The list of articles as HTML, and the searches that the page's script sends."""

from datetime import date

import pytest
from injections import INJECTIONS

from ui.html.articles import Search, read_search, render_finder, render_listing
from ui.words import ENGLISH, GERMAN
from vectorstore import ArticlePage, Filter, ListedArticle

BRIDGE = ListedArticle(
    "0123456789abcdef", "Brücke offen", "Bote", "2024-03-18", "de", "/secret/bruecke.md"
)
FERRY = ListedArticle("fedcba9876543210", "Ferry returns", None, None, "en", "/secret/ferry.txt")
PAGE = ArticlePage((BRIDGE, FERRY), 2)


def test_an_article_shows_title_outlet_day_and_language_or_its_file():
    shown = render_listing(PAGE, Search(), ENGLISH, (), 1)
    assert ">Brücke offen</span>" in shown
    assert ">Bote</span> · <span" in shown and ">18 March 2024</span> · German" in shown
    assert ">ferry.txt</span> · English" in shown
    assert "/secret" not in shown
    assert "2 articles" in shown


def test_chosen_articles_are_ticked():
    shown = render_listing(PAGE, Search(), ENGLISH, {FERRY.id}, 1)
    assert shown.count(" checked") == 1
    assert f'value="{FERRY.id}" aria-label="Ask about: Ferry returns" checked' in shown


def test_pages_name_their_place_and_the_ends_have_no_further_one():
    many = ArticlePage((BRIDGE,) * 50, 1_234)
    first = render_listing(many, Search(), GERMAN, (), 1)
    assert "<span>1–50 von 1.234</span>" in first
    assert 'data-page="-1" aria-label="Vorherige Seite" disabled' in first
    last = render_listing(ArticlePage((BRIDGE,), 51), Search(page=1), ENGLISH, (), 1)
    assert "<span>51–51 of 51</span>" in last
    assert 'data-page="2" aria-label="Next page" disabled' in last


def test_an_empty_list_says_why_and_what_to_do():
    nothing = ArticlePage((), 0)
    assert "article-chat index FOLDER" in render_listing(nothing, Search(), ENGLISH, (), 1)
    assert "Try fewer words" in render_listing(nothing, Search("x"), ENGLISH, (), 1)


def test_only_days_outlets_and_languages_can_be_asked_within():
    def offered(search):
        return 'class="within"' in render_listing(PAGE, search, ENGLISH, (), 1)

    assert not offered(Search())
    assert not offered(Search("brücke"))
    assert offered(Search(filter=Filter(sources=["Bote"])))


def test_the_form_is_drawn_with_what_was_typed():
    search = Search('"><b>', Filter(None, ["Bote"], ["de"], date(2024, 6, 1)), newest_first=False)
    shown = render_finder(search, ["Bote", "Gazette"], ["de", "en"], GERMAN)
    assert 'value="&quot;&gt;&lt;b&gt;"' in shown
    assert 'name="from" value="2024-06-01"' in shown
    assert '<option value="Bote" selected>' in shown
    assert '<option value="de" selected>Deutsch</option>' in shown
    assert '<option value="oldest" selected>' in shown


@pytest.mark.parametrize(
    ("given", "search"),
    [
        ({}, Search()),
        ({"words": None, "query": 7, "page": "2", "order": []}, Search()),
        ({"page": -1}, Search()),
        ({"page": True}, Search()),
        ({"page": 10**30}, Search()),
        ({"words": "x" * 300}, Search("x" * 200)),
        ({"query": "source=Bote", "page": 3}, Search(filter=Filter(sources=["Bote"]), page=3)),
        ({"order": "oldest"}, Search(newest_first=False)),
    ],
)
def test_only_a_well_formed_search_counts(given, search):
    assert read_search(given) == search


@pytest.mark.parametrize("evil", INJECTIONS[::9])
def test_an_evil_article_is_text_in_the_list(evil):
    page = ArticlePage((ListedArticle(evil, evil, evil, evil, evil, evil),), 1)
    shown = render_listing(page, Search(), ENGLISH, (), 1)
    shown += render_finder(Search(evil), [evil], [evil], ENGLISH)
    known = ("<script", "<img", "<svg", "<a ", "<iframe", "<math", "<base", "<style", "<link")
    assert [tag for tag in known if tag in shown] == []
