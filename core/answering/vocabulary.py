"""Words that change what a sentence promises: numbers, units, bounds, negations, conditions, glue.

English in full; of the other languages in which FAQs are commonly written, numbers, months, days and negations. A word
that is missing here costs nothing but strictness: what the verifier does not know must stand in the entry as it is.
"""

from __future__ import annotations

import re

from knowledge.search.words import fold


def _table(**columns: str) -> dict[str, str]:
    return {fold(word): meaning.replace("_", " ") for meaning, listed in columns.items() for word in listed.split()}


def _set(listed: str) -> frozenset[str]:
    return frozenset(fold(word) for word in listed.split())


CURRENCIES = _table(
    usd="$ us$ usd dollar dollars",
    eur="€ eur euro euros",
    gbp="£ gbp pound pounds quid",
    jpy="¥ jpy yen",
    inr="₹ inr rupee rupees",
    chf="chf franken francs",
    sek="sek kr kronor",
    pln="pln zł zloty",
    tl="₺ try lira",
    cent="cent cents ¢ pence",
    aud="a$ aud",
    cad="c$ ca$ cad",
    percent="% percent prozent pourcent procent",
)
"""Symbol, code or word -> currency; and `percent`, which stands where a currency does."""
TIME_UNITS = _table(
    second="second seconds sec secs sekunde sekunden seconde secondes segundo segundos secondo secondi",
    minute="minute minutes min mins minuten minuto minutos minuti minuut",
    hour="hour hours hr hrs h stunde stunden heure heures hora horas ora ore uur timmar timme",
    day="day days tag tage tagen jour jours dia dias giorno giorni dag dagen dagar",
    week="week weeks wk wks woche wochen semaine semaines semana semanas settimana settimane weken vecka veckor",
    month="month months monat monate monaten mois mes meses mese mesi maand maanden manad manader",
    year="year years yr yrs jahr jahre jahren an ans annee annees ano anos anno anni jaar jaren ar",
)
MONTHS = _table(
    january="january jan januar janvier enero gennaio janeiro januari",
    february="february feb februar fevrier febrero febbraio fevereiro februari",
    march="march mar marz mars marzo marco maart",
    april="april apr avril abril aprile",
    may="may mai mayo maggio maio mei maj",
    june="june jun juni juin junio giugno junho",
    july="july jul juli juillet julio luglio julho",
    august="august aug aout agosto augustus augusti",
    september="september sept sep septembre septiembre settembre setembro",
    october="october oct oktober octobre octubre ottobre outubro",
    november="november nov novembre noviembre novembro",
    december="december dec dezember decembre diciembre dicembre dezembro",
)
DAYS = _set(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays"
    " sundays montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi"
    " dimanche lunes martes miercoles jueves viernes sabado domingo lunedi martedi mercoledi giovedi venerdi domenica"
    " segunda terca quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
)
NARROWING = _table(
    business="business working werk werktage banking trading", calendar="calendar", consecutive="consecutive"
)
"""Words between a number and its unit that change the unit."""
EACH = _set("each every per")
AND = _set("and und et y e en")
A_UNIT = re.compile(r"\b(an?|each|every|per)\s+(second|minute|hour|day|week|month|year)\b", re.IGNORECASE)
"""A unit of time without a number: "within a day", "per month"."""
MEASURE = re.compile(
    r"(?:[$€£]?\d+(?:st|nd|rd|th|h|hrs?|hours?|min|mins|minutes|secs?|d|days?|weeks?|months?|years?|kr|eur|usd|gbp))"
    r"|\d+(?:-(?:second|minute|hour|day|week|month|year|business)s?)+",
    re.IGNORECASE,
)
"""A number written together with its unit: not a code."""
DOTTED = _set("e.g i.e a.m p.m u.s u.k e.u etc. vs. node.js")
"""What looks like a host name and is none."""

_SMALL = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9},
    **{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16},
    **{"seventeen": 17, "eighteen": 18, "nineteen": 19},
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SPELLED = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[\s-]({'|'.join(list(_SMALL)[1:10])}))?|({'|'.join(_SMALL)}))\b", re.IGNORECASE
)
COUNTED = frozenset(_SMALL) | frozenset(_TENS) | frozenset(CURRENCIES)
"""Words that `facts.quantities` reads as numbers and units."""
_ONE_COUNTS = re.compile(
    r"[\s-]+(?:business |working )?(?:second|minute|hour|day|week|month|year|dollar|euro|pound|percent)"
)


def spelled_out_to_digits(text: str) -> str:
    """`three` -> `3`, `twenty-five` -> `25`; `one` only before a unit, because it is mostly a pronoun."""

    def digits(match: re.Match[str]) -> str:
        tens, ones, small = (part.casefold() if part else "" for part in match.groups())
        if tens:
            return str(_TENS[tens] + (_SMALL[ones] if ones else 0))
        if small == "one" and not _ONE_COUNTS.match(text[match.end() :].casefold()):
            return match.group()
        return str(_SMALL[small])

    return _SPELLED.sub(digits, text)


BOUNDS_BEFORE = (
    ("max", re.compile(r"\b(?:no more than|not more than|no later than|not later than)\s*$")),
    ("min", re.compile(r"\b(?:no less than|not less than|no fewer than|no earlier than|not before)\s*$")),
    ("min", re.compile(r"\b(?:at least|minimum(?: of)?|min|more than|over|above|from|starting at|exceed\w*|longer than"
                       r"|greater than|older than|mindestens|au moins|al menos|almeno|pelo menos|minst|after)\s*$")),
    ("max", re.compile(r"\b(?:at most|up to|maximum(?: of)?|max|under|below|less than|within|fewer than|until"
                       r"|younger than|shorter than|as little as|hochstens|bis zu|innerhalb von|jusqua|hasta|ate"
                       r"|fino a|tot|before|in the first|by)\s*$")),
)  # fmt: skip
BOUNDS_AFTER = (
    (
        "min",
        re.compile(
            r"[^.,;]{0,16}?\b(?:or (?:more|older|over|longer|above|later)|and (?:over|above|older)|minimum)\b|\s*\+"
        ),
    ),
    (
        "max",
        re.compile(r"[^.,;]{0,16}?\b(?:or (?:less|fewer|under|younger|sooner|earlier)|and under|maximum|at most)\b"),
    ),
)

NUMBER_WORDS = _set(
    "half quarter double triple twice thrice dozen hundred hundreds thousand thousands million millions billion couple"
    " third fourth fifth sixth seventh eighth ninth tenth thirds quarters"
    " zwei drei vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig hundert tausend"
    " deux trois quatre cinq sept huit neuf dix onze douze quinze vingt trente cinquante mille"
    " dos tres cuatro cinco seis siete ocho nueve diez doce quince veinte treinta cien mil"
    " tre quattro cinque sette otto nove dieci undici dodici venti trenta cento"
    " dois duas quatro sete oito dez onze doze vinte trinta cem"
    " twee drie vijf zes zeven acht negen tien twaalf twintig dertig honderd"
    " tva fyra fem sju atta nio tio tolv tjugo trettio hundra tusen"
    " dwa dwie trzy cztery piec szesc siedem osiem dziewiec dziesiec iki uc dort bes yedi sekiz dokuz"
)
"""Numbers in words that are not turned into digits: they must stand in the entry as they are."""

RELATIVE_TIMES = _set(
    "today tomorrow tonight yesterday weekend weekends weekday weekdays midnight noon morning afternoon evening"
    " overnight"
    " daily weekly fortnightly monthly quarterly yearly annually hourly instantly immediately instant immediate"
    " heute morgen gestern sofort aujourdhui demain hier immediatement hoy manana ayer inmediatamente oggi domani ieri"
    " subito hoje amanha ontem vandaag gisteren meteen idag imorgon genast dzis jutro bugun yarin hemen"
)
ABSOLUTES = _set(
    "always all every any only must free guaranteed guarantee unlimited automatically permanently forever anytime"
    " anywhere anyone everyone everything required mandatory optional compulsory before after until unless except"
    " fully entirely completely partially nearly almost never both neither either same exactly approximately about"
    " immer nur kostenlos toujours gratuit gratuitement siempre gratis sempre solo somente altijd alleen alltid"
)
"""Words that widen or narrow a statement: never without their like in the entry."""
NEGATIONS = _set(
    "no not never none nothing nobody nowhere neither nor cannot cant dont doesnt didnt wont wouldnt isnt arent wasnt"
    " werent hasnt havent hadnt shouldnt couldnt mustnt neednt without unable impossible refuse refuses declined"
    " ineligible unavailable nicht kein keine keinen keinem keiner nie niemals ohne ne pas jamais sans aucun aucune"
    " nunca sin ningun ninguna tampoco non mai senza nessun nessuna nao sem nenhum nenhuma niet geen nooit zonder"
    " inte ingen inga aldrig utan nie bez zaden degil yok hicbir asla"
)
CONDITIONS = re.compile(
    r"\b(?:if|unless|except|only|excluding|provided|as long as|but not|wenn|falls|ausser|nur|sauf|si|sinon|excepto"
    r"|salvo|se|tranne|exceto|tenzij|als|om|chyba|jesli|eger)\b"
)
"""What opens a condition (in folded text); the statement is not true without it."""
FIRST_PERSON = _set("i me my mine myself im ive")
"""How customers speak of themselves; entries hardly ever do."""
SEQUENCE = re.compile(
    r"^\W*(?:\d{1,2}[.)]\s|step\s+\d|[-*•+]\s|first\b|second\b|third\b|then\b|next\b|finally\b|lastly\b)", re.I
)
"""Opens a step of instructions."""
DANGLING = re.compile(
    r"^\W*(?:however|therefore|thus|hence|otherwise|but|and|so|also|then|instead|besides|moreover|it|this|that|these"
    r"|those|they|he|she|in that case|in this case|if so|if not)\b",
    re.IGNORECASE,
)
"""Opens a sentence that leans on the one before."""
OPPOSITES = tuple(
    tuple(frozenset(side.split()) for side in pair.split("/"))
    for pair in (
        "accept approve allow permit/decline reject deny refuse forbid prohibit",
        "enable activate on/disable deactivate off",
        "increase raise more higher/decrease reduce lower less",
        "before earlier/after later",
        "open/close closed",
        "include including included/exclude excluding excluded except",
        "minimum least/maximum most",
        "buy/sell",
        "add/remove delete",
        "can may could/must",
        "free/charge charged paid cost",
        "refund refunded/charge charged",
        "send sent/receive received",
        "merchant/customer",
        "credit/debit",
        "always/never sometimes",
        "start begin/end stop",
        "old/new",
        "online/offline",
    )
)
"""Words that turn a statement round."""

GLUE = _set(
    "a an the this that these those it its they them their theirs he she his her we us our ours you your yours"
    " yourself i me my is are was were be been being am do does did done have has had having will would shall should"
    " can could may might of to in on at by for with from into onto as and or but if so than then when where which"
    " who whom whose what how why there here also just simply please kindly well very too up down out over under"
    " again once while during because since through between via per each such some other another own more most much"
    " many one ones make makes making get gets getting need needs needed want wants take takes taking use uses using"
    " used let lets go help helps able allow allows ensure sure still already yet even like following follow follows"
    " e g etc hi hello thanks thank sorry okay ok yes way ways thing things case note however therefore first second"
    " next then finally step steps question answer information"
)
"""Words that state nothing by themselves."""
COMMON = _set(
    "account accounts address amount app application apply arrive arrives available back balance bank begin box bring"
    " button buy call cancel card cards cash change charge check choose claim clear click close code come complete"
    " confirm confirmation contact continue cost credit customer customers date day days debit decide detail details"
    " device different email end enter expect explain fee fees fill find form give happen hear hour hours include"
    " information inside issue item items keep know later leave left link list log long look lose lost mail mean menu"
    " message method minute minutes money month months move name new notice number offer old online open option options"
    " order orders outside page paid part password pay payment payments person phone place plan please possible press"
    " price problem process product provide purchase reach read reason receive received refund refunds remove reply"
    " request reset return review right save say screen section see select send service set settings share shop show"
    " sign site small start stay stop store submit support switch tab tap tell text time times total transfer try turn"
    " type update updated view visit wait website week weeks work works write year years"
)
"""Everyday words that a sentence may use though its entry does not. Anything else that is new may be a name."""
YES_NO = _set(
    "yes no ja nein oui non si sim nao nee nej tak nie evet hayir sure certainly absolutely definitely correct"
)
