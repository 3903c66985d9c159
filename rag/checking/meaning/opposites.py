"""Find words in a claim that say the opposite of the quoted ones: "stieg" for "fell".

A claim is faulted only where it has words of one side of a scale alone, the quoted sentences have
words of another side alone, and none of them is beside a "not".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from rag.checking.quotes import Quoted

# A block is a scale, a line that does not begin with a blank one of its sides: German = English.
# A star stands for any ending, an underscore for a blank, "#" for a number behind the word. The
# list holds what news are full of, in forms that rarely mean anything else.
_TABLE = """
steigen steigt steigend* stieg* gestiegen* anstieg* angestiegen* zugenommen* zunahm* zunehm*
  wuchs* gewachsen* wachsen* wächst erhöh* zuwachs* =
  rise rises risen rising rose increas* grow grows growing growth grew grown soar*
fallen fiel fielen fällt gefallen sinken sinkt sinkend* sank sanken gesunken* senk* gesenkt*
  rückgang* zurückgegangen* abgenommen* abnahme abnahmen abnehm* schrumpf* verringer* =
  fall falls fallen falling fell decreas* declin* drop drops dropped shrink* shrank sank sinks
  reduc*

mehr_als# über# mindestens wenigstens nicht_weniger_als# =
  more_than# over# above# at_least no_less_than# no_fewer_than# exceed*
weniger_als# unter# höchstens maximal# bis_zu# nicht_mehr_als# =
  less_than# fewer_than# under# below# at_most up_to# no_more_than# a_maximum_of#

mehr = more
weniger = less fewer

höher* größer* = higher larger greater bigger
niedriger* geringer* kleiner* = lower smaller

alle allen aller alles sämtliche* jede jeder jedes jeden jedem ausnahmslos =
  all every everyone everybody each entire*
einige* manche* viele* mehrere* etliche* meisten teilweise zahlreiche* teil teile =
  some many several most partly partial* numerous part parts

nur lediglich ausschließlich* = only exclusive* solely merely just
auch ebenfalls zudem außerdem = also too additionally as_well

viele vielen vieler zahlreiche* = many numerous
wenige wenigen weniger = few fewer

immer stets ständig* = always constantly
manchmal gelegentlich* zeitweise = sometimes occasional*
selten* = rare rarely seldom

bevor vor vorher* zuvor vorab ehe früher* =
  before prior_to ahead_of ago previous* earlier preced*
nach nachdem danach daraufhin anschließend* später* seit* =
  after afterward* following later subsequent* since

erste* zuerst erstmal* zunächst = first initial* earliest
letzte* zuletzt letztlich = last final* latest

anfang* begann* begonnen* beginn* start startet* gestartet* =
  begin begins beginning began begun start starts started starting
ende enden endet* beend* geendet aufhör* aufgehört* =
  end ends ended ending finish* stop stops stopped conclud*

gewinn* gewann* gewonnen* sieg siege sieger* siegt* = win wins won winning winner* victor*
verlier* verlor* niederlage* unterlag* unterlegen* = lose loses lost losing loser* loss losses

genehmig* gebilligt* billigt* zugestimmt zustimm* befürwort* angenommen* akzeptier* =
  approv* accept* endors* favour* favor*
abgelehnt* ablehn* lehnt lehnte lehnten verweiger* zurückgewiesen* verworfen* =
  reject* refus* oppos* veto* disapprov* denied

erlaub* gestatte* zugelassen* zulassen = allow* permit permits permitted permission
verbiet* verbot* untersag* = forbid* forbade ban bans banned banning prohibit*

bestätig* = confirm*
dementier* bestreit* bestritt* leugne* geleugnet* = deny denies denied denying

öffne* geöffnet* eröffn* = open opens opened opening
schließ* schloss* geschlossen* gesperrt* = close closes closed closing closure shut*

kauf kaufen kauft kaufte* gekauft* erwarb* erworben* erwerb* =
  buy buys buying bought purchas* acquir*
verkauf* veräußer* = sell sells selling sold sale sales

stark* stärk* verstärk* = strong* strength*
schwach* schwäch* abgeschwächt* = weak*

fähig in_der_lage imstande = able capable
unfähig außerstande = unable incapable

möglich möglicherweise ermöglich* = possible possibly
unmöglich* = impossible

wahrscheinlich* = likely probab*
unwahrscheinlich* = unlikely improbab*

mehrheit* meisten = majority most
minderheit* = minorit*

schuldig verurteil* = guilty convict* sentenced
unschuldig* freigesprochen* freispruch* freisprach* = innocent acquit*

norden* nördlich* nord* = north*
süden* südlich* süd* = south*
westen* westlich* west* = west*
osten* östlich* ost* = east*

links linke* = left
rechts rechte rechten rechter = right

vorgestern gestern = yesterday
heute = today tonight
morgen = tomorrow morning

früh* = early earlier earliest
spät* = late later latest

mann mannes männer* junge jungen männlich* = man men male males boy boys
frau frauen mädchen* weiblich* = woman women female females girl girls

vater vaters väter* sohn* söhne* bruder* brüder* = father* son sons brother*
mutter mütter* tochter* töchter* schwester* = mother* daughter* sister*

hoch hohe hohen hoher hohes = high
niedrig niedrige niedrigen = low

älter* älteste* = older oldest elder*
jünger* jüngste* = younger youngest

reichen reiche reichsten = rich richest wealthy
armen arme ärmsten = poor poorest

positiv* = positive*
negativ* = negative*

besser* beste besten bester = better best
schlechter* schlimmer* schlechteste* = worse worst

erfolgreich* gelang* gelungen* = succeed* success*
erfolglos* gescheitert* scheiter* misslungen* misslang* = fail fails failed failure* unsuccess*

größte* höchste* längste* maximum = largest highest longest biggest greatest maximum
kleinste* niedrigste* geringste* kürzeste* minimum =
  smallest lowest shortest least minimum

angriff* angegriffen* angreif* = attack*
verteidig* = defen*

geboren* geburt* = born birth*
gestorben* starb* verstorben* tod todes = died dies death* dead

verdoppel* = doubl*
halbier* = halv*

import* = import imports imported
export* = export exports exported

langsam* = slow*
schnell* rasch* = fast faster fastest quick* rapid*

innerhalb innere* drinnen = inside within inner internal*
außerhalb äußere* draußen = outside outer external*
"""
_NUMBER = (
    r"(?=\W{1,3}(?:\w{1,12}\W)?(?:\d|zwan|zwei|drei|vier|fünf|sechs|sieb|acht|neun|zehn|elf|zwölf"
    r"|hundert|tausend|million|milliard|two|three|four|five|six|seven|eight|nine|ten\b|eleven"
    r"|twelve|twent|thirt|hundred|thousand|half))"
)
_LANGUAGES = ("de", "en")
_NO = {
    "de": r"nicht|kein(?:e[nmrs]?)?|nie|niemals|ohne|weder",
    "en": r"not|no|never|cannot|without|neither|nor|\w+n['’]t",
}
# Words between a "not" and what it denies, on either side: "will not yet be able". From 0 to 5 it
# finds 418 to 430 of 800 opposites in the same language and flags 30 of 2,500 questions with their
# answers.
_NEGATION_REACH = 3


def find_opposite_fault(text: str, language: str, quoted: Sequence[Quoted]) -> str:
    """Return what a claim says the opposite of, "" if there is nothing known to be."""
    said = read_sides(text, language)
    if not said:
        return ""
    there: dict[int, dict[int, str]] = {}
    for part in quoted:
        for scale, sides in read_sides(part.text, part.language).items():
            there[scale] = sides | there.get(scale, {})
    for scale, sides in said.items():
        others = there.get(scale, {})
        if others and sides.keys().isdisjoint(others):
            mine, other = next(iter(sides.values())), next(iter(others.values()))
            return f"it says “{mine}” where the quoted words say “{other}”"
    return ""


@functools.lru_cache(maxsize=64)
def read_sides(text: str, language: str) -> dict[int, dict[int, str]]:
    """Return by scale the sides that a text has words of, each with the first such word."""
    found: dict[int, dict[int, str]] = {}
    if language not in _LANGUAGES:
        return found
    no = re.compile(rf"\b(?:{_NO[language]})\b", re.IGNORECASE)
    for scale, side, pattern in _load_patterns(language):
        for match in pattern.finditer(text):
            before = " ".join(
                text[max(0, match.start() - 60) : match.start()].split()[-_NEGATION_REACH:]
            )
            behind = " ".join(text[match.end() : match.end() + 60].split()[:_NEGATION_REACH])
            if not no.search(before) and not (language == "de" and no.search(behind)):
                found.setdefault(scale, {}).setdefault(side, match[0])
                break
    return found


@functools.cache
def _load_patterns(language: str) -> list[tuple[int, int, re.Pattern[str]]]:
    """Return the number of the scale, of the side, and the words of the side."""
    at = _LANGUAGES.index(language)
    return [
        (scale, side, _compile(line.split("=")[at]))
        for scale, block in enumerate(_TABLE.strip().split("\n\n"))
        for side, line in enumerate(block.replace("\n  ", " ").split("\n"))
    ]


def _compile(words: str) -> re.Pattern[str]:
    forms = [re.escape(word).replace("_", r"\W") for word in words.split()]
    ends = [form.replace(r"\*", r"\w*").replace(r"\#", rf"\b{_NUMBER}") for form in forms]
    return re.compile(rf"\b(?:{'|'.join(ends)})(?!\w)", re.IGNORECASE)
