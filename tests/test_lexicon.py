"""The lexicon: translations as terms, compounds part by part, and the one that is shipped."""

import pytest

from rag.language.lexicon import load_lexicon, parse_lexicon
from vectorstore import Term

SMALL = parse_lexicon(
    [
        "de\tdampf\tsteam .64 vapor .09",
        "de\tmaschine\tmachine .49 engine .25",
        "de\tmaschinen\tmachines .5",
        "de\tabkommen\tagreement .49",
        "de\tverteidigung\tdefence .25",
        "de\tpanik\tpanik .9",
        "en\tsteam\tdampf .81",
    ]
)


def test_translations_come_with_their_probabilities_in_order():
    assert SMALL.translate("Dampf", "de") == (("steam", 0.64), ("vapor", 0.09))
    assert SMALL.translate("steam", "en") == (("dampf", 0.81),)
    assert SMALL.translate("steam", "de") == ()
    assert SMALL.languages == {"de", "en"}


def test_an_unknown_compound_is_translated_by_its_parts():
    assert dict(SMALL.translate("Dampfmaschine", "de")) == {
        **{"steam": 0.64, "vapor": 0.09},
        **{"machine": 0.49, "engine": 0.25},
    }
    # With an s between the parts.
    assert dict(SMALL.translate("Verteidigungsabkommen", "de")) == {
        "defence": 0.25,
        "agreement": 0.49,
    }
    assert SMALL.translate("Dampfx", "de") == ()
    # English does not glue words together.
    assert SMALL.translate("steamsteam", "en") == ()


def test_a_known_word_is_not_cut():
    assert SMALL.translate("Maschinen", "de") == (("machines", 0.5),)


def test_terms_weigh_translations_by_the_root_and_a_translated_word_less():
    assert SMALL.terms(["Dampf", "Pjöngjang", "Dampf"], "de") == (
        Term("Dampf", 0.7, (("steam", pytest.approx(0.8)), ("vapor", pytest.approx(0.3)))),
        Term("Pjöngjang", 1.0, ()),
    )


def test_a_word_is_no_translation_of_itself():
    assert SMALL.terms(["Panik"], "de") == (Term("Panik", 0.7, ()),)


@pytest.fixture(scope="module")
def shipped():
    return load_lexicon()


@pytest.mark.parametrize(
    ("word", "language", "translation"),
    [
        ("Vertrag", "de", "treaty"),
        ("treaty", "en", "vertrag"),
        ("Truppen", "de", "troops"),
        ("hospital", "en", "krankenhaus"),
        ("Verteidigungsabkommen", "de", "agreement"),
        ("Küche", "de", "kitchen"),
    ],
)
def test_the_shipped_lexicon_knows_common_words_both_ways(shipped, word, language, translation):
    assert translation in dict(shipped.translate(word, language))


def test_each_line_of_the_shipped_lexicon_can_be_read(shipped):
    for language in ("de", "en"):
        assert len(shipped.lines[language]) > 20_000
        for word in shipped.lines[language]:
            for _, likely in shipped.translate(word, language):
                assert 0 < likely <= 1
