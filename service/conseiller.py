"""The counsellor: everything loaded once, and the questions the outside may ask of it.

Holds no state of any person. Each answer is computed from a Profil or a Conversation and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import loading
from knowledge.loading import Connaissances, load_knowledge
from knowledge.passages import all_passages
from knowledge.schema import Transfert
from models import encoder, index, lineaire
from models.encoder import Encodeur, EncodeurStatique
from models.index import Index
from models.lineaire import ModeleLineaire
from models.ranker import Poids
from service.diplomes import Diplomes, highest
from service.experiences import Acquis, Appellation, Experiences, load_appellations
from service.explication import Explication
from service.garde import SIGNAL, Garde
from service.geographie import Communes, load_communes
from service.lecture import Lecteur, Lecture
from service.matching import Classement, Place, match
from service.neutralisation import Neutraliseur
from service.orientation import (
    AccesPersonnel,
    Alerte,
    Certitude,
    Orientation,
    Recommandation,
)
from service.parcours import verdict
from service.profil import MetierInconnu, Profil, ProfilNeutre, Voix
from service.questionnaire import ProchaineQuestion, Questionnaire

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


class Conseiller:
    """Built once by `load`; safe to share between threads, since nothing in it changes."""

    def __init__(
        self,
        connaissances: Connaissances,
        communes: Communes,
        encodeur: Encodeur,
        passages: Index,
        affinite: ModeleLineaire,
        detresse: ModeleLineaire,
        hors_sujet: ModeleLineaire,
        poids: Poids,
    ) -> None:
        self.connaissances = connaissances
        self.communes = communes
        self.encodeur = encodeur
        self._passages = passages
        self._affinite = affinite
        self._detresse = detresse
        self._hors_sujet = hors_sujet
        self._poids = poids
        self._diplomes = Diplomes(connaissances)
        self._lecteur = Lecteur.load(connaissances.metiers, encodeur.mots)
        self.neutraliseur = Neutraliseur.load(self._lecteur.orthographe)
        transferts = loading.read_as(loading.RACINE / "transferts.yaml", list[Transfert])
        appellations = load_appellations(REFERENTIELS / "appellations.csv")
        self._experiences = Experiences(appellations, transferts, connaissances.metiers, encodeur)
        self.garde = Garde.load(connaissances)
        self.questionnaire = Questionnaire(connaissances)
        self.versions = {
            "connaissances": connaissances.version,
            "modele": "+".join((encodeur.version, affinite.version, poids.version)),
        }

    @classmethod
    def load(cls, racine: Path = loading.RACINE) -> Conseiller:
        """Read knowledge and models. Raises FicheInvalide, IndexPerime or ModelePerime, in French."""
        connaissances = load_knowledge(racine)
        encodeur = EncodeurStatique.load(encoder.ARTEFACT)
        passages = index.load(index.ARTEFACT, encodeur, all_passages(connaissances.metiers.values()))
        communes = load_communes(REFERENTIELS / "communes.csv")
        attraction, detresse, hors_sujet = (
            lineaire.load(dossier, encodeur)
            for dossier in (lineaire.AFFINITE, lineaire.DETRESSE, lineaire.HORS_SUJET)
        )
        poids = Poids.load()
        return cls(connaissances, communes, encodeur, passages, attraction, detresse, hors_sujet, poids)

    def orienter(self, profil: Profil, limite: int = 3, tout: bool = False) -> Orientation:
        """Rank the 26 for this profile; `tout` keeps every motif, else the main ones.

        Raises CommuneInconnue or MetierInconnu. Distress comes with no métier at all.
        """
        self._check(profil)
        alerte = self.alerter(profil.envies, profil.voix)
        vue = self._view(profil)
        off_topic = self._off_topic(profil, vue)
        if alerte or off_topic:
            return self._orientation((), vue, alerte=alerte, off_topic=off_topic)
        classement = match(vue.neutre, self.connaissances, self._poids)
        explication = Explication(profil.voix, _words(vue.lecture), vue.acquis.en_mots, self.connaissances)
        recommandations = tuple(
            self._recommend(place, rang, vue.neutre, explication, profil, tout)
            for rang, place in enumerate(classement.places[:limite], 1)
        )
        return self._orientation(recommandations, vue, classement=classement)

    def prochaine_question(self, profil: Profil, posees: Sequence[str]) -> ProchaineQuestion:
        """What to ask next, how many are expected to remain, whether the first three are stable."""
        self._check(profil)
        neutre = self._view(profil).neutre
        classement = match(neutre, self.connaissances, self._poids)
        return self.questionnaire.next_question(neutre, posees, self._belief(classement))

    def lire(self, texte: str) -> Lecture:
        """Read one text, personal details set aside first."""
        masked = self.masquer(texte)
        return self._lecteur.read(masked).with_jobs(self._experiences.practised_in(masked))

    def alerter(self, texte: str, voix: Voix) -> Alerte | None:
        """The reply to distress in one text, None when there is none."""
        # The rules hear all that was said; the learned opinion hears no name and no place.
        words, vecteur = self._heard(texte)
        return self.garde.alert(texte, voix, self._detresse.scores(words, vecteur) if words else {})

    def speaks_of_something_else(self, texte: str, mots_utiles: int) -> bool:
        """Whether a text is off topic; `mots_utiles` as counted by its Lecture."""
        # Neutral words: a name, a town or a gender must not decide that someone is off topic.
        words, vecteur = self._heard(texte)
        if not words:
            return self.garde.off_topic(words, mots_utiles, 0.0)
        ecart = self._hors_sujet.scores(words, vecteur)[SIGNAL]
        attraction = max(self._affinite.scores(words, vecteur).values())
        # Words that draw to one of these métiers are about it, unless they are plainly about something else.
        if attraction >= ATTIRANCE and ecart < ECART_CERTAIN:
            return False
        return self.garde.off_topic(words, mots_utiles, ecart)

    def masquer(self, texte: str) -> str:
        """The text with everything personal blanked: all that reading and measuring ever see."""
        return self.neutraliseur.mask(texte)

    def neutral_view(self, profil: Profil) -> ProfilNeutre:
        """All of this profile that may weigh on a score."""
        return self._view(profil).neutre

    # --- from a Profil to what may be scored -----------------------------------------------------------

    def _check(self, profil: Profil) -> None:
        if profil.commune:
            self.communes.get(profil.commune)
        if any(slug not in self.connaissances.metiers for slug in profil.exclus):
            raise MetierInconnu

    def _view(self, profil: Profil) -> _Vue:
        lecture = self.lire(profil.envies)
        complet = profil.completed_by(lecture.profil)
        reconnus = self._diplomes.recognise(complet.diplomes)
        acquis = self._experiences.taught_by(self._jobs(complet))
        practised = acquis.deja_exerces | lecture.exerces
        proximites, affinites = self._measured(profil.envies)
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
            acquis=reconnus.acquis | self._proved_by(practised),
            savoirs=savoirs,
            deja_exerces=practised,
            evocations=lecture.metiers,
            proximites=proximites,
            affinites=affinites,
            lus=frozenset(lecture.profil.said_fields() - profil.said_fields()),
            exclus=frozenset(complet.exclus),
        )
        return _Vue(neutre, lecture, acquis, reconnus.non_reconnus)

    def _jobs(self, profil: Profil) -> Iterator[Appellation]:
        for experience in profil.experiences:
            # « vendeuse » and « vendeur » are one job: the title loses its gender before it is compared.
            if appellation := self._experiences.nearest(self.neutraliseur.neutral_words(experience.intitule)):
                yield appellation

    def _proved_by(self, practised: frozenset[str]) -> frozenset[str]:
        """Who has practised a métier closed without its diploma holds that diploma."""
        metiers = (self.connaissances.metiers[slug] for slug in practised)
        return frozenset(
            m.acces.certifications[0]
            for m in metiers
            if m.exigences.diplome.obligatoire and m.acces.certifications
        )

    def _lived(self, profil: Profil) -> dict[str, float]:
        """What placements and volunteering say by their own words: « atelier tricot avec les résidents »."""
        lived: dict[str, float] = {}
        for experience in profil.experiences:
            for indice in self.lire(experience.intitule).indices:
                if indice.champ.startswith(("publics.", "activites.", "cadres.")):
                    lived[indice.champ] = 1.0
        return lived

    def _measured(self, texte: str) -> tuple[dict[str, float], dict[str, float]]:
        """How close a text is to each métier: by its passages, −1…1, and as learned, about −0.3…1."""
        words, vecteur = self._heard(texte)
        if not words:
            return {}, {}
        raw = self._passages.scores_by_key(vecteur)
        values = np.array(list(raw.values()))
        trust = min(1.0, len(words.split()) / MOTS_PLEINS) / (values.std() or 1.0) / ECARTS_TYPES_MAX
        close = np.clip((values - values.mean()) * trust, -1, 1)
        return dict(zip(raw, close.tolist(), strict=True)), dict(self._affinite.scores(words, vecteur))

    def _off_topic(self, profil: Profil, vue: _Vue) -> bool:
        """Only words can be off topic: a profile with anything else in it is about these métiers."""
        if not profil.envies or profil != Profil(envies=profil.envies, public=profil.public):
            return False
        return self.speaks_of_something_else(profil.envies, vue.lecture.mots_utiles)

    def _heard(self, texte: str) -> tuple[str, NDArray[np.float32]]:
        """The neutral words of a text, and their vector: all that learned models ever see."""
        words = self.neutraliseur.neutral_words(texte)
        return words, self.encodeur.encode([words])[0]

    def _belief(self, classement: Classement) -> NDArray[np.float64]:
        """In the order of the métiers, as the questionnaire counts them."""
        shares = {p.metier.slug: p.croyance for p in classement.places}
        return np.array([shares[slug] for slug in self.connaissances.metiers])

    # --- from a ranking to what is shown ---------------------------------------------------------------

    def _recommend(
        self,
        place: Place,
        rang: int,
        neutre: ProfilNeutre,
        explication: Explication,
        profil: Profil,
        tout: bool,
    ) -> Recommandation:
        etape = place.metier.acces.premiere_etape
        motifs, vigilances = explication.motifs(place), explication.vigilances(place)
        return Recommandation(
            metier=place.metier,
            rang=rang,
            score=round(place.croyance, 4),
            confiance=_certainty(place.croyance),
            motifs=motifs if tout else explication.main(motifs),
            vigilances=vigilances if tout else explication.main(vigilances),
            acces=AccesPersonnel(
                place.situation.distance.mois,
                verdict(neutre, place.metier, place.situation.distance),
                etape.tu if profil.voix == "tu" else etape.vous,
            ),
        )

    def _orientation(
        self,
        recommandations: tuple[Recommandation, ...],
        vue: _Vue,
        *,
        classement: Classement | None = None,
        alerte: Alerte | None = None,
        off_topic: bool = False,
    ) -> Orientation:
        suite = None
        if classement:
            suite = self.questionnaire.next_question(vue.neutre, (), self._belief(classement))
        return Orientation(
            recommandations=recommandations,
            resultat_clair=classement.clair if classement else False,
            hors_sujet=off_topic and alerte is None,
            alerte=alerte,
            prochaine_question=suite.question.id if suite and suite.question else None,
            non_reconnus=vue.non_reconnus,
            versions=self.versions,
            lecture=vue.lecture.indices,
        )


def _words(lecture: Lecture) -> Mapping[str, str]:
    return {i.champ: i.mots for i in lecture.indices}


def _merge(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {c: min(2.0, first.get(c, 0) + second.get(c, 0)) for c in {**first, **second}}


def _certainty(croyance: float) -> Certitude:
    if croyance >= FORTE:
        return Certitude.FORTE
    return Certitude.MOYENNE if croyance >= MOYENNE else Certitude.FAIBLE
