"""A parcours told to a person: what each step is, how long, on which conditions, and what to do next.

Every sentence comes with its source; a length nobody gives is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.loading import Connaissances
from knowledge.passerelle import Effet, next_moment
from knowledge.schema import Certification, Metier, Niveau, Source
from service.etapes import APPRENTI_SUR
from service.libelles import NIVEAUX_DEMANDES, duration
from service.orientation import Verdict
from service.parcours import TRAVAIL, Atout, Condition, Etape, Lien, Nature, Parcours, Statut
from service.profil import EtudesMax, Voix
from service.reponses_mots import lower

STATUTS: Mapping[Statut, str] = {
    Statut.ELEVE: "Élève ou étudiante, étudiant",
    Statut.APPRENTI: "Apprentie ou apprenti, avec un salaire",
    Statut.SALARIE: "Salariée ou salarié",
    Statut.STAGIAIRE: "En formation continue",
}
ATOUTS: Mapping[Atout, str] = {
    Atout.COURT: "Le plus court",
    Atout.PAYE: "Le plus tôt payé",
    Atout.SUR: "Le moins de conditions à vérifier",
}
# How a way is called, by the nature of its first step.
_DEBUTS: Mapping[Nature, str] = {
    Nature.FORMATION: "Par une école",
    Nature.APPRENTISSAGE: "En apprentissage",
    Nature.VAE: "Par la validation de l'expérience (VAE)",
}


@dataclass(frozen=True)
class Precision:
    """One thing to know of a step; `verdict` when it is a condition."""

    texte: str
    verdict: Verdict | None = None
    source: Source | None = None


@dataclass(frozen=True)
class EtapeDite:
    nature: Nature
    titre: str
    duree: str
    statut: str
    precisions: tuple[Precision, ...]
    a_faire: str
    """What to do first, with its date where there is one."""
    mois: int | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class ParcoursDit:
    titre: str
    atouts: tuple[str, ...]
    resume: str
    verdict: Verdict
    etapes: tuple[EtapeDite, ...]
    entree: tuple[Precision, ...]
    """What the post itself asks for."""
    parcours: Parcours


def first_step(parcours: Parcours, connaissances: Connaissances, voix: Voix) -> str:
    """What to do first: as the métier's file says for its usual way in, else the first step of this way."""
    metier = connaissances.metiers[parcours.metier]
    usual = not parcours.etapes or parcours.etapes[0].cle in metier.acces.certifications
    if usual:
        etape = metier.acces.premiere_etape
        return etape.tu if voix == "tu" else etape.vous
    told = Recit(connaissances, voix).tell(parcours).etapes[0]
    post = connaissances.metiers.get(parcours.etapes[0].cle)
    return f"D'abord : {post.nom if post else lower(told.titre)}. {told.a_faire}"


class Recit:
    """Tells ways to one person; `jour`, when given, dates what comes next."""

    def __init__(self, connaissances: Connaissances, voix: Voix, jour: date | None = None) -> None:
        self._connaissances = connaissances
        self._tu = voix == "tu"
        self._jour = jour

    def tell(
        self, parcours: Parcours, limite: EtudesMax | None = None, atouts: tuple[Atout, ...] = ()
    ) -> ParcoursDit:
        """One way, whole."""
        metier = self._connaissances.metiers[parcours.metier]
        return ParcoursDit(
            self._title(parcours),
            tuple(ATOUTS[a] for a in atouts),
            self._summary(parcours, metier),
            parcours.verdict(limite),
            tuple(self._step(e, rang) for rang, e in enumerate(parcours.etapes)),
            (*_to_practise(metier), *(self._of_post(c, metier) for c in parcours.entree)),
            parcours,
        )

    # --- the whole --------------------------------------------------------------------------------------

    def _title(self, parcours: Parcours) -> str:
        if parcours.acquis:
            return self._say("Tu as déjà le diplôme", "Vous avez déjà le diplôme")
        if not parcours.etapes:
            return self._say("Te faire embaucher d'abord", "Vous faire embaucher d'abord")
        first = parcours.etapes[0]
        if first.cle == TRAVAIL:
            return "En travaillant quelques années d'abord"
        if first.nature is Nature.POSTE:
            return f"En travaillant d'abord comme {self._connaissances.metiers[first.cle].nom}"
        between = next((e.cle for e in parcours.etapes if e.nature is Nature.POSTE), None)
        if between:
            return f"En passant par le métier {self._connaissances.metiers[between].titre.apres_de}"
        stages = "" if len(parcours.etapes) == 1 else ", en plusieurs temps"
        return _DEBUTS[first.nature] + stages

    def _summary(self, parcours: Parcours, metier: Metier) -> str:
        if parcours.acquis:
            titre = self._connaissances.certifications[parcours.acquis].titre
            return f"{titre} : {self._say('tu peux', 'vous pouvez')} chercher un poste dès maintenant."
        total, formation = parcours.mois_total, parcours.mois_formation
        most = " au plus" if parcours.au_plus else " environ"
        if total is None:
            return "La durée de tout le chemin n'est pas connue : chaque école ou jury la fixe."
        if total == 0 and parcours.etapes:
            return "Un premier poste est possible après une formation de quelques jours."
        if total == 0:
            return "Un premier poste est possible sans attendre. La formation vient ensuite."
        parts = [f"{duration(total)}{most} avant un premier poste {metier.titre.apres_de}"]
        if formation != total:
            parts.append(f"dont {duration(formation)} de formation" if formation else "sans longue formation")
        return f"{', '.join(parts)}. {self._paid(parcours)}".strip()

    def _paid(self, parcours: Parcours) -> str:
        paid = parcours.mois_avant_paie
        if paid == 0 and parcours.etapes:
            return self._say("Tu gagnes ta vie dès le début.", "Vous gagnez votre vie dès le début.")
        return ""

    # --- one step ---------------------------------------------------------------------------------------

    def _step(self, etape: Etape, rang: int) -> EtapeDite:
        if etape.nature is Nature.POSTE:
            return self._post(etape)
        certification = self._connaissances.certifications[etape.cle]
        precisions = tuple(p for c in etape.conditions if (p := self._of_course(c, etape, certification)))
        shortened = (*_selection(etape, certification), *(self._of_link(lien) for lien in etape.liens))
        return EtapeDite(
            etape.nature,
            certification.titre,
            self._length(etape, certification),
            STATUTS[etape.statut],
            shortened + precisions,
            self._to_do(etape, certification, rang),
            etape.mois,
            _unique([certification.sources[certification.entree.source], *_sources(shortened + precisions)]),
        )

    def _post(self, etape: Etape) -> EtapeDite:
        metier = self._connaissances.metiers.get(etape.cle)
        titre = metier.titre.double if metier else "Un emploi, quel qu'il soit"
        precisions = tuple(self._of_post(c, metier) for c in etape.conditions) if metier else ()
        to_do = self._say("Regarde les offres près de chez toi.", "Regardez les offres près de chez vous.")
        duree = "Le temps d'avoir de l'expérience" if etape.mois is None else duration(etape.mois)
        sources = _unique(_sources(precisions))
        return EtapeDite(
            etape.nature, titre, duree, STATUTS[etape.statut], precisions, to_do, etape.mois, sources
        )

    def _length(self, etape: Etape, certification: Certification) -> str:
        if etape.nature is Nature.VAE:
            return "La durée dépend du dossier."
        if etape.mois is None or etape.mois == 0:
            return certification.duree_texte
        most = " au plus : l'école réduit la formation" if etape.au_plus else " environ"
        return f"{duration(etape.mois)}{most}"

    def _to_do(self, etape: Etape, certification: Certification, rang: int) -> str:
        if etape.nature is Nature.VAE:
            return self._say("Dépose une demande sur France VAE.", "Déposez une demande sur France VAE.")
        if etape.nature is Nature.APPRENTISSAGE:
            return self._say(
                "Cherche un employeur et une école en même temps.",
                "Cherchez un employeur et une école en même temps.",
            )
        if self._jour and certification.calendrier and etape.statut is Statut.ELEVE and rang == 0:
            return self._date(certification.calendrier, self._jour)
        return self._say(
            "Demande à l'école sa prochaine date de dossier.",
            "Demandez à l'école sa prochaine date de dossier.",
        )

    def _date(self, cle: str, today: date) -> str:
        calendrier = self._connaissances.calendriers[cle]
        echeance, jour = next_moment(calendrier, today)
        when = f"{calendrier.nom} : {echeance.texte}, avant le {jour:%d/%m/%Y}"
        return when if jour.year == calendrier.annee else f"{when}. La date est celle de {calendrier.annee}."

    # --- what is asked for ------------------------------------------------------------------------------

    def _of_course(
        self, condition: Condition, etape: Etape, certification: Certification
    ) -> Precision | None:
        entree = certification.sources[certification.entree.source]
        verdict, seuil = condition.verdict, condition.seuil
        if condition.code == "niveau":
            return Precision(self._level(Niveau(str(seuil)), verdict), verdict, entree)
        if condition.code == "diplome":
            asked = ", ".join(self._connaissances.certifications[c].titre for c in certification.requiert)
            return Precision(f"Un diplôme est demandé avant : {asked}.", verdict, entree)
        if condition.code == "age":
            return self._age(condition, etape, entree)
        if condition.code == "revenu":
            return Precision(
                "Cette formation ne donne pas de salaire d'elle-même : voir qui peut payer.", verdict
            )
        if condition.code == "employeur":
            return Precision("L'employeur doit être d'accord, et garder le salaire.", verdict)
        if condition.code == "pratique":
            return Precision("Le nombre d'années de métier est à vérifier avec l'école.", verdict)
        if condition.code == "doute":
            doubts = [lien for lien in etape.liens if lien.passerelle.doute]
            return Precision(str(doubts[0].passerelle.doute), verdict, self._source(doubts[0]))
        # `admission` and `selection` are told by their passerelle.
        return None

    def _age(self, condition: Condition, etape: Etape, entree: Source) -> Precision:
        if etape.nature is Nature.APPRENTISSAGE and condition.seuil == APPRENTI_SUR:
            return Precision(
                "L'apprentissage va de 16 à 29 ans. Après, c'est possible dans certains cas.",
                condition.verdict,
            )
        return Precision(f"Il faut avoir {condition.seuil} ans.", condition.verdict, entree)

    def _level(self, asked: Niveau, verdict: Verdict) -> str:
        wanted = NIVEAUX_DEMANDES[asked]
        if verdict is Verdict.BLOQUANT:
            return f"Il faut {wanted}. {self._say('Tu ne l’as pas encore.', 'Vous ne l’avez pas encore.')}"
        return f"Il faut {wanted}."

    def _of_post(self, condition: Condition, metier: Metier) -> Precision:
        exigences = metier.exigences
        if condition.code == "permis":
            return Precision(
                exigences.permis.texte, condition.verdict, metier.sources[exigences.permis.source]
            )
        if condition.code == "agrement" and exigences.agrement:
            source = metier.sources[exigences.agrement.source]
            return Precision(exigences.agrement.texte, condition.verdict, source)
        acces = metier.sources[metier.acces.source]
        if condition.code == "niveau":
            return Precision(
                self._level(Niveau(str(condition.seuil)), condition.verdict), condition.verdict, acces
            )
        return Precision(
            "Certains employeurs embauchent avant la formation, d'autres non.", condition.verdict, acces
        )

    def _of_link(self, lien: Lien) -> Precision:
        return Precision(lien.passerelle.texte, None, self._source(lien))

    def _source(self, lien: Lien) -> Source:
        return self._connaissances.passerelles[lien.origine].sources[lien.passerelle.source]

    def _say(self, tu: str, vous: str) -> str:
        return tu if self._tu else vous


def _to_practise(metier: Metier) -> Iterator[Precision]:
    """What the law asks of whoever practises, however they came to it."""
    asked = (metier.exigences.diplome, metier.exigences.vaccination)
    yield from (Precision(e.texte, None, metier.sources[e.source]) for e in asked if e)


def _selection(etape: Etape, certification: Certification) -> Iterator[Precision]:
    """How one is chosen, unless experience exempts from it or is itself what is judged."""
    exempt = {lien.passerelle.effet for lien in etape.liens} & {Effet.SELECTION, Effet.AVANCEE}
    selection = certification.entree.selection
    if selection and not exempt and etape.nature is not Nature.VAE:
        source = certification.sources[certification.entree.source]
        yield Precision(f"Sélection : {lower(selection)}", None, source)


def _sources(precisions: Iterable[Precision]) -> Iterator[Source]:
    return (p.source for p in precisions if p.source)


def _unique(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple({(s.organisme, s.titre): s for s in sources}.values())
