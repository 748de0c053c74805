"""Makes the interview sheet of one person, from what they said and nothing else.

Addressed to the counsellor, so the sentences of the person's own pages are said again with « vous ».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from knowledge.schema import Metier, Public, Source
from service import libelles
from service.citations import quote
from service.conseiller import Conseiller, Personne
from service.contradictions import contradictions
from service.conversation import Parole, answer
from service.fiche import Fiche, Force, Route, Vigilance
from service.fil import Echange
from service.matching import PREMIERS
from service.orientation import Orientation, Recommandation, Verdict
from service.parcours import propose
from service.profil import GOUTS, Experience, Profil
from service.recit import ParcoursDit, Recit, first_step
from service.sondes import sondes

FORCES_MAX, MANQUES_MAX, VIGILANCES_MAX, ROUTES_MAX = 3, 4, 3, 3
# From this many months on, a training is a life to be arranged.
LONG_MOIS = 12
ECRIT = "écrit"
# Letters that the gender of a job may change at the end of its name.
RACINE = 3
MANQUES: dict[str, str] = {
    "niveau": "Le niveau d'études : il ouvre ou ferme des formations.",
    "etudes_max": "Le temps de formation accepté : il trie les chemins.",
    "revenu_pendant_formation": "Le besoin d'un salaire pendant la formation : il décide de l'alternance.",
    "permis": "Le permis : il compte pour aller chez les personnes.",
    "commune": "La commune : sans elle, pas d'offre ni de formation proche.",
    "age": "L'âge : il ouvre l'apprentissage et certaines aides.",
    "contraintes.week_end": "Les week-ends et les jours fériés : beaucoup de postes en demandent.",
    "contraintes.port_de_charges": "Ce que le corps peut porter : à savoir avant un stage.",
    "experiences": "Les emplois, les stages et le bénévolat déjà faits.",
    "diplomes": "Les diplômes déjà obtenus : certains raccourcissent le chemin.",
}
"""What matters most when nothing is said of it, in that order."""
_GRAVITE = (Verdict.BLOQUANT, Verdict.A_VERIFIER)


def make_fiche(echange: Echange, conseiller: Conseiller, jour: date) -> Fiche:
    """The sheet of this day. Raises nothing of its own: who said nothing has a sheet of questions."""
    personne = replace(echange.personne, voix="vous")
    advice = conseiller.advise(personne, PREMIERS, True)
    hypotheses = conseiller.suppose(personne)
    doutes = sondes(echange, conseiller, hypotheses)
    return Fiche(
        le=jour,
        metiers=tuple(r.metier.nom for r in advice.recommandations),
        clair=hypotheses.classement.clair,
        forces=_strengths(echange, advice, conseiller),
        contradictions=contradictions(echange, conseiller, hypotheses),
        manques=_missing(echange.profil, {d.champ for d in doutes}),
        sondes=tuple(d.sonde for d in doutes),
        vigilances=_cautions(advice.recommandations),
        routes=tuple(_routes(personne, advice, conseiller, jour)),
        versions=conseiller.versions,
    )


# --- three strengths, in the person's words ----------------------------------------------------------------


def _strengths(echange: Echange, advice: Orientation, conseiller: Conseiller) -> tuple[Force, ...]:
    """One of each kind first: what was done, what was learned, what is loved; then whatever is left."""
    found = list(_Forces(echange, advice, conseiller).every())
    kinds = dict.fromkeys(kind for kind, _ in found)
    first = [next(f for k, f in found if k == kind) for kind in kinds]
    rest = [f for _, f in found if f not in first]
    return tuple([*first, *rest][:FORCES_MAX])


@dataclass(frozen=True)
class _Forces:
    echange: Echange
    advice: Orientation
    conseiller: Conseiller

    def every(self) -> Iterator[tuple[str, Force]]:
        """Kind of strength, and the strength; the most telling kinds first."""
        profil = self.echange.profil
        yield from (("travail", self._job(e)) for e in profil.experiences)
        if profil.aidant:
            yield "proche", self._said("aidant", "S'est occupé ou occupée d'un proche")
        yield from (("diplome", self._diploma(d)) for d in profil.diplomes)
        yield from (("envie", force) for force in self._tastes(profil))
        for cle, reponse in profil.contraintes.items():
            if reponse == "oui":
                yield "souplesse", self._said(f"contraintes.{cle}", f"Accepte {libelles.CONTRAINTES[cle]}")
        if profil.permis:
            yield "permis", self._said("permis", "A le permis B")

    def _job(self, experience: Experience) -> Force:
        annees = experience.annees
        years = f", {annees:g} an{'s' if annees > 1 else ''}" if annees else ""
        motifs = (m for r in self.advice.recommandations for m in r.motifs)
        taught = next((m.texte for m in motifs if m.code == "experience"), "")
        _, known, savoirs = taught.rstrip(".").partition(" : ")
        what = f"{experience.intitule}{years}" + (f" : {savoirs}" if known else "")
        mots, ou = self._quote(experience.intitule, _root(experience.intitule))
        return Force(quoi=what, mots=mots, ou=ou)

    def _diploma(self, titre: str) -> Force:
        mots, ou = self._quote(titre)
        return Force(quoi=f"Diplôme : {titre}", mots=mots, ou=ou)

    def _tastes(self, profil: Profil) -> Iterator[Force]:
        """What is loved: first what counted for the first métiers, the strongest first."""
        weights = {m.code: m.poids for r in reversed(self.advice.recommandations) for m in r.motifs}
        liked = {f"{r}.{c}": d for r in GOUTS for c, d in getattr(profil, r).items() if d > 0}
        for champ in sorted(liked, key=lambda c: (-liked[c], -weights.get(c, 0.0), c)):
            yield self._said(champ, _wish(champ))

    def _said(self, champ: str, quoi: str) -> Force:
        """One thing known, with the words it was said in, or the button's."""
        mots = next((i.mots for i in self.echange.personne.ecrit.lecture.indices if i.champ == champ), "")
        if mots and champ not in self.echange.personne.profil.said_fields():
            return Force(quoi=quoi, mots=self._sentence(mots) or mots, ou=ECRIT)
        made = [m for t in self.echange.conversation.tours if (m := answer(t)) and m.question == champ]
        if not made:
            return Force(quoi=quoi, ou="répondu à une question plus large")
        words = self.conseiller.questionnaire.choice_text(made[-1], self.echange.conversation.voix)
        return Force(quoi=quoi, mots=words, ou="répondu")

    def _quote(self, *mots: str) -> tuple[str, str]:
        """The sentence the first of these words found stand in, and where it was said."""
        found = next((s for m in mots if (s := self._sentence(m))), "")
        return (found, ECRIT) if found else ("", "dit dans la conversation")

    def _sentence(self, mots: str) -> str:
        """The person's own sentence around these words, wherever they wrote them."""
        textes = (t.texte for t in self.echange.conversation.tours if isinstance(t, Parole))
        return next((found for texte in textes if (found := quote(texte, mots))), "")


def _root(intitule: str) -> str:
    """What the names of a job share, « cuisin » for « cuisinier de cantine » and « cuisinière »."""
    first = intitule.split(maxsplit=1)[0]
    return first[:-RACINE] if len(first) > 2 * RACINE else intitule


def _wish(champ: str) -> str:
    """« Travailler avec des bébés », « Soigner », « Travailler à l'hôpital »."""
    racine, _, cle = champ.partition(".")
    return (
        f"Travailler avec {libelles.PUBLICS[Public(cle)]}" if racine == "publics" else libelles.CHAMPS[champ]
    )


# --- what is not said, and what stands in the way ----------------------------------------------------------


def _missing(profil: Profil, asked: set[str]) -> tuple[str, ...]:
    """Facts nobody spoke of and that no question of the sheet asks for already."""
    said = profil.said_fields() | {c for c in ("commune", "age") if getattr(profil, c) is not None}
    return tuple(t for champ, t in MANQUES.items() if champ not in said | asked)[:MANQUES_MAX]


def _cautions(recommandations: Sequence[Recommandation]) -> tuple[Vigilance, ...]:
    """The gravest of each of the first métiers, then the gravest of the others; nothing twice."""
    rows = [list(_of_one(r)) for r in recommandations]
    first, others = [r[0] for r in rows if r], [v for r in rows for v in r[1:]]
    every = [*sorted(first, key=_gravity), *sorted(others, key=_gravity)]
    once = {v.texte: v for v in reversed(every)}
    return tuple(v for v in every if once[v.texte] is v)[:VIGILANCES_MAX]


def _gravity(vigilance: Vigilance) -> int:
    return _GRAVITE.index(vigilance.verdict)


def _of_one(reco: Recommandation) -> Iterator[Vigilance]:
    """What the métier asks for that is refused or unknown, then its length, then what weighs against it."""
    told = {e.code for e in reco.exigences}
    found = [(e.verdict, e.texte) for e in reco.exigences]
    if "etudes_max" not in told and reco.acces.duree_mois >= LONG_MOIS:
        found.append(
            (Verdict.A_VERIFIER, f"{libelles.duration(reco.acces.duree_mois)} avant un premier poste")
        )
    found += [(m.niveau, m.texte) for m in reco.vigilances if m.niveau and _tells(m.code, told)]
    grave = [(verdict, texte) for verdict, texte in found if verdict in _GRAVITE]
    for verdict, texte in sorted(grave, key=lambda p: _GRAVITE.index(p[0])):
        yield Vigilance(metier=reco.metier.nom, texte=texte.rstrip("."), verdict=verdict)


def _tells(code: str, told: set[str]) -> bool:
    """Whether a reason says something that the requirements do not; closeness of words is no caution."""
    return code not in told | {"affinite", "proximite", "obstacle", "acces.duree", "acces.niveau"}


# --- two or three routes -----------------------------------------------------------------------------------


def _routes(personne: Personne, advice: Orientation, conseiller: Conseiller, jour: date) -> Iterator[Route]:
    """The best way to each of the first métiers."""
    limite = personne.complet.etudes_max
    recit = Recit(conseiller.connaissances, "vous", jour)
    for reco in advice.recommandations[:ROUTES_MAX]:
        proposed = propose(conseiller.parcours(personne, reco.metier.slug), limite)
        for way in list(proposed)[:1]:
            first = first_step(way, conseiller.connaissances, "vous")
            yield _route(reco.metier, recit.tell(way, limite, proposed[way]), first)


def _route(metier: Metier, dit: ParcoursDit, first: str) -> Route:
    dated = [e.a_faire for e in dit.etapes[:1] if any(c.isdigit() for c in e.a_faire)]
    salaire = metier.salaire
    steps = [s for e in dit.etapes[:1] for s in e.sources]
    return Route(
        slug=metier.slug,
        metier=metier.nom,
        titre=dit.titre,
        resume=dit.resume.replace(f" {metier.titre.apres_de}", ""),
        paie=f"Paie brute : {salaire.bas} à {salaire.haut} € par mois ({salaire.periode}).",
        a_faire=(first, *dated),
        sources=tuple(dict.fromkeys(_cite(s) for s in (*steps, metier.sources[salaire.source]))),
    )


def _cite(source: Source) -> str:
    return f"{source.organisme}, vu le {source.vu_le:%d/%m/%Y}"
