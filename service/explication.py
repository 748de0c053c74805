"""Every reason in words: the sentences behind the numbers, with what the person wrote.

Nothing is explained that did not count, nothing that counted is hidden: one sentence per contribution,
its weight unchanged. « peut vous convenir », never « fait pour vous ».
"""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.loading import Connaissances
from knowledge.schema import Activite, Cadre, Contrainte, Public
from service import libelles
from service.matching import Contribution, Place
from service.orientation import Motif, Verdict
from service.profil import GOUTS, Voix

# A contribution this small changes no rank: it stays in the full account, not among the main reasons.
SEUIL_VISIBLE = 0.05
MOTIFS_MAX = 5

# How much of a thing there is in a métier, for intensities 0 to 4.
_PRESENCE = (
    "Il n'y en a pas ici",
    "Il y en a peu ici",
    "Il y en a un peu ici",
    "Il y en a beaucoup ici",
    "C'est le cœur de ce métier",
)
_SOUVENT = {
    "jamais": "n'arrive pas",
    "parfois": "arrive parfois",
    "souvent": "arrive souvent",
    "toujours": "fait partie du quotidien",
}
_PHRASES: dict[str, tuple[str, str]] = {
    "long_avant": (
        "Il te faudrait environ {duree} avant un premier poste, en comptant tout.",
        "Il vous faudrait environ {duree} avant un premier poste, en comptant tout.",
    ),
    "trop_long": (
        "Il te faudrait environ {duree} de formation : plus que ce que tu acceptes.",
        "Il vous faudrait environ {duree} de formation : plus que ce que vous acceptez.",
    ),
    "convient": (
        "Le temps avant un premier poste ({duree}) va avec ce que tu acceptes.",
        "Le temps avant un premier poste ({duree}) va avec ce que vous acceptez.",
    ),
    "convient_deja": (
        "Tu peux commencer sans longues études, comme tu le veux.",
        "Vous pouvez commencer sans longues études, comme vous le voulez.",
    ),
    "manque": (
        "Ici, on demande souvent un niveau d'études plus haut que le tien.",
        "Ici, on demande souvent un niveau d'études plus haut que le vôtre.",
    ),
    "long": ("La formation est longue : environ {duree}.", "La formation est longue : environ {duree}."),
    "acquis": (
        "Tu as déjà un diplôme qui ouvre ce métier : {diplome}.",
        "Vous avez déjà un diplôme qui ouvre ce métier : {diplome}.",
    ),
    "passerelle": (
        "Ton diplôme ({diplome}) ouvre cette formation, ou la rend plus courte.",
        "Votre diplôme ({diplome}) ouvre cette formation, ou la rend plus courte.",
    ),
    "retour": (
        "Ce métier demande moins que le diplôme que tu as déjà.",
        "Ce métier demande moins que le diplôme que vous avez déjà.",
    ),
    "indispensable": (
        "Le permis B est indispensable, et tu ne l'as pas encore.",
        "Le permis B est indispensable, et vous ne l'avez pas encore.",
    ),
    "souvent_demande": (
        "Le permis B est souvent demandé, et tu ne l'as pas encore.",
        "Le permis B est souvent demandé, et vous ne l'avez pas encore.",
    ),
    "tout_de_suite": (
        "Tu peux toucher un salaire dès le début.",
        "Vous pouvez toucher un salaire dès le début.",
    ),
    "non_paye": (
        "La formation n'est pas payée en général, et il te faut un revenu.",
        "La formation n'est pas payée en général, et il vous faut un revenu.",
    ),
    "savoirs": (
        "Ce que tu as déjà fait t'a appris des choses utiles ici{savoirs}.",
        "Ce que vous avez déjà fait vous a appris des choses utiles ici{savoirs}.",
    ),
    "exerce": (
        "Tu as déjà fait ce métier : tu cherches peut-être autre chose.",
        "Vous avez déjà fait ce métier : vous cherchez peut-être autre chose.",
    ),
    "obstacle": (
        "Ce métier demande une chose que tu as refusée ou que tu ne peux pas faire.",
        "Ce métier demande une chose que vous avez refusée ou que vous ne pouvez pas faire.",
    ),
    "aidant": (
        "Tu as pris soin d'un proche : cela compte comme une expérience.",
        "Vous avez pris soin d'un proche : cela compte comme une expérience.",
    ),
    "nomme": (
        "{mots} : cela fait penser à ce métier.",
        "{mots} : cela fait penser à ce métier.",
    ),
    "refuse": (
        "{mots} : tu préfères éviter ce qui fait ce métier.",
        "{mots} : vous préférez éviter ce qui fait ce métier.",
    ),
    "proche": (
        "Ce que tu écris ressemble à ce que disent les gens de ce métier.",
        "Ce que vous écrivez ressemble à ce que disent les gens de ce métier.",
    ),
    "attire": (
        "Ce que tu écris va souvent avec ce métier.",
        "Ce que vous écrivez va souvent avec ce métier.",
    ),
    "loin": (
        "Ce que tu écris parle peu de ce métier.",
        "Ce que vous écrivez parle peu de ce métier.",
    ),
    "exclus": ("Tu as mis ce métier de côté.", "Vous avez mis ce métier de côté."),
}


class Explication:
    """Turns contributions into sentences, for one person's words and voice."""

    def __init__(
        self, voix: Voix, mots: Mapping[str, str], savoirs: tuple[str, ...], connaissances: Connaissances
    ) -> None:
        self._tu = voix == "tu"
        self._mots = mots
        self._savoirs = savoirs
        self._connaissances = connaissances

    def motifs(self, place: Place) -> tuple[Motif, ...]:
        """The positive contributions, strongest first."""
        positive = [c for c in place.contributions if c.poids > 0]
        return tuple(self._motif(c, place) for c in sorted(positive, key=_by_weight))

    def vigilances(self, place: Place) -> tuple[Motif, ...]:
        """The negative contributions, strongest first, each with how much it stands in the way."""
        negative = [c for c in place.contributions if c.poids < 0]
        return tuple(self._motif(c, place, _obstacle(c)) for c in sorted(negative, key=_by_weight))

    @staticmethod
    def main(motifs: tuple[Motif, ...]) -> tuple[Motif, ...]:
        """The reasons worth a line: those that could change a rank, five at most."""
        return tuple(m for m in motifs if abs(m.poids) >= SEUIL_VISIBLE)[:MOTIFS_MAX]

    def _motif(self, contribution: Contribution, place: Place, niveau: Verdict | None = None) -> Motif:
        texte = self._sentence(contribution, place)
        return Motif(contribution.constat.code, texte, round(contribution.poids, 4), niveau)

    def _sentence(self, contribution: Contribution, place: Place) -> str:
        code, cas = contribution.constat.code, contribution.constat.cas
        champ, _, cle = code.partition(".")
        if champ in GOUTS:
            return self._taste(champ, cle, cas)
        if champ == "contraintes":
            return self._limit(Contrainte(cle), cas)
        if cas == "convient" and not place.situation.distance.mois:
            cas = "convient_deja"
        phrase = _PHRASES[cas][0 if self._tu else 1]
        return phrase.format(
            duree=libelles.duration(place.situation.distance.mois),
            diplome=self._diploma(place),
            savoirs=f" : {', '.join(self._savoirs)}" if self._savoirs else "",
            mots=self._quote(f"metier.{place.metier.slug}"),
        )

    def _taste(self, champ: str, cle: str, cas: str) -> str:
        sens, _, note = cas.partition(".")
        said = self._said(champ, cle, sens == "souhait")
        presence = _PRESENCE[int(note)]
        quoted = self._mots.get(f"{champ}.{cle}")
        return f"{said[:-1]} (« {quoted} »). {presence}." if quoted else f"{said} {presence}."

    def _said(self, champ: str, cle: str, wished: bool) -> str:
        if champ == "publics":
            thing = f"travailler avec {libelles.PUBLICS[Public(cle)]}"
        elif champ == "activites":
            thing = libelles.ACTIVITES[Activite(cle)]
        else:
            thing = f"travailler {libelles.CADRES[Cadre(cle)]}"
        if self._tu:
            return f"Tu aimerais {thing}." if wished else f"Tu préfères ne pas {thing}."
        return f"Vous aimeriez {thing}." if wished else f"Vous préférez ne pas {thing}."

    def _limit(self, cle: Contrainte, cas: str) -> str:
        thing = libelles.CONTRAINTES[cle]
        quoted = self._mots.get(f"contraintes.{cle}")
        reason = f" (« {quoted} »)" if quoted else ""
        who = "Tu veux éviter" if self._tu else "Vous voulez éviter"
        return f"{who} {thing}{reason} : cela {_SOUVENT[cas.partition('.')[2]]} ici."

    def _diploma(self, place: Place) -> str:
        key = place.situation.distance.acquis or place.situation.distance.passerelle
        return self._connaissances.certifications[key].titre if key else ""

    def _quote(self, champ: str) -> str:
        quoted = self._mots.get(champ)
        said = "Tu parles" if self._tu else "Vous parlez"
        return f"{said} de « {quoted} »" if quoted else said.replace("parl", "en parl")


def _by_weight(contribution: Contribution) -> tuple[float, str]:
    return (-abs(contribution.poids), contribution.constat.code)


def _obstacle(contribution: Contribution) -> Verdict:
    """What a negative reason means in practice."""
    blocking = contribution.constat.cas in ("trop_long", "indispensable", "exclus")
    refused = contribution.constat.cas in ("non.toujours", "non.souvent")
    return Verdict.BLOQUANT if blocking or refused else Verdict.A_VERIFIER
