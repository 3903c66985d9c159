"""Alter a sentence in subtler ways: who did it, the opposite word, "all" for "some", the unit.

The tables are written for the benchmark, with pairs that the verification does not know among
them; what they stand for is in every article.
"""

from __future__ import annotations

import random
import re
from functools import cache

from benchmarks.support.alterations import (
    Alter,
    find_names,
    find_surnames,
    load_places,
    replace_one,
)
from benchmarks.support.sentence_pairs import Pair

# Each word is put for its neighbour behind the slash, and the other way round.
_OPPOSITES = {
    "de": "größer/kleiner größere/kleinere größten/kleinsten größte/kleinste ersten/letzten"
    " erste/letzte erster/letzter höher/niedriger höhere/niedrigere höchste/niedrigste"
    " mehr/weniger stieg/sank stiegen/sanken gestiegen/gesunken steigt/sinkt Anstieg/Rückgang"
    " erhöht/gesenkt zugenommen/abgenommen gewann/verlor gewonnen/verloren Sieg/Niederlage"
    " Sieger/Verlierer begann/endete begonnen/geendet Anfang/Ende Beginn/Ende nördlich/südlich"
    " Norden/Süden Osten/Westen östlich/westlich früher/später frühen/späten vorher/nachher"
    " bevor/nachdem reich/arm reichen/armen innerhalb/außerhalb oft/selten häufig/selten"
    " immer/manchmal stark/schwach starke/schwache alten/neuen alte/neue älteste/jüngste"
    " älter/jünger lang/kurz lange/kurze langen/kurzen langsam/schnell bekannt/unbekannt"
    " wichtig/unwichtig möglich/unmöglich öffentlichen/privaten öffentliche/private"
    " positiv/negativ positive/negative gut/schlecht guten/schlechten leicht/schwer"
    " einfach/schwierig erlaubt/verboten genehmigt/abgelehnt stärker/schwächer"
    " verbessert/verschlechtert gegründet/aufgelöst freiwillig/gezwungen mit/ohne für/gegen"
    " gekauft/verkauft kaufte/verkaufte Krieg/Frieden Mehrheit/Minderheit linken/rechten"
    " Männer/Frauen Mann/Frau Vater/Mutter Sohn/Tochter Gewinn/Verlust Gewinne/Verluste"
    " Einnahmen/Ausgaben Zunahme/Abnahme Vorteil/Nachteil Erfolg/Misserfolg innen/außen oben/unten"
    " nahe/fern warm/kalt heiß/kalt Freund/Feind Opfer/Täter geöffnet/geschlossen"
    " bestätigte/bestritt bestätigt/dementiert angreifen/verteidigen heute/gestern heute/morgen",
    "en": "larger/smaller largest/smallest greatest/least first/last higher/lower highest/lowest"
    " more/less rose/fell rise/fall increase/decrease increased/decreased increasing/decreasing"
    " growth/decline gained/lost won/lost win/lose victory/defeat winner/loser began/ended"
    " beginning/end north/south northern/southern east/west eastern/western earlier/later"
    " early/late before/after rich/poor inside/outside within/outside often/rarely"
    " frequently/seldom always/sometimes strong/weak stronger/weaker old/new older/younger"
    " oldest/youngest long/short slow/fast slowly/quickly known/unknown important/unimportant"
    " possible/impossible public/private positive/negative good/bad better/worse easy/difficult"
    " simple/complex allowed/banned allow/forbid approved/rejected accepted/rejected"
    " improved/worsened founded/dissolved voluntary/forced with/without for/against bought/sold"
    " war/peace majority/minority left/right men/women man/woman father/mother son/daughter"
    " profit/loss income/spending advantage/disadvantage success/failure inner/outer upper/lower"
    " near/far warm/cold hot/cold friend/enemy victim/perpetrator open/closed opened/closed"
    " confirmed/denied attack/defend able/unable likely/unlikely yesterday/today today/tomorrow",
}
# Words that mean the same, for claims that are not to be flagged.
_SYNONYMS = {
    "de": "begann/startete bekam/erhielt sagte/erklärte sagte/meinte etwa/rund ungefähr/circa"
    " Firma/Unternehmen häufig/oft sofort/umgehend wichtig/bedeutend Auto/Wagen gebaut/errichtet"
    " jedoch/aber beendet/abgeschlossen nutzen/verwenden genutzt/verwendet benutzt/verwendet"
    " zeigen/belegen Film/Streifen Beginn/Start Ende/Schluss Zeitung/Blatt Arzt/Mediziner"
    " Ärzte/Mediziner Fußballer/Kicker getötet/umgebracht gestorben/verstorben verletzt/verwundet"
    " Polizisten/Beamte Abgeordnete/Parlamentarier Vertrag/Abkommen Gesetz/Regelung"
    " Streit/Konflikt Krieg/Konflikt vermutlich/wahrscheinlich derzeit/momentan derzeit/aktuell"
    " zudem/außerdem ebenfalls/auch insgesamt/zusammen fast/beinahe sehr/äußerst Menschen/Personen"
    " Wohnung/Apartment Treffen/Zusammenkunft Gespräch/Unterredung gegründet/ins_Leben_gerufen"
    " Preis/Auszeichnung berühmt/bekannt Gebäude/Bauwerk Gegend/Region Gebiet/Region Fluss/Strom"
    " Schule/Lehranstalt Kinder/Jungen_und_Mädchen Chef/Leiter Leitung/Führung deutlich/klar"
    " schnell/rasch stieg/wuchs gestiegen/gewachsen sank/fiel gesunken/gefallen"
    " erfolgreich/mit_Erfolg letzten/vergangenen Mitarbeiter/Beschäftigte Ziel/Absicht",
    "en": "began/started got/received said/stated said/remarked about/around approximately/roughly"
    " company/firm often/frequently immediately/instantly important/significant car/vehicle"
    " built/constructed however/though finished/completed use/employ used/utilized"
    " show/demonstrate film/movie beginning/start end/conclusion newspaper/paper doctor/physician"
    " doctors/physicians killed/slain died/perished injured/wounded contract/agreement law/statute"
    " dispute/conflict probably/likely currently/presently also/too total/overall almost/nearly"
    " very/extremely people/persons meeting/gathering conversation/talk founded/established"
    " prize/award famous/renowned building/structure area/region river/stream kids/children"
    " chief/head clearly/plainly fast/quick rose/grew fell/dropped last/past employees/workers"
    " aim/goal large/big small/little help/assist helped/assisted sold/marketed bought/purchased"
    " attempt/effort allowed/permitted because/since many/numerous several/various",
}
_QUANTIFIERS = {
    "de": "alle/einige allen/einigen aller/einiger viele/wenige vielen/wenigen jeder/mancher"
    " jede/manche jedes/manches mindestens/höchstens sämtliche/einzelne stets/gelegentlich"
    " ganz/teilweise völlig/teilweise ausschließlich/auch nur/auch beide/keine meisten/wenigsten",
    "en": "all/some every/some each/no many/few most/few several/all always/occasionally"
    " fully/partly completely/partly exclusively/also only/also both/neither entire/partial",
}
_PHRASES = {
    "de": "mehr als/weniger als@über (?=\\d)/unter @unter (?=\\d)/über @bis zu/mindestens",
    "en": "at least/at most@more than/less than@over (?=\\d)/under @up to/at least",
}
_UNITS = {
    "de": "Kilometer/Meter Meter/Kilometer Meilen/Kilometer Tage/Wochen Tagen/Wochen Wochen/Monate"
    " Monate/Jahre Monaten/Jahren Jahre/Monate Jahren/Monaten Stunden/Tage Minuten/Stunden"
    " Sekunden/Minuten Millionen/Milliarden Milliarden/Millionen Million/Milliarde"
    " Tonnen/Kilogramm Mio/Mrd Euro/Dollar Dollar/Euro Prozent/Prozentpunkte km/m",
    "en": "kilometres/metres kilometers/meters miles/feet feet/miles days/weeks weeks/months"
    " months/years years/months hours/days minutes/hours seconds/minutes million/billion"
    " billion/million tons/pounds euros/dollars dollars/euros percent/percentage points km/m",
}
_NUMBERS = "zwei|drei|vier|fünf|sechs|zehn|two|three|four|five|six|ten"
_HEDGES = {
    "de": (
        (r"\b(?:angeblich|mutmaßlich|vermutlich|vielleicht|möglicherweise|wahrscheinlich) ", ""),
        (r"\bkönnte\b", "wird"),
        (r"\bkönnten\b", "werden"),
        (r"\bdürfte\b", "wird"),
    ),
    "en": (
        (r"\b(?:allegedly|reportedly|perhaps|possibly|probably|presumably) ", ""),
        (r"\b(?:could|might|may)\b(?! \d)", "will"),
    ),
}
_DATES = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}
_DAYS = {
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}


def swap_names(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Let two names of a sentence change places, none of them in an enumeration; None without."""
    text = pair.sentences[language]
    if len(pair.sentences) > 1:
        names = set(find_names(pair)[language])
    else:
        names = {*load_places(language), *find_surnames(text)}
    once = [name for name in names if len(re.findall(rf"\b{re.escape(name)}\b", text)) == 1]
    places = [re.search(rf"\b{re.escape(name)}\b", text) for name in once]
    spans = sorted(match.span() for match in places if match)
    apart = [
        (one, other)
        for one, other in zip(spans, spans[1:], strict=False)
        if len(text[one[1] : other[0]].split()) > 1
        and not re.search(r"^,|^ (?:und|and|or|oder) |, $", text[one[1] : other[0]])
    ]
    if not apart:
        return None
    (a, b), (c, d) = chance.choice(apart)
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def turn_round(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put the opposite for a word; None if there is none in the table."""
    return replace_one(pair.sentences[language], _both_ways(_OPPOSITES[language]), chance)


def reword(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put a word that means the same for one; None if there is none in the table."""
    return replace_one(pair.sentences[language], _both_ways(_SYNONYMS[language]), chance)


def change_quantifier(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put "some" for "all" or "at most" for "at least", and the like."""
    table = _both_ways(_QUANTIFIERS[language])
    phrases = [phrase.split("/") for phrase in _PHRASES[language].split("@")]
    table += [(rf"\b{old}", new) for old, new in phrases]
    return replace_one(pair.sentences[language], table, chance)


def change_unit(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put another unit, currency or power of a thousand behind a number."""
    changes = [each.split("/") for each in re.split(r" (?=\w+/)", _UNITS[language])]
    table = [(rf"(\d|\b(?:{_NUMBERS})) {old}\b", rf"\1 {new}") for old, new in changes]
    return replace_one(pair.sentences[language], table, chance)


def change_date(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Put another month or day of the week."""
    table = []
    for names in (_DATES[language].split(), _DAYS[language].split()):
        table += [
            (rf"\b{name}\b", chance.choice([n for n in names if n != name])) for name in names
        ]
    return replace_one(pair.sentences[language], table, chance)


def drop_hedge(pair: Pair, language: str, chance: random.Random) -> str | None:
    """Say for certain what the sentence says may be."""
    return replace_one(pair.sentences[language], _HEDGES[language], chance)


@cache
def _both_ways(words: str) -> list[tuple[str, str]]:
    pairs = [each.replace("_", " ").split("/") for each in words.split()]
    return [(rf"\b{a}\b", b) for one, two in pairs for a, b in ((one, two), (two, one))]


DISTORTIONS: dict[str, Alter] = {
    "roles": swap_names,
    "opposite": turn_round,
    "quantifier": change_quantifier,
    "unit": change_unit,
    "date": change_date,
    "hedge dropped": drop_hedge,
}
