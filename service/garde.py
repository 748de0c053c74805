"""What is answered before any orientation: distress, messages about the tool itself, and other subjects.

Rules only, so that the same words always get the same answer; the words are in knowledge/. Distress is
recognised in detresse.py; here it meets its reply and its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.loading import RACINE, Connaissances, read_as, read_yaml
from knowledge.schema import (
    Numero,
    ReglesDetresse,
    ReglesHorsSujet,
    ReponseCourante,
    Secours,
    Signes,
)
from models.comprehension import SIGNAL
from service.detresse import Detresse
from service.expressions import Oreille, Parole, Repertoire, Vu
from service.francais import flatten
from service.orientation import Alerte, NumeroUtile
from service.profil import Voix

# How far below its threshold a learned model may be and still let a rule decide. Most ordinary texts are
# under both; a missed call for help costs more than a helpline shown in vain, so its margin is wider.
MARGE_DETRESSE = 5.0
MARGE_SUJET = 1.5
# Career changers speak of these every day: the rules are believed only when the model does not disagree.
HESITANTS = frozenset({"epuisement", "a_la_rue", "harcelement", "enfant_en_danger", "addiction"})
# Words that may stand inside a known phrase without changing it: « devenir un médecin ».
TRANSPARENTS = tuple(
    "un une le la les de du des à au aux l d en vraiment juste bien trop très tellement plutôt".split()
)
# How far before another field its wish or its past is looked for, and how far after: « caissière depuis … ».
AVANT, APRES = 6, 4
# A greeting may carry this many other words: « bonjour à tous ».
MOTS_AUTOUR_D_UN_SALUT = 2

# « étais » tells a past that « être » does not: these lists are read to the letter.
_FORMES_EXACTES = ("souhait", "souhait_fort", "passe", "soi", "autres")
_REFUS = frozenset("pas plus jamais sauf ni sans".split())


class Garde:
    """Decides what must be answered first. Built once; deterministic; keeps nothing of what it reads."""

    def __init__(
        self,
        secours: Mapping[str, Secours],
        numeros: Mapping[str, Numero],
        detresse: Detresse,
        sujets: _Sujets,
        courantes: _Courantes,
    ) -> None:
        self._secours = secours
        self._numeros = numeros
        self._detresse = detresse
        self._sujets = sujets
        self._courantes = courantes

    @classmethod
    def load(cls, connaissances: Connaissances) -> Garde:
        """Read the rules beside the other knowledge files. Raises FicheInvalide."""
        courant: dict[str, str] = read_yaml(RACINE / "langage_courant.yaml")["abreviations"]
        # « c » for « c'est » would also open the « c » of « c'est » itself.
        abreviations = {k: v for k, v in courant.items() if flatten(k) not in ("c", "ce")}
        detresse: ReglesDetresse = read_as(RACINE / "detresse.yaml", ReglesDetresse)
        sujets: ReglesHorsSujet = read_as(RACINE / "hors_sujet.yaml", ReglesHorsSujet)
        reponses: list[ReponseCourante] = read_as(RACINE / "reponses_courantes.yaml", list[ReponseCourante])
        oreille = Oreille(abreviations, (), {}, TRANSPARENTS, ())
        return cls(
            connaissances.secours,
            connaissances.numeros,
            Detresse(detresse, abreviations),
            _Sujets(sujets, oreille),
            _Courantes(reponses, oreille),
        )

    def alert(self, texte: str, voix: Voix, appels: Mapping[str, float]) -> Alerte | None:
        """The reply to distress, with the right numbers first; None when there is none.

        The rules decide; `appels` is the second opinion of a learned model on what they do not know, one
        number per kind of help and one for SIGNAL, positive when someone seems to call for help.
        """
        kind = self._detresse.kind(texte)
        if kind in HESITANTS and appels.get(SIGNAL, 0.0) < -MARGE_DETRESSE:
            kind = None
        kind = kind or _loudest(appels, self._secours)
        if kind is None:
            return None
        secours = self._secours[kind]
        numeros = (self._numeros[cle] for cle in secours.numeros)
        return Alerte(
            kind,
            getattr(secours.message, voix),
            tuple(NumeroUtile(n.numero, n.pour, n.horaires) for n in numeros),
        )

    def off_topic(self, texte: str, mots_utiles: int, ecart: float) -> bool:
        """True when nothing bears on care or social work.

        `mots_utiles`: how many expressions of the lexicon a Lecteur found. `ecart`: what a learned model
        thinks, positive when off topic; rules alone decide only when it hesitates. Silence and greetings
        are not off topic: they say nothing yet.
        """
        if self.kind(texte) == "salutation":
            return False
        return ecart > 0 or (ecart > -MARGE_SUJET and self._sujets.off_topic(texte, mots_utiles))

    def kind(self, texte: str) -> str | None:
        """What a message asks for when it is not about orientation; None when it is."""
        return self._courantes.kind(texte)

    def reply(self, texte: str, voix: Voix, *, off_topic: bool) -> str | None:
        """The answer to such a message, or to one about something else."""
        kind = self.kind(texte) or ("hors_sujet" if off_topic else None)
        return self._courantes.message(kind, voix) if kind else None


class _Courantes:
    """The usual messages that are not about orientation, first match first."""

    def __init__(self, reponses: Sequence[ReponseCourante], oreille: Oreille) -> None:
        self._reponses = {r.type: r for r in reponses}
        self._oreille = oreille
        self._dits = _repertoire(oreille, {r.type: r.expressions for r in reponses}, formes=True)
        self._saufs = _repertoire(oreille, {r.type: r.sauf for r in reponses}, formes=True)

    def kind(self, texte: str) -> str | None:
        mots = self._oreille.words(texte)
        dits = self._dits.find(mots)
        saufs = {v.signe.type for v in self._saufs.find(mots)}
        found = {v.signe.type for v in dits} - saufs
        if "salutation" in found and not _only_greets(mots, dits):
            found.discard("salutation")
        return next((t for t in self._reponses if t in found), None)

    def message(self, kind: str, voix: Voix) -> str:
        return str(getattr(self._reponses[kind].message, voix))  # type: ignore[index]


def _loudest(appels: Mapping[str, float], secours: Mapping[str, Secours]) -> str | None:
    """The kind of help a learned model hears most, when it hears any."""
    if appels.get(SIGNAL, 0.0) <= 0:
        return None
    return max((k for k in appels if k in secours), key=lambda k: appels[k])


def _only_greets(mots: Sequence[Parole], dits: Sequence[Vu]) -> bool:
    greeted = {i for v in dits if v.signe.type == "salutation" for i in range(v.debut, v.fin)}
    return sum(m.forme.isalnum() for m in mots) - len(greeted) <= MOTS_AUTOUR_D_UN_SALUT


class _Sujets:
    """Tells a text about these métiers, or about oneself, from a text about something else."""

    def __init__(self, regles: ReglesHorsSujet, oreille: Oreille) -> None:
        self._oreille = oreille
        listes: dict[str, list[str]] = regles.model_dump()
        self._repertoires = (
            _repertoire(oreille, {k: v for k, v in listes.items() if k not in _FORMES_EXACTES}),
            _repertoire(oreille, {k: listes[k] for k in _FORMES_EXACTES}, formes=True),
        )

    def off_topic(self, texte: str, mots_utiles: int) -> bool:
        mots = self._oreille.words(texte)
        vus: dict[str, list[Vu]] = {}
        for vu in (vu for repertoire in self._repertoires for vu in repertoire.find(mots)):
            vus.setdefault(vu.signe.type, []).append(vu)
        return bool(mots) and _Sujet(mots, vus, mots_utiles).is_another


@dataclass(frozen=True)
class _Sujet:
    """What was found in one text, and whether it makes another subject than ours."""

    mots: Sequence[Parole]
    vus: Mapping[str, Sequence[Vu]]
    mots_utiles: int

    @property
    def is_another(self) -> bool:
        if self._outside("sujet", "faux_sujet"):
            return False
        secteurs = self._outside("secteurs", "faux_sujet")
        if any(self._is_wished(s) for s in secteurs) or self._seen("autres"):
            return True
        # A field that is left or refused is a story of oneself.
        if secteurs or self._outside("sujet_faible", "faux_sujet"):
            return False
        if self.mots_utiles > len(self._seen("faux_sujet")):
            return False
        if self._seen("vague"):
            return False
        elsewhere = self._seen("souhait_fort") or self._seen("faux_sujet")
        return bool(elsewhere) or not self._seen("soi")

    def _seen(self, type: str) -> Sequence[Vu]:
        return self.vus.get(type, ())

    def _outside(self, type: str, autre: str) -> list[Vu]:
        """Those found that share no word with a longer expression of another kind."""
        autres = self._seen(autre)
        return [v for v in self._seen(type) if not any(a.debut < v.fin and v.debut < a.fin for a in autres)]

    def _is_wished(self, secteur: Vu) -> bool:
        """Another field is wished for unless it is what one leaves, has done or refuses."""
        avant = [v for v in self._near("souhait", "passe") if 0 <= secteur.debut - v.fin <= AVANT]
        apres = [v for v in self._near("passe") if 0 <= v.debut - secteur.fin <= APRES]
        proche = max(avant, key=lambda v: (v.fin, v.signe.type == "passe"), default=None)
        if any(m.forme in _REFUS for m in self.mots[max(0, secteur.debut - AVANT) : secteur.debut]):
            return False
        return not apres and (proche is None or proche.signe.type == "souhait")

    def _near(self, *types: str) -> list[Vu]:
        return [v for t in types for v in self._seen(t)]


def _repertoire(oreille: Oreille, listes: Mapping[str, Sequence[str]], *, formes: bool = False) -> Repertoire:
    signes = [Signes(type=nom, expressions=list(mots)) for nom, mots in listes.items() if mots]
    return Repertoire(oreille, signes, exact=True, formes=formes)
