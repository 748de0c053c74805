"""Recognises distress in a text by rules, so that the same words always get the same answer.

The words are in knowledge/detresse.yaml. What decides between a call for help and its look-alikes is
here: who the words are about, whether they are denied, past and overcome, or the subject of a job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from knowledge.schema import ReglesDetresse, Signes
from service.expressions import FIN, Oreille, Parole, Repertoire, Vu

Sujet = Literal["soi", "proche", "generique", "chose"]

# The most pressing first: one text may hold several.
PRIORITE = (
    "attirance_enfants", "danger_immediat", "suicide", "menace_autrui", "enfant_en_danger", "viol",
    "violences_conjugales", "proche_suicidaire", "a_la_rue", "harcelement_travail", "harcelement",
    "maltraitance_adulte", "addiction", "epuisement",
)  # fmt: skip

# How far back a negation is looked for: « je n'ai pas du tout envie de … ».
PORTEE_NEGATION = 4
_NEGATIONS = frozenset("pas jamais aucun aucune ni".split())
_SOI = frozenset("je moi me".split())
_AUTRES = frozenset("il elle ils elles qui quelqu".split())
_IMPERSONNELS = frozenset("faut faudrait vaut vaudrait y reste me manque".split())
_CHOSES = frozenset("ca boulot travail taf job usine".split())
_AUXILIAIRES = frozenset("ai a as ont avais avait aurais eu etais etait ete".split())
_PARTICIPES = frozenset(
    "voulu pense essaye tente failli ete subi vecu dormi fait connu bu rate eu pris fume touche force viole"
    " craque sombre viole violee agresse agressee frappe frappee battu battue tape tapee harcele"
    " harcelee".split()
)
_PLURIEL = frozenset("des les aux certains certaines plusieurs".split())
_SINGULIER = frozenset("mon ma mes un une ce cette son sa notre ton ta".split())
_ENTRE_NEGATION = frozenset(
    "du tout vraiment trop tellement plus envie l intention de d le la a en eu".split()
)
_PAS_IMPARFAIT = frozenset("fais fait sais sait vais mais jamais lait plait parfait satisfait dais".split())
# What must be told as past AND overcome or turned to others before it stops being a distress.
_GRAVES = frozenset(
    "suicide danger_immediat viol violences_conjugales enfant_en_danger menace_autrui".split()
)
_TYPE_D_UN_PROCHE = {
    "suicide": "proche_suicidaire",
    "attirance_enfants": "enfant_en_danger",
    "menace_autrui": "danger_immediat",
}
# « ça me donne envie de … »: the speaker, when this close.
PORTEE_ME = 2


class Detresse:
    """Recognises distress in a text. Deterministic; a few milliseconds a text."""

    def __init__(self, regles: ReglesDetresse, abreviations: Mapping[str, str]) -> None:
        contextes = [Signes(type=nom, expressions=mots) for nom, mots in regles.contextes.items()]
        faux_amis = Signes(type="faux_ami", expressions=regles.faux_amis)
        tous = [*regles.signes, *contextes, faux_amis]
        self._oreille = Oreille(
            {**abreviations, **regles.abreviations},
            [e for s in tous for e in s.expressions],
            regles.groupes,
            regles.transparents,
            regles.mots_ordinaires,
        )
        self._signes = Repertoire(self._oreille, regles.signes)
        self._faux_amis = Repertoire(self._oreille, [faux_amis], exact=True)
        self._contextes = Repertoire(self._oreille, contextes, exact=True)

    def kind(self, texte: str) -> str | None:
        """The type of the most pressing distress found, None when there is none."""
        mots = self._oreille.words(texte)
        vus = self._signes.find(mots)
        if not vus:
            return None
        faux = self._faux_amis.find(mots)
        contextes = self._contextes.find(mots)
        kept = [
            (vu, kind)
            for vu in vus
            if not _covered(vu, faux) and (kind := _judge(mots, vu, contextes)) is not None
        ]
        types = {kind for vu, kind in kept if not vu.signe.leger}
        light = [(vu, kind) for vu, kind in kept if vu.signe.leger]
        elsewhere = any(c.signe.type in ("travail", "aide") for c in contextes)
        if light and (not elsewhere or _apart(vu for vu, _ in light) > 1):
            types.update(kind for _, kind in light)
        return next((t for t in PRIORITE if t in types), None)


def _apart(vus: Iterable[Vu]) -> int:
    """How many of them stand apart from each other."""
    count = fin = 0
    for vu in sorted(vus, key=lambda v: v.fin):
        if vu.debut >= fin:
            count, fin = count + 1, vu.fin
    return count


def _covered(vu: Vu, faux: Sequence[Vu]) -> bool:
    """True when a harmless expression shares words with this one, unless this one says more."""
    return any(f.debut < vu.fin and vu.debut < f.fin and not _contains(vu, f) for f in faux)


def _contains(vu: Vu, faux: Vu) -> bool:
    inside = vu.debut <= faux.debut and faux.fin <= vu.fin
    return vu.signe.forme == "suite" and inside and vu.fin - vu.debut > faux.fin - faux.debut


def _judge(mots: Sequence[Parole], vu: Vu, contextes: Sequence[Vu]) -> str | None:
    """What one expression means here, None when it is no distress."""
    presents = {
        c.signe.type
        for c in contextes
        if c.fin <= vu.debut or vu.fin <= c.debut or c.signe.type == "hypothese"
    }
    if _negated(mots, vu) or _over(mots, vu, presents):
        return None
    if vu.signe.forme == "mention" and _names_others(mots, vu, presents):
        return None
    sujet = _subject(mots, vu)
    reflexive = any(m.forme == "me" for m in mots[vu.debut : vu.fin])
    if vu.d_un_autre and _is_mourning(mots[vu.debut : vu.fin]):
        return None
    if vu.signe.porte == "autrui":
        return vu.signe.type if sujet in ("proche", "generique") else None
    if vu.signe.porte == "tous":
        of_others = not reflexive and _speaks_of_work(mots, vu, presents)
        return None if of_others else vu.signe.type
    if sujet is None:
        return None if _speaks_of_work(mots, vu, presents) else vu.signe.type
    if sujet == "soi":
        return vu.signe.type
    if sujet != "proche" or reflexive or vu.signe.forme == "mention" or _speaks_of_work(mots, vu, presents):
        return None
    return _TYPE_D_UN_PROCHE.get(vu.signe.type, vu.signe.type)


def _is_mourning(mots: Sequence[Parole]) -> bool:
    """« il s'est suicidé »: a death, not a danger."""
    deadly = any(m.noms & {"SUICIDER", "MOURIR"} for m in mots)
    return deadly and any(m.forme == "est" for m in mots)


def _names_others(mots: Sequence[Parole], vu: Vu, presents: set[str]) -> bool:
    """True when the sentence speaks of other people or of a job: a bare mention proves nothing there."""
    debut = _sentence_start(mots, vu.debut)
    fin = next((i for i in range(vu.fin, len(mots)) if mots[i].forme == FIN), len(mots))
    named = {nom for m in mots[debut:fin] for nom in m.noms}
    return "hypothese" in presents or bool(named & {"AIDER", "GENERIQUE", "AINE"})


def _negated(mots: Sequence[Parole], vu: Vu) -> bool:
    if vu.signe.forme != "suite" and _denied_inside(mots, vu):
        return True
    for mot in reversed(mots[max(0, vu.debut - PORTEE_NEGATION) : vu.debut]):
        if mot.forme in _NEGATIONS:
            return True
        if mot.forme not in _ENTRE_NEGATION:
            return False
    return False


def _denied_inside(mots: Sequence[Parole], vu: Vu) -> bool:
    """« je ne veux pas mourir »: one of the words found is denied just before."""
    return any(
        mots[i].noms & set(vu.noms)
        and mots[i - 1].forme in ("pas", "jamais")
        and mots[i - 1].forme not in vu.noms
        for i in range(vu.debut + 1, vu.fin)
    )


def _over(mots: Sequence[Parole], vu: Vu, presents: set[str]) -> bool:
    """True for what is past and told as such: overcome, or a reason to help others."""
    if "present" in presents:
        return False
    past = _is_past(mots, vu) and not _reported(mots, vu)
    if vu.signe.type not in _GRAVES:
        return past or "depasse" in presents
    told = {"depasse", "aide"} if _subject(mots, vu) in ("soi", None) else {"depasse", "aide", "passe"}
    return past and bool(presents & told)


def _is_past(mots: Sequence[Parole], vu: Vu) -> bool:
    window = [m.forme for m in mots[_sentence_start(mots, vu.debut, 3) : vu.fin]]
    if any(_is_imperfect(f) for f in window):
        return True
    return any(
        f in _PARTICIPES and _AUXILIAIRES & set(window[max(0, i - 3) : i]) for i, f in enumerate(window)
    )


def _is_imperfect(forme: str) -> bool:
    ending = forme.endswith(("ais", "ait", "aient"))
    return ending and not forme.endswith(("rais", "rait", "raient")) and forme not in _PAS_IMPARFAIT


def _reported(mots: Sequence[Parole], vu: Vu) -> bool:
    """« elle m'a dit qu'elle voulait … »: the past of a reported word is a present."""
    return any("DIRE" in m.noms for m in mots[_sentence_start(mots, vu.debut) : vu.debut])


def _speaks_of_work(mots: Sequence[Parole], vu: Vu, presents: set[str]) -> bool:
    """True when others' distress is the subject of a job, not someone the speaker knows."""
    if "hypothese" in presents:
        return True
    before = mots[_sentence_start(mots, vu.debut) : vu.fin]
    if any("FAMILIER" in m.noms and _is_mine(before, i) for i, m in enumerate(before)):
        return False
    return any("AIDER" in m.noms for m in before)


def _is_mine(mots: Sequence[Parole], place: int) -> bool:
    return any(m.forme in ("mon", "ma", "mes") for m in mots[max(0, place - 2) : place])


def _sentence_start(mots: Sequence[Parole], place: int, reach: int = 60) -> int:
    for i in range(place - 1, max(-1, place - 1 - reach), -1):
        if mots[i].forme == FIN:
            return i + 1
    return max(0, place - reach)


def _subject(mots: Sequence[Parole], vu: Vu) -> Sujet | None:
    """Who the expression is about: the nearest subject before it, None when there is none."""
    inside = mots[vu.debut : vu.fin]
    if vu.signe.forme != "suite" and any(m.forme in _SOI for m in inside):
        return "soi"
    if vu.d_un_autre:
        return _other_subject(mots, vu.debut)
    for i in range(vu.debut - 1, _sentence_start(mots, vu.debut) - 1, -1):
        if mots[i].forme == "me" and vu.debut - i > PORTEE_ME:
            continue
        if sujet := _subject_at(mots, i):
            return sujet
    return None


def _subject_at(mots: Sequence[Parole], i: int) -> Sujet | None:
    forme, noms = mots[i].forme, mots[i].noms
    if forme in _SOI:
        told = any("DIRE" in m.noms for m in mots[i + 1 : i + 3])
        return None if forme == "me" and told else "soi"
    if forme in _AUTRES:
        impersonal = forme == "il" and i + 1 < len(mots) and mots[i + 1].forme in _IMPERSONNELS
        return None if impersonal else _antecedent(mots, i)
    if forme in _CHOSES:
        return "chose"
    return _noun(mots, i) if noms & {"GENERIQUE", "PROCHE"} else None


def _noun(mots: Sequence[Parole], i: int) -> Sujet | None:
    """A noun is a subject unless it is what the speaker has: « j'ai deux enfants et … »."""
    before = {m.forme for m in mots[max(0, i - 3) : i]}
    if "GENERIQUE" in mots[i].noms and "PROCHE" not in mots[i].noms:
        return None if before & {"mes", "nos", "ai"} else "generique"
    if before & _PLURIEL:
        return "generique"
    return "proche" if before & _SINGULIER else None


def _other_subject(mots: Sequence[Parole], place: int) -> Sujet:
    for i in range(place - 1, -1, -1):
        sujet = _subject_at(mots, i)
        if sujet and sujet != "soi":
            return sujet
    return "generique"


def _antecedent(mots: Sequence[Parole], place: int) -> Sujet:
    """Whom « il », « elle » or « qui » stands for."""
    pronoun = mots[place].forme
    reach = 4 if pronoun == "qui" else place
    for i in range(place - 1, max(-1, place - 1 - reach), -1):
        if mots[i].noms & {"GENERIQUE", "PROCHE"} and (sujet := _noun(mots, i)):
            return sujet
    return "proche" if pronoun in ("il", "elle", "quelqu") else "generique"
