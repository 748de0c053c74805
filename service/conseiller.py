"""The counsellor: everything loaded once, and the questions the outside may ask of it.

Holds no state of any person. Each answer is computed from a Profil or a Conversation and forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import loading
from knowledge.loading import Connaissances, load_knowledge
from knowledge.passages import all_passages
from knowledge.schema import Metier, Question, Transfert
from models import encoder, index
from models.comprehension import SIGNAL
from models.encoder import Encodeur, EncodeurStatique
from models.index import Index
from models.ranker import Poids
from service.avis import Appris, Avis
from service.depart import Departs, proved_by
from service.diplomes import Diplomes, highest
from service.ecoute import Ecoute, hear
from service.ecrits import RIEN, Ecrit
from service.exigences import requirements
from service.experiences import Acquis, Appellation, Experiences, load_appellations
from service.explication import Explication
from service.garde import Garde
from service.geographie import Communes, load_communes
from service.hypotheses import Hypotheses, surprise_of
from service.intention import Intentions
from service.lecture import Lecteur, Lecture
from service.matching import Classement, Importances, Place, match
from service.neutralisation import Neutraliseur
from service.orientation import (
    AccesPersonnel,
    Alerte,
    Certitude,
    Orientation,
    Recommandation,
)
from service.parcours import Depart, Parcours
from service.profil import GOUTS, MetierInconnu, Profil, ProfilNeutre, Voix
from service.question import evoked
from service.questionnaire import ProchaineQuestion, Questionnaire
from service.recit import first_step
from service.reponses import Reponse, Reponses, answer_to
from service.reseau import network

REFERENTIELS = loading.RACINE / "referentiels"
# Two standard deviations above the mean of the 26 is as close as a text gets.
ECARTS_TYPES_MAX = 2.0
# A text of one or two words is measured too roughly to weigh as much as a sentence.
MOTS_PLEINS = 6
FORTE, MOYENNE = 0.12, 0.06
# Half of ordinary phrasings are above this attraction, and one off-topic text in ten (training/judgements).
ATTIRANCE = 0.4
ECART_CERTAIN = 2.0


@dataclass(frozen=True)
class _Vue:
    """A Profil as it may be scored, with the words and the doubts that go with it."""

    neutre: ProfilNeutre
    lecture: Lecture
    acquis: Acquis
    non_reconnus: tuple[str, ...]


@dataclass(frozen=True)
class Propos:
    """One text, heard and read."""

    ecoute: Ecoute
    vecteur: NDArray[np.float32]
    avis: Avis
    lecture: Lecture
    hors_sujet: bool


@dataclass(frozen=True)
class Personne:
    """All that is known of one person, and how they are spoken to."""

    profil: Profil
    """What was answered; the words of `envies` are in `ecrit`, already read."""
    ecrit: Ecrit = RIEN
    importances: Importances = field(default_factory=dict)
    voix: Voix = "vous"

    @cached_property
    def complet(self) -> Profil:
        """All that is known: answered, or read."""
        return self.profil.completed_by(self.ecrit.lecture.profil)


class Conseiller:
    """Built once by `load`; safe to share between threads, since nothing in it changes."""

    def __init__(
        self,
        connaissances: Connaissances,
        communes: Communes,
        encodeur: Encodeur,
        passages: Index,
        appris: Appris,
        poids: Poids,
    ) -> None:
        self.connaissances = connaissances
        self.communes = communes
        self.encodeur = encodeur
        self._passages = passages
        self.centres = passages.centres()
        """Slug → the direction of its métier among texts, a unit vector."""
        self._appris = appris
        self._poids = poids
        self._diplomes = Diplomes(connaissances)
        self._lecteur = Lecteur.load(connaissances.metiers, encodeur.mots)
        self.neutraliseur = Neutraliseur.load(self._lecteur.orthographe)
        transferts = loading.read_as(loading.RACINE / "transferts.yaml", list[Transfert])
        appellations = load_appellations(REFERENTIELS / "appellations.csv")
        self._experiences = Experiences(appellations, transferts, connaissances.metiers, encodeur)
        self.garde = Garde.load(connaissances)
        self.reponses = Reponses.load(connaissances, encodeur, self._lecteur.orthographe, communes)
        self.intentions = Intentions.load(connaissances, self._lecteur.lexique)
        self.questionnaire = Questionnaire(connaissances, poids)
        self._reseau = network(connaissances)
        self._departs = Departs(connaissances, self._diplomes, partial(hear, neutraliseur=self.neutraliseur))
        self.versions = {
            "connaissances": connaissances.version,
            "modele": "+".join((encodeur.version, appris.version, poids.version)),
        }
        self.version = hashlib.sha256(repr(self.versions).encode()).hexdigest()[:12]
        """Changes with anything that was read or learned."""
        self.slugs = tuple(sorted(connaissances.metiers))

    @classmethod
    def load(cls, racine: Path = loading.RACINE, *, transformer: bool = True) -> Conseiller:
        """Read knowledge and models; without `transformer`, only what a table look-up can read.

        Raises FicheInvalide, IndexPerime, ModelePerime or ComprehensionAbsente, in French.
        """
        connaissances = load_knowledge(racine)
        encodeur = EncodeurStatique.load(encoder.ARTEFACT)
        passages = index.load(index.ARTEFACT, encodeur, all_passages(connaissances.metiers.values()))
        communes = load_communes(REFERENTIELS / "communes.csv")
        appris = Appris.load(encodeur, transformer=transformer)
        return cls(connaissances, communes, encodeur, passages, appris, Poids.load())

    def orienter(self, profil: Profil, limite: int = 3, tout: bool = False) -> Orientation:
        """Rank the 26 for this profile; `tout` keeps every motif, else the main ones.

        Raises CommuneInconnue or MetierInconnu. Distress comes with no métier at all.
        """
        self._check(profil)
        propos = self.entendre(profil.envies)
        alerte = self.alerter(propos, profil.voix)
        personne = self._personne(profil, propos)
        if alerte:
            return self._orientation((), self._view(personne), alerte=alerte)
        return self.advise(personne, limite, tout, suite=True)

    def advise(
        self, personne: Personne, limite: int = 3, tout: bool = False, *, suite: bool = False
    ) -> Orientation:
        """The same for a person whose words were read already, without what to ask next unless `suite`."""
        vue = self._view(personne)
        if personne.ecrit.hors_sujet and _only_words(personne.profil):
            return self._orientation((), vue, off_topic=True)
        classement = self._rank(vue, personne)
        explained = self._explainer(personne, vue)
        recommandations = tuple(
            explained(place, rang, tout) for rang, place in enumerate(classement.places[:limite], 1)
        )
        other = surprise_of(classement, limite)
        surprise = explained(other, classement.rank(other.metier.slug), tout) if other else None
        asked = self._ask(vue, classement, ()).question if suite else None
        return self._orientation(
            recommandations, vue, clair=classement.clair, surprise=surprise, prochaine=asked
        )

    def explain(self, personne: Personne, slug: str) -> Recommandation:
        """The full account of one métier for this person, wherever it stands. Raises MetierInconnu."""
        if slug not in self.connaissances.metiers:
            raise MetierInconnu
        vue = self._view(personne)
        classement = self._rank(vue, personne)
        rang = classement.rank(slug)
        return self._explainer(personne, vue)(classement.places[rang - 1], rang, True)

    def suppose(self, personne: Personne) -> Hypotheses:
        """What would change if this person answered otherwise."""
        vue = self._view(personne)
        return Hypotheses(vue.neutre, self.questionnaire, partial(self._match, personne.importances))

    def parcours(self, personne: Personne, slug: str) -> tuple[Parcours, ...]:
        """Every way for this person to one métier, best first. Raises MetierInconnu."""
        if slug not in self.connaissances.metiers:
            raise MetierInconnu
        return self._reseau.vers(slug, self.departure(personne), personne.complet.etudes_max)

    def departure(self, personne: Personne) -> Depart:
        """Where this person stands: what they hold and have done. An age opens ways, and never scores."""
        return self._departs.of(personne.complet, self._view(personne).neutre)

    def prochaine_question(self, profil: Profil, posees: Sequence[str]) -> ProchaineQuestion:
        """What to ask next, how many are expected to remain, whether the first three are stable."""
        self._check(profil)
        return self.ask(self._personne(profil, self.entendre(profil.envies)), posees)

    def ask(self, personne: Personne, posees: Sequence[str]) -> ProchaineQuestion:
        """The same for a person whose words were read already."""
        vue = self._view(personne)
        return self._ask(vue, self._rank(vue, personne), posees)

    def entendre(self, texte: str) -> Propos:
        """Hear and read one text, personal details set aside first."""
        ecoute = hear(texte, self.neutraliseur)
        vecteur = self._direction(ecoute)
        avis = self._appris.think(ecoute, vecteur)
        read = self._lecteur.read(ecoute.masque).joined_by(avis.champs, avis.nies)
        lecture = read.with_jobs(self._experiences.practised_in(ecoute.masque))
        off_topic = self._off_topic(ecoute, avis, lecture)
        return Propos(ecoute, vecteur, avis, lecture, off_topic)

    def ecrit(self, propos: Propos, *, detresse: bool = False) -> Ecrit:
        """What weighs in one text."""
        return Ecrit(
            propos.lecture,
            len(propos.ecoute.mots),
            propos.avis.attractions,
            self._close(propos),
            propos.hors_sujet,
            detresse,
        )

    def direction(self, texte: str) -> NDArray[np.float32]:
        """Where a text points among texts, personal details set aside, without reading it: a unit vector."""
        return self._direction(hear(texte, self.neutraliseur))

    def alerter(self, propos: Propos, voix: Voix, *, repond: bool = False) -> Alerte | None:
        """The reply to distress in one text, None when there is none.

        `repond`: the words plainly answer the question on screen (« je lui tiens la main »). Only the rules
        decide then: the learned opinion never heard a question, and takes one such answer in ten for a call.
        """
        appels = propos.avis.appels
        if repond:
            appels = {**appels, SIGNAL: min(0.0, appels.get(SIGNAL, 0.0))}
        # The rules hear all that was said; the learned opinion heard no name and no place.
        return self.garde.alert(propos.ecoute.propre, voix, appels)

    def repondre(self, question: str, profil: Profil, metier: str | None = None) -> Reponse:
        """The answer to a question of fact; `metier` is the one spoken of before. Distress comes first.

        Raises CommuneInconnue or MetierInconnu.
        """
        self._check(profil)
        propos = self.entendre(question)
        alerte = self.alerter(propos, profil.voix)
        sujet = evoked(propos.lecture.indices) or metier
        return answer_to(alerte) if alerte else self.reponses.answer(question, profil, sujet)

    def neutral_view(self, profil: Profil) -> ProfilNeutre:
        """All of this profile that may weigh on a score."""
        return self._view(self._personne(profil, self.entendre(profil.envies))).neutre

    def _direction(self, ecoute: Ecoute) -> NDArray[np.float32]:
        vecteur: NDArray[np.float32] = self.encodeur.encode([ecoute.neutre])[0]
        return vecteur

    # --- from a Profil to what may be scored -----------------------------------------------------------

    def _check(self, profil: Profil) -> None:
        if profil.commune:
            self.communes.get(profil.commune)
        if any(slug not in self.connaissances.metiers for slug in profil.exclus):
            raise MetierInconnu

    def _personne(self, profil: Profil, propos: Propos) -> Personne:
        """Someone known by a Profil alone; `propos` is what their words say."""
        return Personne(profil, self.ecrit(propos), voix=profil.voix)

    def _view(self, personne: Personne) -> _Vue:
        profil, lecture = personne.profil, personne.ecrit.lecture
        complet = personne.complet
        reconnus = self._diplomes.recognise(complet.diplomes)
        acquis = self._experiences.taught_by(self._jobs(complet))
        practised = acquis.deja_exerces | lecture.exerces
        savoirs = _merge(acquis.savoirs, self._lived(profil))
        neutre = ProfilNeutre(
            publics=complet.publics,
            activites=complet.activites,
            cadres=complet.cadres,
            contraintes=complet.contraintes,
            permis=complet.permis,
            etudes_max=complet.etudes_max,
            niveau=highest(complet.niveau, reconnus.niveau),
            revenu_pendant_formation=complet.revenu_pendant_formation,
            aidant=complet.aidant,
            acquis=reconnus.acquis | proved_by(practised, self.connaissances.metiers),
            savoirs=savoirs,
            deja_exerces=practised,
            evocations=lecture.metiers,
            proximites=personne.ecrit.proximites,
            affinites=personne.ecrit.attractions,
            lus=frozenset(lecture.profil.said_fields() - profil.said_fields()),
            exclus=frozenset(complet.exclus),
        )
        return _Vue(neutre, lecture, acquis, reconnus.non_reconnus)

    def _jobs(self, profil: Profil) -> Iterator[Appellation]:
        for experience in profil.experiences:
            # « vendeuse » and « vendeur » are one job: the title loses its gender before it is compared.
            if appellation := self._experiences.nearest(hear(experience.intitule, self.neutraliseur).neutre):
                yield appellation

    def _lived(self, profil: Profil) -> dict[str, float]:
        """What placements and volunteering say by their own words: « atelier tricot avec les résidents »."""
        lived: dict[str, float] = {}
        for experience in profil.experiences:
            for indice in self._lecteur.read(self.neutraliseur.mask(experience.intitule)).indices:
                if indice.champ.partition(".")[0] in GOUTS:
                    lived[indice.champ] = 1.0
        return lived

    def _close(self, propos: Propos) -> dict[str, float]:
        """How close a text is to the passages of each métier, −1…1."""
        if not propos.ecoute.mots:
            return {}
        raw = self._passages.scores_by_key(propos.vecteur)
        values = np.array(list(raw.values()))
        trust = min(1.0, len(propos.ecoute.mots) / MOTS_PLEINS) / (values.std() or 1.0) / ECARTS_TYPES_MAX
        close = np.clip((values - values.mean()) * trust, -1, 1)
        return dict(zip(raw, close.tolist(), strict=True))

    def _off_topic(self, ecoute: Ecoute, avis: Avis, lecture: Lecture) -> bool:
        # Words that draw to one of these métiers are about it, unless they are plainly about something else.
        attraction = max(avis.attractions.values(), default=0.0)
        if attraction >= ATTIRANCE and avis.ecart < ECART_CERTAIN:
            return False
        # Neutral words: a name, a town or a gender must not decide that someone is off topic.
        return self.garde.off_topic(ecoute.neutre, lecture.mots_utiles, avis.ecart)

    def _match(self, importances: Importances, neutre: ProfilNeutre) -> Classement:
        return match(neutre, self.connaissances, self._poids, importances=importances)

    def _rank(self, vue: _Vue, personne: Personne) -> Classement:
        return self._match(personne.importances, vue.neutre)

    def _ask(self, vue: _Vue, classement: Classement, posees: Sequence[str]) -> ProchaineQuestion:
        return self.questionnaire.next_question(vue.neutre, posees, self._belief(classement))

    def _belief(self, classement: Classement) -> NDArray[np.float64]:
        """In the order of the métiers, as the questionnaire counts them."""
        shares = {p.metier.slug: p.croyance for p in classement.places}
        return np.array([shares[slug] for slug in self.connaissances.metiers])

    # --- from a ranking to what is shown ---------------------------------------------------------------

    def _explainer(self, personne: Personne, vue: _Vue) -> Callable[[Place, int, bool], Recommandation]:
        """How a place in the ranking is told to this person."""
        explication = Explication(personne.voix, _words(vue.lecture), vue.acquis.en_mots, self.connaissances)
        depart = self._departs.of(personne.complet, vue.neutre)
        return partial(self._recommend, personne, depart, explication)

    def _recommend(
        self,
        personne: Personne,
        depart: Depart,
        explication: Explication,
        place: Place,
        rang: int,
        tout: bool,
    ) -> Recommandation:
        motifs, vigilances = explication.motifs(place), explication.vigilances(place)
        return Recommandation(
            metier=place.metier,
            rang=rang,
            score=round(place.croyance, 4),
            confiance=_certainty(place.croyance),
            motifs=motifs if tout else explication.main(motifs),
            vigilances=vigilances if tout else explication.main(vigilances),
            acces=self._access(personne, depart, place.metier),
            exigences=requirements(place.situation, personne.profil.age, personne.voix),
        )

    def _access(self, personne: Personne, depart: Depart, metier: Metier) -> AccesPersonnel:
        limite = personne.complet.etudes_max
        best = self._reseau.meilleur(metier.slug, depart, limite)
        mois = metier.acces.duree_mois if best.mois_total is None else best.mois_total
        return AccesPersonnel(mois, best.verdict(limite), first_step(best, self.connaissances, personne.voix))

    def _orientation(
        self,
        recommandations: tuple[Recommandation, ...],
        vue: _Vue,
        *,
        clair: bool = False,
        alerte: Alerte | None = None,
        off_topic: bool = False,
        surprise: Recommandation | None = None,
        prochaine: Question | None = None,
    ) -> Orientation:
        return Orientation(
            recommandations=recommandations,
            resultat_clair=clair,
            hors_sujet=off_topic and alerte is None,
            alerte=alerte,
            prochaine_question=prochaine.id if prochaine else None,
            non_reconnus=vue.non_reconnus,
            versions=self.versions,
            lecture=vue.lecture.indices,
            surprise=surprise,
        )


def _only_words(profil: Profil) -> bool:
    """Only words can be off topic: a profile with anything else in it is about these métiers."""
    return profil == Profil(envies=profil.envies, public=profil.public)


def _words(lecture: Lecture) -> Mapping[str, str]:
    return {i.champ: i.mots for i in lecture.indices}


def _merge(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {c: min(2.0, first.get(c, 0) + second.get(c, 0)) for c in {**first, **second}}


def _certainty(croyance: float) -> Certitude:
    if croyance >= FORTE:
        return Certitude.FORTE
    return Certitude.MOYENNE if croyance >= MOYENNE else Certitude.FAIBLE
