"""French as people really write it: cleaning, words with their place in the text, stems, sounds.

Knows spelling and nothing of métiers. Every word keeps the span it came from, so that what was read
can always be quoted as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

# Zero-width and direction marks; controls other than newline and tab.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WORD = re.compile(r"[^\W_]+")
_INCLUSIVE = re.compile(r"(?<=\w)[·•‧.](?:e|ne|le|te|fe|ve|trice|euse|ère|se)(?:[·•‧.]?s)?\b", re.IGNORECASE)
_REPEATED = re.compile(r"([a-z])\1{2,}")

_STEMMER = Stemmer.Stemmer("french")


@dataclass(frozen=True)
class Mot:
    """One word: its form without case or accents, and where it stands in the text."""

    forme: str
    debut: int
    fin: int


def clean(texte: str) -> str:
    """The text without what nobody typed on purpose: controls, invisible marks, exotic widths.

    Idempotent. Lone surrogates are dropped, so the result is always valid UTF-8.
    """
    valid = texte.encode("utf-8", "ignore").decode("utf-8")
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", valid))
    return _CONTROL.sub(" ", _INVISIBLE.sub("", composed)).strip()


@lru_cache(maxsize=50_000)
def flatten(mot: str) -> str:
    """Lower case, no accents, ligatures opened: « Nœud » → « noeud »."""
    opened = mot.lower().replace("œ", "oe").replace("æ", "ae")
    if opened.isascii():
        return opened
    return "".join(c for c in unicodedata.normalize("NFD", opened) if not unicodedata.combining(c))


@lru_cache(maxsize=50_000)
def stem(forme: str) -> str:
    """The stem of a flattened word, the same for its plural, feminine and most verb forms."""
    irregular = _IRREGULAR.get(forme)
    return irregular or flatten(_STEMMER.stemWord(_masculine(forme)))


_GENRES = (
    ("trice", "teur"), ("euse", "eur"), ("iere", "ier"), ("gere", "ger"), ("chere", "cher"), ("ienne", "ien"),
    ("eenne", "een"), ("ee", "e"),
)  # fmt: skip
# Said of people, masculine/feminine: no ending tells them, since other words share it (« vie », « cuisine »).
# « sortie », « marine » and « médecine » are left out: nouns first of all.
_DEUX_GENRES = """
curieux/curieuse heureux/heureuse malheureux/malheureuse nerveux/nerveuse amoureux/amoureuse joyeux/joyeuse
serieux/serieuse genereux/genereuse courageux/courageuse soigneux/soigneuse minutieux/minutieuse
rigoureux/rigoureuse silencieux/silencieuse anxieux/anxieuse ambitieux/ambitieuse
consciencieux/consciencieuse chaleureux/chaleureuse affectueux/affectueuse respectueux/respectueuse
religieux/religieuse audacieux/audacieuse precieux/precieuse attentif/attentive sportif/sportive
creatif/creative actif/active reactif/reactive inventif/inventive naif/naive positif/positive emotif/emotive
impulsif/impulsive intuitif/intuitive receptif/receptive administratif/administrative educatif/educative
seropositif/seropositive vif/vive juif/juive veuf/veuve neuf/neuve passif/passive discret/discrete
inquiet/inquiete complet/complete concret/concrete muet/muette cadet/cadette simplet/simplette doux/douce
roux/rousse jaloux/jalouse gros/grosse bas/basse las/lasse epais/epaisse gras/grasse franc/franche
blanc/blanche sec/seche frais/fraiche long/longue public/publique turc/turque grec/grecque beau/belle
nouveau/nouvelle jumeau/jumelle fou/folle mou/molle gentil/gentille nul/nulle pareil/pareille bon/bonne
mignon/mignonne patron/patronne champion/championne pieton/pietonne pret/prete fort/forte ouvert/ouverte
expert/experte couvert/couverte offert/offerte mort/morte court/courte vert/verte droit/droite
adroit/adroite maladroit/maladroite idiot/idiote devot/devote haut/haute inscrit/inscrite instruit/instruite
satisfait/satisfaite distrait/distraite parfait/parfaite seduit/seduite reduit/reduite detruit/detruite
interdit/interdite poli/polie reflechi/reflechie epanoui/epanouie investi/investie averti/avertie
reussi/reussie choisi/choisie gueri/guerie suivi/suivie grandi/grandie servi/servie trahi/trahie
vieilli/vieillie hardi/hardie ravi/ravie uni/unie puni/punie endormi/endormie affaibli/affaiblie
etabli/etablie aguerri/aguerrie abasourdi/abasourdie parti/partie fini/finie rempli/remplie aigri/aigrie
enrichi/enrichie banni/bannie perdu/perdue convaincu/convaincue reconnu/reconnue connu/connue recu/recue
tetu/tetue emu/emue decu/decue venu/venue devenu/devenue revenu/revenue retenu/retenue soutenu/soutenue
prevenu/prevenue vecu/vecue elu/elue vaincu/vaincue attendu/attendue entendu/entendue defendu/defendue
detendu/detendue tendu/tendue rendu/rendue resolu/resolue absolu/absolue assidu/assidue individu/individue
inconnu/inconnue exclu/exclue inclu/inclue apparu/apparue assis/assise surpris/surprise appris/apprise
epris/eprise compris/comprise admis/admise soumis/soumise precis/precise indecis/indecise gris/grise
francais/francaise anglais/anglaise portugais/portugaise certain/certaine humain/humaine urbain/urbaine
africain/africaine voisin/voisine copain/copine cousin/cousine orphelin/orpheline feminin/feminine
masculin/masculine latin/latine debrouillard/debrouillarde bavard/bavarde gaillard/gaillarde lourd/lourde
sourd/sourde grand/grande rond/ronde profond/profonde fecond/feconde allemand/allemande friand/friande
marchand/marchande sur/sure dur/dure pur/pure fier/fiere cher/chere leger/legere entier/entiere
premier/premiere dernier/derniere seul/seule petit/petite content/contente etudiant/etudiante ami/amie
chef/cheffe maitre/maitresse hote/hotesse moniteur/monitrice instituteur/institutrice superieur/superieure
majeur/majeure mineur/mineure meilleur/meilleure fonceur/fonceuse raleur/raleuse endurant/endurante
mauvais/mauvaise jovial/joviale citoyen/citoyenne apprenti/apprentie passionne/passionnee salarie/salariee
lyceen/lyceenne collegien/collegienne
"""


def _feminines() -> dict[str, str]:
    pairs = [pair.split("/") for pair in _DEUX_GENRES.split()]
    return {f: m for m, f in pairs} | {f"{f}s": _plural(m) for m, f in pairs}


def _plural(masculine: str) -> str:
    return masculine + ("" if masculine[-1] in "sx" else "x" if masculine.endswith("eau") else "s")


_FEMININS = _feminines()
_MASCULINS = frozenset(_FEMININS.values())


def _masculine(forme: str) -> str:
    if forme in _FEMININS:
        return _FEMININS[forme]
    for feminine, masculine in _GENRES:
        if forme.endswith((feminine, feminine + "s")):
            return forme.removesuffix("s").removesuffix(feminine) + masculine
    return forme


# Pairs the stemmer keeps apart although they are one word for our purpose.
_IRREGULAR = {
    "vieille": "vieux", "vieilles": "vieux", "vieil": "vieux", "vieux": "vieux", "vieus": "vieux",
    "qu": "que", "papi": "papi", "papis": "papi", "papy": "papi", "papys": "papi", "gens": "gens",
    "residence": "residence", "residences": "residence", "foyer": "foyer", "foyers": "foyer",
    "permis": "permis", "aidant": "aidant", "aidante": "aidant", "aidants": "aidant",
    "yeux": "oeil", "travaux": "travail", "sociaux": "social", "hopitaux": "hopital",
    "veux": "vouloir", "veut": "vouloir", "voudrais": "vouloir", "vouloir": "vouloir",
    "voulais": "vouloir", "voulu": "vouloir", "voudrait": "vouloir", "veulent": "vouloir",
    "peux": "pouvoir", "peut": "pouvoir", "pouvoir": "pouvoir", "pourrais": "pouvoir",
    "suis": "etre", "etais": "etre", "etait": "etre", "etre": "etre", "ete": "etre",
    "fait": "faire", "fais": "faire", "faire": "faire", "faisais": "faire", "ferai": "faire",
    "soins": "soin", "soin": "soin", "mois": "mois", "bras": "bras", "repas": "repas", "dos": "dos",
}  # fmt: skip


def split_words(texte: str) -> list[Mot]:
    """The words of a cleaned text, inclusive endings dropped (« motivé·e » → « motive »)."""
    blanked = _INCLUSIVE.sub(lambda m: " " * len(m.group()), texte)
    return [Mot(_forme(m.group()), m.start(), m.end()) for m in _WORD.finditer(blanked)]


# Here the accent is the only thing that tells the words apart: « mé » is « mais », not « me ».
_ACCENTS_PARLANTS = {"mé": "mais", "mè": "mais", "é": "et", "è": "et"}


def _forme(mot: str) -> str:
    return _ACCENTS_PARLANTS.get(mot.lower()) or _squeeze(flatten(mot))


def _squeeze(forme: str) -> str:
    """« trooop » → « trop »: nobody triples a letter by mistake."""
    return _REPEATED.sub(r"\1", forme)


# Order matters: longer spellings before the letters they contain.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(motif), son)
    for motif, son in (
        (r"eaux$|eau|aux$|au", "o"),
        (r"oeu|eu", "9"),
        (r"ph", "f"),
        (r"sch|sh|ch", "S"),
        (r"qu|q|ck|k|c(?=[aouklrtn])|c$", "K"),
        (r"c(?=[eiy])|ss|ç|sc(?=[eiy])", "s"),
        (r"gu(?=[eiy])", "G"),
        (r"g(?=[eiy])", "j"),
        (r"x(?=.)", "Ks"),
        (r"(?:ain|ein|aim|yn|in|un)(?![aeiouyhnm])|im(?=[bp])", "1"),
        (r"[ae]n(?![aeiouyhnm])|[ae]m(?=[bp])", "2"),
        (r"on(?![aeiouyhnm])|om(?=[bp])", "3"),
        (r"ait$|ais$|ai|ei|est$|er$|ez$|et$|ees$|ee$", "E"),
        (r"oi|oua|wa", "W"),
        (r"ill|y|ll(?=i)", "i"),
        (r"h", ""),
        (r"z", "s"),
        (r"(.)\1+", r"\1"),
        (r"(?:[stdxp]+|es?)$", ""),
        (r"E(?=.)", "e"),
    )
)


@lru_cache(maxsize=50_000)
def sound(forme: str) -> str:
    """A rough key of how a flattened word is said: « oxiliere » and « auxiliaire » share one."""
    for motif, son in _SOUNDS:
        forme = motif.sub(son, forme)
    return forme


# Endings brought to one form before a text is measured; applied only when the result is a known word.
_MASCULIN = (
    ("trices", "teurs"), ("trice", "teur"), ("euses", "eurs"), ("euse", "eur"), ("ieres", "iers"),
    ("iere", "ier"), ("eres", "ers"), ("ere", "er"), ("iennes", "iens"), ("ienne", "ien"),
    ("eennes", "eens"), ("eenne", "een"), ("onnes", "ons"), ("onne", "on"), ("ives", "ifs"), ("ive", "if"),
    ("antes", "ants"),
    ("ante", "ant"), ("entes", "ents"), ("ente", "ent"), ("ees", "es"), ("ee", "e"),
    ("elles", "els"), ("elle", "el"), ("ales", "aux"), ("ale", "al"), ("ouces", "oux"), ("ouce", "oux"),
)  # fmt: skip
_UNE_FORME = {
    "elle": "il", "elles": "ils", "iel": "il", "iels": "ils", "une": "un", "la": "le", "ma": "mon",
    "ta": "ton", "sa": "son", "cette": "ce", "toute": "tout", "toutes": "tous", "adorable": "adorable",
    "madame": "monsieur", "mme": "monsieur",
    # Without accents « motivé » looks like the feminine of « motif ».
    "motive": "motive", "motives": "motives", "motivee": "motive", "motivees": "motives",
    "passionne": "passionne", "passionnes": "passionnes", "arrive": "arrive", "cultive": "cultive",
    "prive": "prive", "derive": "derive",
    "aine": "aine", "aines": "aines",
}  # fmt: skip


class Orthographe:
    """Brings misspelt and abbreviated words back to words that are known.

    `abreviations` maps a typed form to the words meant (« chui » → « je suis »). `cibles` are the words
    worth recognising; `connus` are ordinary French words that must be left alone.
    """

    def __init__(self, abreviations: Mapping[str, str], cibles: Iterable[str], connus: Iterable[str]) -> None:
        self._abreviations = {
            flatten(k): tuple(m.forme for m in split_words(v)) for k, v in abreviations.items()
        }
        self._cibles = {flatten(c) for c in cibles if len(c) > 2}
        self._connus = self._cibles | {flatten(c) for c in connus}
        self._par_son: dict[str, str] = {}
        for cible in sorted(self._cibles, key=lambda c: (len(c), c)):
            if len(cible) >= 4:
                self._par_son.setdefault(sound(cible), cible)

    def knows(self, forme: str) -> bool:
        """Whether a flattened word is one of ours or an ordinary French word."""
        return forme in self._connus

    def one_gender(self, forme: str) -> str:
        """The masculine of a flattened word when that is a known word, else the word itself."""
        if forme in _UNE_FORME:
            return _UNE_FORME[forme]
        if forme in _FEMININS:
            return _FEMININS[forme]
        for feminine, masculine in _MASCULIN:
            candidate = forme.removesuffix(feminine) + masculine
            if forme.endswith(feminine) and self.knows(candidate):
                return candidate
        return forme

    def correct(self, mots: Iterable[Mot]) -> list[Mot]:
        """The same words, corrected; an abbreviation may open into several that share one span."""
        return [Mot(forme, mot.debut, mot.fin) for mot in mots for forme in self._meanings(mot.forme)]

    @lru_cache(maxsize=20_000)  # noqa: B019 - one Orthographe lives as long as the process
    def _meanings(self, forme: str) -> tuple[str, ...]:
        if forme in self._abreviations:
            return self._abreviations[forme]
        # Neither gender is corrected, so that both stay one word.
        if forme in _MASCULINS or self.one_gender(forme) != forme:
            return (forme,)
        heard = self._heard(forme)
        if forme.isdigit() or (forme in self._connus and not _shortened(forme, heard)):
            return (forme,)
        if heard:
            return (heard,)
        # « jador », « jveux », « ltravail »: a pronoun or article glued to a word.
        if len(forme) > 3 and forme[0] in "jlmtdscn":
            reste = forme[1:]
            if reste in self._connus:
                return (forme[0], reste)
            if heard := self._heard(reste):
                return (forme[0], heard)
        near = self._near(forme)
        return (near,) if near else (forme,)

    def _heard(self, forme: str) -> str | None:
        return self._par_son.get(sound(forme)) if len(forme) >= 3 else None

    def _near(self, forme: str) -> str | None:
        """A known target one slip away, for words long enough that the slip cannot be chance."""
        if len(forme) < 6:
            return None
        slips = 2 if len(forme) >= 9 else 1
        found = process.extractOne(forme, self._sorted_targets(), scorer=OSA.distance, score_cutoff=slips)
        return str(found[0]) if found and found[0][0] == forme[0] else None

    @lru_cache(maxsize=1)  # noqa: B019 - as above
    def _sorted_targets(self) -> list[str]:
        return sorted(c for c in self._cibles if len(c) >= 5)


def _shortened(forme: str, heard: str | None) -> bool:
    """« enfan » for « enfant »: same sound, same letters but one or two, even if others write it so."""
    if heard is None or heard == forme or not 0 < len(heard) - len(forme) <= 2 or len(forme) < 4:
        return False
    letters = iter(heard)
    return all(letter in letters for letter in forme)
