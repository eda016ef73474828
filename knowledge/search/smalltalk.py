# ruff: noqa: E501 - one line of phrases per wording and language reads best
"""Messages that are not questions: greetings, thanks, goodbyes, and questions about the bot itself.

Recognised only when the *whole* message is small talk: "hi, where is my refund?" is a question. Phrases in ten
languages, matched without accents, punctuation, emoji and lengthened letters ("helloooo").
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from knowledge.search.words import fold

LONGEST = 80
"""Characters; a longer message is never small talk."""


class SmallTalk(StrEnum):
    """What kind of small talk a message is."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    HOW_ARE_YOU = "how_are_you"
    WHO_ARE_YOU = "who_are_you"
    ARE_YOU_HUMAN = "are_you_human"


_PHRASES: dict[SmallTalk, str] = {
    SmallTalk.ARE_YOU_HUMAN: """
        (are|r) (you|u) (a |an |even )?(real |actual )?(human|person|real|bot|robot|machine|ai|chatbot|computer)( being)?( or (a |an )?(human|person|bot|robot|machine|real|ai))?
        is this (a |an )?(real |actual )?(human|person|bot|robot|machine|ai|chatbot)( or (a |an )?(human|person|bot|robot|machine))?
        am i (talking|speaking|chatting) (to|with) (a |an )?(real |actual )?(human|person|bot|robot|machine|ai|chatbot)( or (a |an )?(human|person|bot|robot|machine))?
        (eres|es usted) (un |una )?(humano|humana|persona|persona real|robot|bot|maquina)
        (bist du|sind sie) (ein |eine )?(mensch|echter mensch|roboter|bot|maschine|echt)
        (es tu|etes vous|tu es|vous etes) (un |une )?(humain|personne|vraie personne|robot|bot|machine)
        (voce e|es) (um |uma )?(humano|pessoa|pessoa real|robo|bot)
        (sei|lei e) (un |una )?(umano|persona|persona vera|robot|bot)
        (ben je|bent u) (een )?(mens|echt mens|robot|bot)
        ar du (en )?(manniska|robot|bot)
        (czy )?(jestes) (czlowiekiem|robotem|botem)
        (sen )?(insan|robot|bot) (misin|misiniz)
    """,
    SmallTalk.WHO_ARE_YOU: """
        (who|what) (are|r) (you|u)( exactly)?
        who (is this|am i (talking|speaking|chatting) (to|with))
        (what is|what s|whats|tell me) (your|ur) name
        what can (you|u) do( for me)?
        (quien|que) eres( tu)?
        quien es usted
        como te llamas
        (wer|was) (bist du|sind sie)( eigentlich)?
        wie heisst du
        (qui|qu) (es tu|etes vous)
        (tu es|vous etes) qui
        quem (e voce|es tu)
        chi sei
        (wie|wat) (ben je|bent u)
        vem ar du
        kim jestes
        (sen )?kimsin
        kimsiniz
    """,
    SmallTalk.HOW_ARE_YOU: """
        how (are|r) (you|u)( doing| today| doing today)?
        (how is|hows|how s) (it|everything) going
        hows (it|everything) going
        how do you do
        (what s|whats) up
        (sup|wassup|whassup)
        (que tal|como estas|como esta usted|como te va|como va)
        (wie geht es|wie geht s|wie gehts)( dir| ihnen| so)?
        (comment (ca va|vas tu|allez vous)|ca va)
        (tudo bem|como vai|como voce esta)
        (come stai|come sta|come va)
        (hoe gaat het|hoe gaat het met (je|u|jou)|alles goed)
        (hur mar du|hur ar det|laget)
        (jak sie masz|co slychac)
        (nasilsin|nasilsiniz|naber)
    """,
    SmallTalk.GOODBYE: """
        (good bye|goodbye|bye|byebye|bye bye)( bye)?( for now)?
        (see|c) (you|u|ya)( later| soon| tomorrow)?
        cya|ciao ciao|cheerio|farewell|take care|good night|goodnight
        (have a )(nice|good|great|lovely) (day|one|evening|weekend|night)( too)?
        (that is|that s|thats) all( for now| for today)?
        (adios|hasta luego|hasta pronto|chao|chau|nos vemos|buenas noches)
        (tschuss|tschuess|tschau|auf wiedersehen|bis bald|bis spater|gute nacht|schonen tag( noch)?)
        (au revoir|a bientot|bonne journee|bonne soiree|bonne nuit|adieu)
        (tchau|ate logo|ate mais|ate breve|boa noite|adeus)
        (arrivederci|a presto|buona giornata|buona serata|buonanotte|addio)
        (tot ziens|tot later|doei|dag dag|fijne dag)
        (hej da|vi ses|ha det bra|adjo)
        (do widzenia|pa|pa pa|do zobaczenia|milego dnia)
        (hosca kal|gorusuruz|gule gule|iyi gunler|iyi aksamlar)
    """,
    SmallTalk.THANKS: """
        (no |but |and )?(many |much )?(thanks|thx|thnx|thnks|ty|tysm|tnx|cheers)( (a )?(lot|bunch|million|so much|very much|mate|man|again|much))*( for (your|the|all your|all the) (help|info|information|support|answer|time))?
        (no |but |and )?(thank|thnk) (you|u|ya)( (so|very) much| kindly| again| a lot)*( for (your|the|all your|all the) (help|info|information|support|answer|time))?
        (i )?(really )?appreciate (it|that|your help|the help)|much appreciated
        (ok|okay|great|perfect|cool|nice|awesome|super|got it|understood|alright|all right|good|brilliant|excellent|wonderful|fantastic|lovely|noted)
        (that|this|it) (was|is) (very |really |so )?(helpful|useful|great|perfect)
        (that|this|it) (helped|worked|works)( a lot)?
        (you are|you re|youre) (great|awesome|the best|very helpful|amazing)
        (muchas |mil |muchisimas )?gracias( por (tu|su|la) (ayuda|respuesta|informacion))?|vale|perfecto|genial|de acuerdo
        (vielen |besten |herzlichen |lieben )?(dank|danke)( schon| sehr| dir| ihnen)*( fur (die|deine|ihre) (hilfe|antwort|info))?|alles klar|verstanden
        (merci)( beaucoup| bien| infiniment)*( pour (votre|ton|l) (aide|reponse))?|d accord|parfait|super merci
        (muito )?(obrigado|obrigada|valeu)( pela ajuda)?|perfeito|beleza
        (grazie)( mille| tante)*( per l aiuto)?|perfetto|va bene
        (hartelijk |heel erg )?(dank|bedankt|dankjewel|dank je wel|dank u wel|dank je|dank u)( wel)?( voor (de|je|uw) hulp)?|prima
        (tack)( sa mycket| for hjalpen)*|tusen tack
        (dziekuje|dzieki|dziekuje bardzo|wielkie dzieki)( za pomoc)?
        (tesekkurler|tesekkur ederim|cok tesekkurler|sagol|sag ol|sagolun|tamam)
    """,
    SmallTalk.GREETING: """
        (hi|hello|hey|heya|hiya|yo|howdy|hullo|greetings|hallo|hola|alo|ola|oi|salut|bonjour|bonsoir|coucou|ciao|salve|hej|hejsan|tjena|hoi|goedendag|goedemorgen|goedemiddag|goedenavond|merhaba|selam|czesc|witam|siema|moin|servus|namaste|aloha|hei)( (there|all|everyone|everybody|team|guys|folks|bot|again|you))?
        (good )(morning|afternoon|evening|day)( (to you|all|everyone|team|there))?
        buenos dias|buenas|buenas tardes|muy buenas
        guten (morgen|tag|abend)|gruss gott|gruezi
        bom dia|boa tarde
        buongiorno|buonasera|buon pomeriggio
        god (morgon|kvall|dag)
        dzien dobry|dobry wieczor
        gunaydin|iyi gunler
        (anyone|anybody|someone) (there|here|home)
        is (anyone|anybody|someone) (there|here)
        (are )?(you|u) there
    """,
}
_KIND_OF: list[tuple[SmallTalk, re.Pattern[str]]] = [
    (kind, re.compile("|".join(f"(?:{line.strip()})" for line in lines.strip().splitlines())))
    for kind, lines in _PHRASES.items()
]
_FILLERS = "ok|okay|oh|ah|well|so|great|perfect|cool|nice|alright|please|um|hmm"
_FILLER = re.compile(rf"^(?:{_FILLERS})\s+")
_WORDS = frozenset(re.findall(r"\w+", " ".join([_FILLERS, *_PHRASES.values()])))
_NOT_A_WORD = re.compile(r"[^\w\s]|_")
_LENGTHENED = re.compile(r"(\w)\1{2,}")
_DOUBLED = re.compile(r"(\w)\1\b")
_PAUSES = ".!?,;:\n…—–"
_PAUSE = re.compile(rf"[{_PAUSES}]+")


def small_talk(text: str) -> SmallTalk | None:
    """Return the kind of small talk that the whole of `text` is, or None when any of it may be a question.

    Of several ("thanks, bye") the one that asks for most of a reply is returned.
    """
    return _small_talk(text) if len(text) <= LONGEST else None


_BEFORE, _BEHIND = {SmallTalk.GREETING, SmallTalk.HOW_ARE_YOU}, {SmallTalk.THANKS, SmallTalk.GOODBYE}
# Nothing here goes back over a text: anybody may send thousands of spaces or line ends.
_FIRST = re.compile(rf"([^{_PAUSES}]++)[{_PAUSES}]++\s*+(?=\w)")
_GREETED = [  # "good morning how do I…", "hi how do I…"
    re.compile(rf"({greeting})\s++(?=\S++\s++\S++\s++\S)") for greeting in (r"\S++\s++\S++", r"\S++")
]


def question_in(text: str) -> str:
    """`text` without a greeting before it ("Hi there, where is my refund?") and thanks behind it: they ask nothing."""
    asked = text.strip()
    while (first := _FIRST.match(asked)) and small_talk(first[1]) in _BEFORE:
        asked = asked[first.end() :]
    for pattern in _GREETED:
        if (greeted := pattern.match(asked)) and small_talk(greeted[1]) is SmallTalk.GREETING:
            asked = asked[greeted.end() :]
    ended = asked.rstrip(f"{_PAUSES} ")
    while (pause := max(map(ended.rfind, _PAUSES))) >= 0 and small_talk(ended[pause + 1 :]) in _BEHIND:
        asked = ended[: pause + 1]
        ended = asked.rstrip(f"{_PAUSES} ")
    return asked


@lru_cache(maxsize=4096)  # what was said before is judged again with every message that follows
def _small_talk(text: str) -> SmallTalk | None:
    parts = [part for part in map(_plain, _PAUSE.split(text)) if part]
    if not parts or not all(map(_is_known, " ".join(parts).split())):
        return None
    kinds = [_kind(part) or _kind_of_two(part) for part in parts]
    found = [kind for kind in kinds if kind is not None]
    if len(found) < len(kinds):
        whole = " ".join(parts)
        return _kind(whole) or _kind_of_two(whole)
    return min(found, key=list(_PHRASES).index)


def _is_known(word: str) -> bool:
    """Whether a word occurs in any phrase; one that does not makes the whole message no small talk."""
    return word in _WORDS or _DOUBLED.sub(r"\1", word) in _WORDS


def _plain(text: str) -> str:
    """Folded, without marks and emoji, lengthened letters cut to two."""
    text = _NOT_A_WORD.sub(" ", fold(text).replace("ß", "ss"))
    return " ".join(_LENGTHENED.sub(r"\1\1", text).split())


def _kind(text: str) -> SmallTalk | None:
    """The kind of one phrase; leading fillers ("ok", "well") may be left out, and doubled letters ("hii")."""
    for candidate in {text: 0, _FILLER.sub("", text): 0, _DOUBLED.sub(r"\1", text): 0}:  # each once, in this order
        for kind, pattern in _KIND_OF:
            if pattern.fullmatch(candidate):
                return kind
    return None


def _kind_of_two(text: str) -> SmallTalk | None:
    """The kind of two phrases side by side without a mark between them ("ok thanks bye")."""
    parts = text.split()
    for cut in range(1, len(parts)):
        first = _kind(" ".join(parts[:cut]))
        if first and (second := _kind(" ".join(parts[cut:]))):
            return min(first, second, key=list(_PHRASES).index)
    return None
