"""Dates are read as written, and never guessed."""

import pytest

from rag.ingest.publication_date import parse_date, parse_name


@pytest.mark.parametrize(
    "written",
    [
        "2024-06-19",
        "2024-06-19T23:30:00-05:00",
        "2024-06-19T00:10:00+02:00",
        "2024-06-19 23:30",
        "20240619",
        "20240619T101500Z",
        "2024/06/19",
        "19.06.2024",
        "19.6.24",
        "19.06.2024, 10:22 Uhr",
        "19. Juni 2024",
        "Mittwoch, 19. Juni 2024, 14:30 Uhr",
        "June 19, 2024",
        "19 June 2024",
        "Wed, 19 Jun 2024 10:00:00 +0200",
        "06/19/2024",
        "19/06/2024",
        "19 juin 2024",
        "19 июня 2024",
        " 19.\tJuni\n2024 ",
        "1718755200",
        "1718755200000",
    ],
)
def test_dates_of_newspapers_and_feeds_are_read(written):
    assert parse_date(written) == "2024-06-19"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3. März 2023", "2023-03-03"),
        ("1. Jänner 2023", "2023-01-01"),
        ("01.02.2024", "2024-02-01"),
    ],
)
def test_german_months_and_the_german_order_are_read(written, day):
    assert parse_date(written) == day


@pytest.mark.parametrize(
    "written",
    ["heute", "gestern", "vor 2 Tagen", "today", "2 days ago", "now", "10:30", "Montag", "12"],
)
def test_nothing_is_counted_from_the_day_of_reading(written):
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "written", ["2024", "Juni 2024", "2024-06", "10/2024", "19. Juni", "2024-W25", "2024-W25-3"]
)
def test_a_text_without_a_single_day_has_no_date(written):
    assert parse_date(written) is None


@pytest.mark.parametrize("written", ["03/04/2024", "3-4-2024", "24/06/19", "05/06/24"])
def test_a_date_that_america_and_europe_read_differently_is_none(written):
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "Seite 3",
        "lorem",
        "31.02.2024",
        "2024-13-01",
        "20241301",
        "99.99.2024",
        "x" * 99,
    ]
    + ["0001-01-01", "9999-12-31", "9999999999", "0", "1234567"],
)
def test_nonsense_has_no_date(written):
    assert parse_date(written) is None


@pytest.mark.parametrize(
    "stem",
    ["2024-06-19-unterschrift", "20240619", "20240619-b", "bote_2024-06-19", "bote-2024-06-19 (2)"],
)
def test_a_file_name_may_hold_the_day(stem):
    assert parse_name(stem) == "2024-06-19"


@pytest.mark.parametrize(
    "stem",
    [
        "bote",
        "artikel-2024",
        "2024-06",
        "2024-02-30-fähre",
        "12345678",
        "x20240619",
        "120240619",
        "2024-06-19-1",
        "2024-06-19_2024-06-20",
        "0001-01-01",
    ],
)
def test_a_file_name_without_one_clear_day_has_none(stem):
    assert parse_name(stem) is None
