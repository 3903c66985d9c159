"""The product's own sentences, in ten languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """The sentences and labels of one language.

    `found` introduces quotations, `not_found` says that there is no answer, and
    `not_found_within` that there is none within the limits of the question, which `within`
    introduces and `since`, `until` and `chosen` are parts of. `nearest` introduces the closest
    passages, and `example` is a question to begin with. `understood` introduces the
    form in which a follow-up was searched. `weak` and `unsupported` mark a sentence that its quotes
    do not support.
    """

    found: str
    not_found: str
    not_found_within: str
    nearest: str
    example: str
    weak: str
    unsupported: str
    understood: str
    within: str
    since: str
    until: str
    chosen: str


PHRASES = {
    "de": Phrases(
        found="In den Artikeln steht:",
        not_found="Das steht nicht in den Artikeln.",
        not_found_within="In den so eingegrenzten Artikeln steht das nicht.",
        nearest="Am nächsten kommen diese Stellen, doch sie beantworten die Frage nicht:",
        example="Worum geht es in „{title}“?",
        weak="Nur schwach belegt:",
        unsupported="Nicht belegt:",
        understood="Gesucht wurde:",
        within="Eingegrenzt auf:",
        since="ab {day}",
        until="bis {day}",
        chosen="ausgewählte Artikel: {count}",
    ),
    "en": Phrases(
        found="The articles say:",
        not_found="The articles do not say.",
        not_found_within="Within these limits, the articles do not say.",
        nearest="These passages come nearest, but do not answer the question:",
        example="What is “{title}” about?",
        weak="Weakly supported:",
        unsupported="Not supported:",
        understood="Searched for:",
        within="Limited to:",
        since="from {day}",
        until="until {day}",
        chosen="chosen articles: {count}",
    ),
    "fr": Phrases(
        found="D’après les articles :",
        not_found="Les articles ne le disent pas.",
        not_found_within="Dans ces limites, les articles ne le disent pas.",
        nearest="Ces passages s’en rapprochent le plus, sans répondre à la question :",
        example="De quoi parle « {title} » ?",
        weak="Faiblement étayé :",
        unsupported="Non étayé :",
        understood="Recherche :",
        within="Limité à :",
        since="à partir du {day}",
        until="jusqu’au {day}",
        chosen="articles choisis : {count}",
    ),
    "es": Phrases(
        found="Según los artículos:",
        not_found="Los artículos no lo dicen.",
        not_found_within="Dentro de estos límites, los artículos no lo dicen.",
        nearest="Estos pasajes son los más cercanos, pero no responden a la pregunta:",
        example="¿De qué trata «{title}»?",
        weak="Poco respaldado:",
        unsupported="Sin respaldo:",
        understood="Búsqueda:",
        within="Limitado a:",
        since="desde el {day}",
        until="hasta el {day}",
        chosen="artículos elegidos: {count}",
    ),
    "it": Phrases(
        found="Secondo gli articoli:",
        not_found="Gli articoli non lo dicono.",
        not_found_within="Entro questi limiti, gli articoli non lo dicono.",
        nearest="Questi passaggi sono i più vicini, ma non rispondono alla domanda:",
        example="Di che cosa parla «{title}»?",
        weak="Poco documentato:",
        unsupported="Non documentato:",
        understood="Ricerca:",
        within="Limitato a:",
        since="dal {day}",
        until="fino al {day}",
        chosen="articoli scelti: {count}",
    ),
    "nl": Phrases(
        found="In de artikelen staat:",
        not_found="Dat staat niet in de artikelen.",
        not_found_within="Binnen deze grenzen staat dat niet in de artikelen.",
        nearest="Deze passages komen het dichtst in de buurt, maar beantwoorden de vraag niet:",
        example="Waar gaat “{title}” over?",
        weak="Zwak onderbouwd:",
        unsupported="Niet onderbouwd:",
        understood="Gezocht:",
        within="Beperkt tot:",
        since="vanaf {day}",
        until="tot en met {day}",
        chosen="gekozen artikelen: {count}",
    ),
    "pt": Phrases(
        found="Segundo os artigos:",
        not_found="Os artigos não o dizem.",
        not_found_within="Dentro destes limites, os artigos não o dizem.",
        nearest="Estas passagens são as mais próximas, mas não respondem à pergunta:",
        example="De que trata «{title}»?",
        weak="Pouco fundamentado:",
        unsupported="Sem fundamento nos artigos:",
        understood="Pesquisa:",
        within="Limitado a:",
        since="desde {day}",
        until="até {day}",
        chosen="artigos escolhidos: {count}",
    ),
    "pl": Phrases(
        found="W artykułach czytamy:",
        not_found="Artykuły o tym nie mówią.",
        not_found_within="W tych granicach artykuły o tym nie mówią.",
        nearest="Te fragmenty są najbliższe, ale nie odpowiadają na pytanie:",
        example="O czym jest „{title}”?",
        weak="Słabo potwierdzone:",
        unsupported="Niepotwierdzone:",
        understood="Wyszukano:",
        within="Ograniczono do:",
        since="od {day}",
        until="do {day}",
        chosen="wybrane artykuły: {count}",
    ),
    "ru": Phrases(
        found="В статьях сказано:",
        not_found="В статьях этого нет.",
        not_found_within="В этих рамках в статьях этого нет.",
        nearest="Ближе всего эти отрывки, но на вопрос они не отвечают:",
        example="О чём статья «{title}»?",
        weak="Слабо подтверждено:",
        unsupported="Не подтверждено:",
        understood="Поиск:",
        within="Ограничено:",
        since="с {day}",
        until="по {day}",
        chosen="выбранные статьи: {count}",
    ),
    "uk": Phrases(
        found="У статтях сказано:",
        not_found="У статтях цього немає.",
        not_found_within="У цих межах у статтях цього немає.",
        nearest="Найближчі ці уривки, але на запитання вони не відповідають:",
        example="Про що стаття «{title}»?",
        weak="Слабко підтверджено:",
        unsupported="Не підтверджено:",
        understood="Пошук:",
        within="Обмежено:",
        since="від {day}",
        until="до {day}",
        chosen="вибрані статті: {count}",
    ),
}
