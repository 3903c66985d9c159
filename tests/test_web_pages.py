"""Extracting the text of saved web pages and PDFs."""

import logging

import pytest
from files import PROSE, body_text, only_article, only_reason, write
from pdfs import make_pdf, show

SECOND = "Die Kosten von vier Millionen Euro trägt zur Hälfte das Land, sagte der Bürgermeister."
THIRD = "Gebaut wird das Schiff in einer Werft am Bodensee, die dafür zwei Jahre braucht."
HEAD = """<title>Neue Fähre für Lindau | Seeblatt</title>
<meta property="og:title" content="Neue Fähre für Lindau">
<meta property="og:site_name" content="Seeblatt">
<meta property="og:url" content="https://seeblatt.example/faehre">
<meta property="article:published_time" content="2024-06-19T23:30:00+02:00">"""


def page(*paragraphs, head=HEAD, lang=' lang="de"', after=""):
    prose = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html{lang}><head>{head}</head><body><nav><a href='/'>Startseite</a>"
        f"<a href='/sport'>Sport</a></nav><article><h1>Neue Fähre für Lindau</h1>{prose}</article>"
        f"{after}<footer>Impressum und Datenschutz</footer></body></html>"
    )


# HTML --------------------------------------------------------------------------------------------


def test_a_page_gives_its_prose_and_metadata(tmp_path):
    article = only_article(write(tmp_path / "a.html", page(PROSE, SECOND, THIRD)))
    assert body_text(article) == f"{PROSE}\n{SECOND}\n{THIRD}"
    assert "Startseite" not in article.text
    assert "Impressum" not in article.text
    found = (article.title, article.source, article.date, article.url, article.language)
    assert found == (
        "Neue Fähre für Lindau",
        "Seeblatt",
        "2024-06-19",
        "https://seeblatt.example/faehre",
        "de",
    )
    assert article.row is None


def test_comments_of_readers_are_left_out(tmp_path):
    comments = (
        "<div id='comments'><div class='comment'><p>Das ist doch Unsinn, Leute!</p></div></div>"
    )
    article = only_article(write(tmp_path / "a.htm", page(PROSE, SECOND, THIRD, after=comments)))
    assert "Unsinn" not in article.text


def test_script_is_left_out_and_escaped_script_stays_text(tmp_path):
    quoted = (
        "Der Angreifer schrieb &lt;script&gt;alert(1)&lt;/script&gt; in das Gästebuch der Stadt."
    )
    html = page(PROSE + "<script>alert(2)</script>", quoted, THIRD)
    article = only_article(write(tmp_path / "a.html", html))
    assert "Der Angreifer schrieb <script>alert(1)</script> in das Gästebuch" in article.text
    assert "alert(2)" not in article.text


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", '<meta charset="utf-8">'),
        ("utf-8", '<meta charset="iso-8859-1">'),
        ("utf-16", ""),
        ("cp1252", ""),
        ("cp1252", '<meta charset="iso-8859-1">'),
        ("cp1252", '<meta charset="utf-8">'),
        ("cp1252", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">'),
        ("mac_roman", "<meta charset=macintosh>"),
    ],
)
def test_umlauts_survive_the_encoding_of_a_page(tmp_path, encoding, declared):
    html = page(PROSE, SECOND, THIRD, head=declared + HEAD)
    article = only_article(write(tmp_path / "a.html", html.encode(encoding)))
    assert body_text(article) == f"{PROSE}\n{SECOND}\n{THIRD}"
    assert article.title == "Neue Fähre für Lindau"


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_an_xml_declaration_does_not_decode_a_page_twice(tmp_path, encoding):
    html = f'<?xml version="1.0" encoding="{encoding}"?>\n' + page(PROSE, SECOND, THIRD)
    article = only_article(write(tmp_path / "a.html", html.encode(encoding)))
    assert body_text(article) == f"{PROSE}\n{SECOND}\n{THIRD}"


def test_a_broken_byte_elsewhere_does_not_cost_the_page(tmp_path):
    html = page(PROSE, SECOND, THIRD).encode().replace(b"Impressum", b"Impress\xffum")
    assert body_text(only_article(write(tmp_path / "a.html", html))).startswith(PROSE)


def test_decomposed_umlauts_become_one_character(tmp_path):
    html = page(PROSE.replace("ä", "a\u0308"), SECOND, THIRD)
    assert body_text(only_article(write(tmp_path / "a.html", html))).startswith(PROSE)


def test_a_long_text_overrules_the_language_of_its_template(tmp_path):
    html = page(*[PROSE, SECOND, THIRD] * 5, lang=' lang="en"')
    assert only_article(write(tmp_path / "a.html", html)).language == "de"


def test_a_short_text_does_not(tmp_path):
    html = page(PROSE, SECOND, THIRD, lang=' class="no-js" lang="nl-BE"')
    assert only_article(write(tmp_path / "a.html", html)).language == "nl"


def test_a_date_in_the_text_is_not_taken_for_the_date_of_the_page(tmp_path):
    prose = f"{PROSE} Zuletzt war am 12. März 2019 eine Fähre getauft worden."
    html = page(prose, SECOND, THIRD, head="<title>Fähre</title>", after="<p>© 2020 Seeblatt</p>")
    assert only_article(write(tmp_path / "a.html", html)).date is None


@pytest.mark.parametrize(
    "html", ["<html><body></body></html>", "<html><script>x=1</script></html>"]
)
def test_a_page_without_text_is_no_article(tmp_path, html):
    assert only_reason(write(tmp_path / "a.html", html)) == "no article text in it"


def test_a_page_of_too_many_tags_is_skipped_unread(tmp_path):
    html = "<html><body>" + "a<br>" * 50_000
    assert only_reason(write(tmp_path / "a.html", html)) == (
        "it has 50,002 tags, which is no article; the limit is 50,000"
    )


@pytest.mark.parametrize("part", ["<div>", "<b>", "<table><tr><td>", "<ul><li>x", "<blockquote>x"])
def test_deep_nesting_ends(tmp_path, part):
    html = page(PROSE, SECOND, THIRD) + part * 10_000
    assert list(only_article(write(tmp_path / "a.html", html)).body)


def test_a_binary_file_named_like_a_page_is_skipped(tmp_path):
    reason = only_reason(write(tmp_path / "a.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"))
    assert reason == "it is not text but binary data (NUL byte at 8)"


# PDF ---------------------------------------------------------------------------------------------


def test_a_pdf_gives_the_text_of_its_pages_as_it_is(tmp_path):
    pdf = make_pdf(
        show("Der Rat von Lindau hat den Bau einer", "Fäh-", "re beschlossen."), show(THIRD)
    )
    article = only_article(write(tmp_path / "a.pdf", pdf))
    assert article.text == f"Der Rat von Lindau hat den Bau einer\nFäh-\nre beschlossen.\n\n{THIRD}"
    assert (article.language, article.date, article.source) == ("de", None, None)


def test_a_pdf_states_its_title(tmp_path):
    pdf = make_pdf(show(PROSE), title="Neue Fähre für Lindau")
    assert only_article(write(tmp_path / "a.pdf", pdf)).title == "Neue Fähre für Lindau"


@pytest.mark.parametrize("title", ["Microsoft Word - faehre.docx", "untitled", "seite_3.indd", ""])
def test_a_title_made_by_a_program_is_ignored(tmp_path, title):
    pdf = make_pdf(show("Neue Wege am See sind teuer."), title=title)
    assert only_article(write(tmp_path / "a.pdf", pdf)).title == "Neue Wege am See sind teuer."


def test_a_pdf_without_a_text_layer_is_skipped(tmp_path):
    pdf = make_pdf(b"0 0 100 100 re f", b"")
    reason = "no text in it (scanned?); run text recognition (OCR) on it"
    assert only_reason(write(tmp_path / "a.pdf", pdf)) == reason


@pytest.mark.parametrize(
    "revision",
    [
        b"/V 2/R 3/Length 128",
        b"/V 5/R 6/Length 256/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>"
        b"/StmF/StdCF/StrF/StdCF",
    ],
)
def test_an_encrypted_pdf_is_skipped(tmp_path, revision):
    keys = b"/O(%s)/U(%s)/OE(%s)/UE(%s)/Perms(%s)" % (
        b"o" * 48,
        b"u" * 48,
        b"e" * 32,
        b"f" * 32,
        b"p" * 16,
    )
    encrypt = b"/Encrypt<</Filter/Standard%s%s/P -4>>/ID[(a)(b)]" % (revision, keys)
    pdf = make_pdf(show(PROSE), trailer=encrypt)
    reason = "it is encrypted; save it without a password"
    assert only_reason(write(tmp_path / "a.pdf", pdf)) == reason


@pytest.mark.parametrize("keep", [9, 100, 400])
def test_a_broken_pdf_is_skipped_in_silence(tmp_path, caplog, capfd, keep):
    path = write(tmp_path / "a.pdf", make_pdf(show(PROSE))[:keep])
    assert only_reason(path).startswith("it is not a readable PDF (")
    assert (caplog.text, capfd.readouterr()) == ("", ("", ""))
    assert logging.getLogger("pypdf").level == logging.NOTSET


def test_a_text_file_named_pdf_is_skipped(tmp_path):
    assert only_reason(write(tmp_path / "a.pdf", PROSE)).startswith("it is not a readable PDF (")


def test_a_pdf_that_unpacks_to_more_than_any_article_is_skipped(tmp_path):
    pdf = make_pdf(b" " * 30_000_000)
    assert len(pdf) < 50_000
    reason = only_reason(write(tmp_path / "a.pdf", pdf))
    assert reason.startswith("it is larger, unpacked, than any article (Limit reached")


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.ingest.formats._PDF_SECONDS", -1.0)
    reason = only_reason(write(tmp_path / "a.pdf", make_pdf(show(PROSE))))
    assert reason == "it takes longer than -1 s to read"
