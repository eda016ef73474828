# ruff: noqa: E501 - one rule a line reads best
"""The phrase grammar: how people ask for a person, over word classes instead of words.

A sentence becomes a string with one character per word or phrase (`core.routing.lexicon.CLASSES`), so that
"can I please talk to a real person" is `CMfTpDAE`, and "kann ich bitte mit einem echten Menschen sprechen" is
`CMfpDAHT`. The same rules then serve every language. Marks: `.` and `?` end a sentence, `,` ends a clause.

Every repetition is bounded and none is nested in another, so matching is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reading(StrEnum):
    """What a span of a sentence says about persons."""

    ASK = "ask"
    """Asks for a person."""
    REFUSE_BOT = "refuse_bot"
    """Does not want the machine."""
    ASKS_IF_HUMAN = "asks_if_human"
    """Wants to know whether it talks to a person."""
    DECLINE = "decline"
    """Says that no person is wanted."""


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that applied."""

    reading: Reading
    """What the words mean."""
    start: int
    """First character of the tag string that belongs to it."""
    end: int
    """End, exclusive."""
    score: float
    """How sure the rule is, 0 to 1."""
    rule: str
    """Name of the rule, for tests and debugging."""


# What may stand between a verb and its person: articles, adjectives, "to", "me", "please".
_GAP = r"[pDOfMuAY]{0,5}"
# A person one can talk to. An indefinite pronoun needs a verb of contact or an adjective beside it.
_ROLE = r"(?:A{0,3}S?[HR]{1,2}[RESsha]?|A{1,3}[EPSsa]|P[p][DOA]{0,2}[SsR])"
_ANY = r"(?:A{0,3}(?:S?[HR]{1,2}[RESa]?|[EPSsa])|A{1,2}x[HRa]|(?<=D)x[HR])"
# What may follow "I need an agent": not a noun that makes it another thing ("agent ID").
_END = r"(?=$|[.,?fjrwvCMWNITKhuYPQLn3XZ]|p[MOThuDWfv$]|p$|pd|pN)"


def _compiled(pattern: str) -> re.Pattern[str]:
    """A rule's pattern, where `p` stands for any preposition: `p` itself and the `l` of "with", "by", "from"."""
    written: list[str] = []
    in_class = False
    for character in pattern:
        in_class = (in_class or character == "[") and character != "]"
        written.append(("pl" if in_class else "[pl]") if character == "p" else character)
    return re.compile("".join(written))


def _rules(*rows: tuple[str, Reading, float, str]) -> list[tuple[str, Reading, float, re.Pattern[str]]]:
    return [(name, reading, score, _compiled(pattern)) for name, reading, score, pattern in rows]


_ASKS = _rules(
    # "talk to an agent", "contact someone", "speak with customer service"
    ("talk-to", Reading.ASK, 0.95, rf"[TK]{_GAP}{_ANY}(?![BE])"),
    # "explain this to a real person", "discuss my options with an advisor"
    ("talk-about-to", Reading.ASK, 0.88, rf"[WCL][^.,?jNB3]{{0,3}}T[^.,?jNBV3er]{{1,4}}p[DOA]{{0,3}}{_ROLE}{_END}"),
    # "I want this reviewed by a human", "can we do this with a real assistant"
    ("with-person", Reading.ASK, 0.82, r"[WCXLG][^.,?jNV3qkbiBmT]{0,9}l[DO]{0,2}"
     rf"(?:A{{0,3}}[HR][RESsha]?|A{{1,3}}[EPSa]|P(?=pDc)){_END}"),
    ("to-be-served-by", Reading.ASK, 0.85, rf"[WC]p?[bM]{{0,2}}x?b?x?l[DO]{{0,2}}{_ROLE}{_END}"),
    ("role-contacts-me", Reading.ASK, 0.85, r"W[MDOfuQrj]{0,3}(?:A{0,3}[HR]|A{1,2}[EPs])[uf]{0,2}K"),
    # "get a colleague to look at it", "get your boss"
    ("get-colleague", Reading.ASK, 0.85, rf"[GL][MDOf]{{1,3}}ap?[hGcK]|GM?Oa{_END}"),
    # "pass my case on to a specialist", "get me to a human", "get me the fraud department"
    ("pass-on", Reading.ASK, 0.88, rf"X[ud]{{1,2}}p{{1,2}}[DOA]{{0,3}}[HR]{_END}"),
    ("get-me-to", Reading.ASK, 0.9, rf"GMp[pDOfA]{{0,3}}{_ROLE}|GM[DO]{{1,2}}[sS]{_END}"),
    # "somebody could give me a ring", "want human talk", "want person help me"
    ("person-could-call", Reading.ASK, 0.85, rf"{_ANY}C(?:GMD?[cK]|[cK]M|Tp?M|u?p?M[cK])"),
    ("broken-english", Reading.ASK, 0.85, r"Wp?D?H[TK]|WEhM"),
    # "somebody please take over"
    ("take-over", Reading.ASK, 0.9, rf"{_ANY}[pfCuwrDO]{{0,3}}t"),
    # "agent required"
    ("role-needed", Reading.ASK, 0.88, rf"(?:{_ROLE}|S)[fu]?W[fu]{{0,2}}(?=$|[.,?])"),
    # "connect me to somebody", "transfer to an agent", "forward me to your team"
    ("transfer-to", Reading.ASK, 0.95, rf"[XJ][pDOfuA]{{0,2}}M?{_GAP}A{{0,3}}(?:[HR]{{1,2}}[RESa]?|[Sa])|(?:X[pDOfuA]{{0,2}}M|J|MX|y){_GAP}{_ANY}"),
    ("transfer-role", Reading.ASK, 0.93, r"X[pDOfuAd]{0,4}p[DOfA]{0,4}(?:A{0,3}[HRSas]|A{1,3}[EPs])"),
    ("bring-role", Reading.ASK, 0.9, rf"X[DfA]{{1,3}}(?:A{{0,3}}[HR]|A{{1,3}}[EP]){_END}"),
    # "put me through", "escalate this"
    ("through", Reading.ASK, 0.95, r"J(?!p?[DOo]{0,2}x)|yf{0,2}(?=$|[.,?])"),
    # "I need a human", "give me an agent", "can I have a real person"
    ("want-role", Reading.ASK, 0.93, rf"[WG][MDOfAuv]{{0,5}}{_ROLE}{_END}"),
    ("want-person", Reading.ASK, 0.85, r"[WG][MfAu]{0,3}D[fA]{0,2}E"
     r"(?=$|[.,?]|f{1,3}(?:$|[.,?])|[vNjh]|p?[TKh]|[rw][CMu]{0,2}[TKh])"),
    ("want-else", Reading.ASK, 0.85, r"[WGC][MfDu]{0,3}Pv(?=$|[.,?])|[WG][MfDu]{0,3}P(?=v|f{0,2}[.,?]|f{0,2}$)|G[fu]?M[fD]{0,2}P(?!u)"),
    ("want-service", Reading.ASK, 0.85, r"[WG][MDOfAu]{0,4}A{0,2}S(?=$|[.,?fjMp])"),
    # "help from a real person", "pomocy prawdziwego człowieka"
    ("want-help-of", Reading.ASK, 0.9, rf"W[MDOfAu]{{0,3}}h[pMDOfu]{{0,2}}{_ROLE}{_END}"),
    ("help-from", Reading.ASK, 0.9, rf"h[MDfW]{{0,2}}p[DOf]{{0,3}}{_ROLE}{_END}"),
    # "someone I can talk to", "a person to speak with"; German, Dutch and Turkish: "mit jemandem sprechen"
    ("person-to-talk", Reading.ASK, 0.93, r"[EPHRaSs]v?[fu]?(?:p|[prwuf]{0,2}C?[fu]?M[Cufp]{0,3}|[pf]?[rw][pf]?)T(?!Y)"
     r"|[EPHRaSs][rwuf]{0,2}(?:MC|CM)(?:c|L(?=$|[.,?f]))"),
    ("person-who-helps", Reading.ASK, 0.85, r"(?:[WGeX][MDOfA]{0,4}|A)[EPHR][rw][CufN]{0,2}[hT]"),
    # "is there a human", "do you have live agents", "is an operator available", "anybody there"
    ("exists", Reading.ASK, 0.9, rf"e[DOfCuv]{{0,4}}{_ROLE}(?=$|[.,?fvrwCMTKjhAs]|pT|pM|p?h)"),
    ("is-nobody-human", Reading.ASK, 0.8, r"0[DA]{0,2}(?:H|A{1,2}[EP])[fp]{0,2}[vn]|[eibnv][uDfpAv]{0,3}0[DAp]{0,2}(?:H|A{1,2}[EP])"),
    ("none-there", Reading.ASK, 0.9, rf"n[DAOf]{{0,3}}{_ROLE}"),
    ("exists-to-help", Reading.ASK, 0.8, r"e[DOfu]{0,3}[EPa][Df]?v?[rQwu]?[CMufp]{0,4}h"),
    ("live-chat-with", Reading.ASK, 0.85, rf"eD?Sl[DO]{{0,2}}{_ROLE}"),
    ("only-a-human-can", Reading.ASK, 0.85, r"(?:A{0,3}H|A[EP])ChM"),
    ("exists-available", Reading.ASK, 0.88, r"(?:[eibC][DOf]{0,3})A{0,2}[EHRa][Df]{0,2}v(?!x|p[xq]|q)"
     r"|(?:[ei][DOf]{0,3})?P(?:p[DO]?[sSR])?[Df]{0,2}v[fM]{0,2}(?:p?[Th]|v)|iPp[DO]?[sSR]v"),
    ("available-first", Reading.ASK, 0.85, rf"[ei]v[pDOfA]{{0,3}}{_ROLE}{_END}"),
    # "can a human help me", "could a real person look at this", "let a human answer"
    ("role-helps", Reading.ASK, 0.88, r"(?:[CXGW]|CYG|(?<!M)(?<!Mf)L)[MDOfuQr]{0,3}(?:A{0,3}[HR]|A{1,3}[EPSsa])[uCfpM]{0,3}(?:[hKXc]|Tp?M)|(?:[CXGW]|CYG|(?<!M)(?<!Mf)L)[MDOfuQr]{0,3}DE[uCfpM]{0,3}[hK]"),
    ("have-call", Reading.ASK, 0.85, r"(?:[WGCX]|(?<!M)(?<!Mf)L)[MDOfuQr]{0,3}"
     rf"{_ANY}(?:p[DOu]{{0,2}}[SsRu])?[pCuf]{{0,2}}(?:M[fu]?[cK]|[cK]u?p?M|K(?=$|[.,?fuxp]))"),
    # "who can I talk to"
    ("who", Reading.ASK, 0.9, r"w[CuWfv]{0,3}[MCk][CuWf]{0,2}T"),
    # "call a human"
    ("call-role", Reading.ASK, 0.85, rf"c[MDOf]{{0,3}}{_ROLE}{_END}"),
)  # fmt: skip

# Where the verb comes last, the person comes first: "mit einem Menschen sprechen", "bir insanla konuşmak".
_VERB_LAST = _rules(
    ("who-verb", Reading.ASK, 0.9, r"w[CMuf]{0,3}T"),
    ("person-calls-me", Reading.ASK, 0.85, rf"{_ANY}M[fu]{{0,2}}[cK]"),
    ("me-person-calls", Reading.ASK, 0.85, rf"[CLW]Y?f?M?[pfD]{{0,4}}{_ANY}[pfu]{{0,2}}[cK]|[CLW]Y?f?M[fD]{{0,2}}(?:A{{0,3}}[HRa]|A[EP])[fu]{{0,2}}G"),
    ("verb-last", Reading.ASK, 0.95, rf"{_ANY}[pfuMDYC]{{0,3}}[TK]"),
    ("verb-last-call", Reading.ASK, 0.85, rf"{_ROLE}[fuD]{{0,2}}c(?=$|[.,?fC])"),
    ("verb-last-want-that", Reading.ASK, 0.85, r"D(?:A{0,3}[HR]|A{1,2}E)xW(?=$|[.,?f])"),
    ("verb-last-transfer", Reading.ASK, 0.93, rf"{_ANY}[pfuMCW]{{0,3}}X"),
    ("verb-last-want", Reading.ASK, 0.9, rf"(?:{_ROLE}|S)[pfuM]{{0,3}}[WG]"),
    ("verb-last-me-transfer", Reading.ASK, 0.93, rf"X[YMfu]{{1,3}}{_GAP}{_ANY}"),
    ("verb-last-exist", Reading.ASK, 0.88, rf"(?:{_ROLE}|P)[fuDp]{{0,3}}[ev]"),
)  # fmt: skip
# Where the pronoun is part of the verb: "necesito que alguien me atienda", "daj mi kierownika".
_VERB_CARRIES_ME = _rules(
    ("want-that", Reading.ASK, 0.85, r"W(?:,?[Qrj]|,|p)[uf]{0,2}D(?:A{0,3}[HR]|A{0,2}E)(?=[xoMhuD])|W,?[Qrj]u?A{0,2}[HR](?=[xoMhuDp])"),
    ("can-help-role", Reading.ASK, 0.85, r"C[pMfu]{0,3}[hKc][Mfup]{0,2}D?(?:A{0,3}[HR]|AE)(?!x)"),
    ("can-role-help", Reading.ASK, 0.85, r"[CW]f?M?D(?:A{0,3}[HRa]|AE)[^.,?NVj]{0,6}[hcK]"),
    ("that-they-call", Reading.ASK, 0.85, r"WQ(?:Mc|K)"),
    ("attends-me", Reading.ASK, 0.85, rf"[WGCXL][MDOfuQr]{{0,3}}{_ANY}[Cuf]{{0,2}}K"),
    ("give-role", Reading.ASK, 0.85, rf"[XG]{_GAP}(?:A{{0,3}}[HR]|A{{1,3}}[EP]){_END}"),
)  # fmt: skip
VERB_LAST: Final = frozenset({"de", "nl", "tr", "pl"})

# A whole clause that is nothing but a person: "human please", "agent!!", "real person now".
_SHORT = _compiled(
    r"[fDpOv]{0,4}(?:A{0,3}S?[HR]{1,2}[RESha]?|A{1,3}[EPSsa]|S|E(?=v))[sEh]?[fDvMu]{0,4}(?:hM?)?|sf{1,2}|[fDp]{0,3}E[fW]{1,2}|[fD]{0,2}E|J|SpD?R|[HR]f?cMf{0,2}|PpD?[SsR][fv]{0,2}|H[CT]|RTf?"
)

_REFUSALS = _rules(
    ("not-bot", Reading.REFUSE_BOT, 0.93, r"N[CWfuMpY]{0,4}(?:[TKWh]|pT|[XG]M?)[pDOfAdu]{0,4}[Bm]"),
    ("not-talk-about-with-bot", Reading.REFUSE_BOT, 0.9, r"N[WfuMp]{0,3}T[^.,?jNB]{0,6}p[DOfAd]{0,2}[Bm]|TNp[DdOA]{0,2}[Bm]"),
    ("want-no-bot", Reading.REFUSE_BOT, 0.9, r"W[fMu]{0,2}0[DA]{0,2}B|0[DA]{0,2}B[fu]{0,2}[WT]"),
    ("no-talk-bot", Reading.REFUSE_BOT, 0.9, r"n[fuC]{0,2}T[pDOfAd]{0,4}[Bm]"),
    ("bare-not-bot", Reading.REFUSE_BOT, 0.9, r"(?:^|(?<=[.,?jHERPST]))f{0,2}Np?[DdOA]{0,2}[B](?=$|[.,?fj])"),
    ("hate-bot", Reading.REFUSE_BOT, 0.9, r"F[fpduDOWMY]{0,4}(?:T[pDOfdAu]{0,3})?B(?=$|[^xb])"),
    ("gerund-bot", Reading.REFUSE_BOT, 0.85, r"(?:^|(?<=[,.?jf]))Tp[Dd]?[Bm][bif]"),
    ("hate-by-bot", Reading.REFUSE_BOT, 0.85, r"F[^.,?j]{0,3}pD?B"),
    ("hate-talk-machine", Reading.REFUSE_BOT, 0.9, r"F[fpduDOWM]{0,3}T[pDOfdAu]{1,3}m"),
    ("instead-of-bot", Reading.REFUSE_BOT, 0.9, r"I[pDdOfuT]{0,4}[Bm](?=$|[.,?fjb])"),
    ("not-solved-by-bot", Reading.REFUSE_BOT, 0.85, r"[Nn][hTu]{1,2}lD?B"),
    ("verb-last-not-bot", Reading.REFUSE_BOT, 0.9, r"N[pDdOf]{0,3}[Bm][pfuY]{0,2}[TKW]|[Bm][pfu]{0,2}[TKW][fu]{0,2}N|[Bm][fu]{0,2}N(?=$|[.,?])|Nz[pDdOA]{0,3}[Bm]"),
)  # fmt: skip
_NO_BOTS = _compiled(r"[fu]{0,3}0[fDuA]{0,2}[Bm][fDvu]{0,3}|f{0,2}BFf{0,2}")

_IF_HUMAN = _compiled(r"(?<!N)[Zz][pfDAuOdYM]{0,6}(?:[HBmPRa](?!g)|E(?![gx]))")
_DECLINES = _compiled(r"0[DAf]{0,2}(?:[HR]|A[EPS])|(?:N|I)[CWfuMpYhDGTKXLe]{0,5}A{0,2}[HERPSa]")

# Right before a request: who is meant or what is denied.
_DENIED = _compiled(r"N[WCfMpuDYhGTKLeVXO]{0,5}$|0[DAf]{0,2}$")
_INSTEAD_OF = _compiled(r"I[pDfu]{0,2}$")
_THIRD = _compiled(r"3[WfuCNpT]{0,4}$")
_TO_BE = _compiled(r"[WC][pMfu]{0,3}b$")
# "my chat with an agent", "which agent did I talk to"
_SPOKEN_OF = _compiled(r"(?:o|Q[DA]?)$")
_MUST_I = _compiled(r"(?<!Q)k[^.,?j]{0,5}$")
_PAST = _compiled(r"(?:V|b)[fupD]{0,3}$")
_WHEN = _compiled(r"q[^.,?j]{0,8}$")
_DENIED_AFTER = _compiled(r"[fuWp]{0,3}N(?!p?[DdO]{0,2}[Bm])")
# French participles and infinitives sound alike, and are typed alike: "je voudrais parlé à".
_INFINITIVE = _compiled(r"([WCL][fu]?)V")
_AFTERTHOUGHT = re.compile(r",(f{1,3})(?=$|[.,?])")
_CLAUSE_START = _compiled(r"[.,?]")


def read(tags: str, *, language: str) -> list[Match]:
    """Everything that a sentence's tag string says about persons, best first.

    Args:
        tags: the tag string of one sentence, at most a few hundred characters.
        language: language of the tags; decides whether the verb may come last.
    """
    tags = _AFTERTHOUGHT.sub(r"f\1", tags.replace("A,A", "AAA"))  # "a real, live person, please"
    found = [Match(Reading.ASKS_IF_HUMAN, m.start(), m.end(), 0.9, "is-human") for m in _IF_HUMAN.finditer(tags)]
    refusals = [_as_match(rule, m) for rule in _REFUSALS for m in rule[3].finditer(tags)]
    found += [r for r in refusals if r.rule != "bare-not-bot" or not _PAST.search(tags, max(0, r.start - 4), r.start)]
    rules = _ASKS
    if language != "en":
        rules = rules + _VERB_CARRIES_ME
    if language in VERB_LAST:
        rules = rules + _VERB_LAST
    if language == "fr":
        tags = _INFINITIVE.sub(r"\1T", tags)
    taken = [(m.start, m.end) for m in found]
    for rule in rules:
        for hit in rule[3].finditer(tags):
            match = _as_match(rule, hit)
            if any(start < match.end and match.start < end for start, end in taken):
                continue
            reading = _in_context(tags, match, language)
            if reading is Reading.ASK:
                found.append(match)
            elif reading is Reading.DECLINE:
                found.append(Match(Reading.DECLINE, match.start, match.end, 0.9, match.rule))
    found += _whole_clauses(tags)
    if not any(m.reading in {Reading.ASK, Reading.REFUSE_BOT} for m in found):
        found += [Match(Reading.DECLINE, m.start(), m.end(), 0.8, "none-wanted") for m in _DECLINES.finditer(tags)]
    return sorted(found, key=lambda m: (m.reading not in {Reading.ASK, Reading.REFUSE_BOT}, -m.score))


def _as_match(rule: tuple[str, Reading, float, re.Pattern[str]], hit: re.Match[str]) -> Match:
    name, reading, score, _ = rule
    return Match(reading, hit.start(), hit.end(), score, name)


def _in_context(tags: str, match: Match, language: str) -> Reading | None:
    """A rule's match read with what stands around it in its clause: ASK, DECLINE, or nothing."""
    window = tags[max(0, match.start - 24) : match.start]
    before = _CLAUSE_START.split(window)[-1]
    if _DENIED.search(before) or _INSTEAD_OF.search(before):
        return Reading.DECLINE
    if language in VERB_LAST and _DENIED_AFTER.match(tags, match.end):
        return Reading.DECLINE
    if match.rule in {"talk-to", "person-to-talk"} and _SPOKEN_OF.search(before):
        return None
    if tags[match.end : match.end + 1] == "g":  # "a person's name"
        return None
    past = _PAST.search(before)
    if past and tags[match.start] in "KTXJy" and _TO_BE.search(before):
        past = None  # "I want to be put in touch with", not "I was put in touch with"
    if past or _MUST_I.search(before) or _THIRD.search(before) or _WHEN.search(before):
        return None
    return Reading.ASK


def _whole_clauses(tags: str) -> list[Match]:
    found: list[Match] = []
    start = 0
    for end in [i for i, tag in enumerate(tags) if tag in ".,?"] + [len(tags)]:
        clause = tags[start:end]
        if 0 < len(clause) <= 12:
            if _SHORT.fullmatch(clause):
                found.append(Match(Reading.ASK, start, end, 0.9, "short"))
            elif _NO_BOTS.fullmatch(clause):
                found.append(Match(Reading.REFUSE_BOT, start, end, 0.9, "no-bots"))
        start = end + 1
    return found
