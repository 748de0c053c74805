"""The shape of what we know: métiers, certifications, questions, helplines.

Only types live here; `loading.py` reads the files. Every model refuses unknown keys, so a typing
mistake in a YAML file is an error that names the file and the field.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator


class Famille(StrEnum):
    """The five families of the programme Prendre soin."""

    PETITE_ENFANCE = "petite_enfance"
    SANTE = "sante"
    HANDICAP = "handicap"
    GRAND_AGE = "grand_age"
    SOCIAL = "social"


class Public(StrEnum):
    """Whom one works with."""

    BEBES = "bebes"
    ENFANTS = "enfants"
    ADOLESCENTS = "adolescents"
    ADULTES_HANDICAP = "adultes_handicap"
    PERSONNES_AGEES = "personnes_agees"
    PERSONNES_MALADES = "personnes_malades"
    FAMILLES_PRECARITE = "familles_precarite"


class Activite(StrEnum):
    """What one does."""

    SOIGNER = "soigner"
    TOILETTE = "toilette"
    EDUQUER = "eduquer"
    ANIMER = "animer"
    ECOUTER_ORIENTER = "ecouter_orienter"
    CUISINER_ENTRETENIR = "cuisiner_entretenir"
    CONDUIRE = "conduire"
    REEDUQUER = "reeduquer"


class Cadre(StrEnum):
    """Where one works."""

    DOMICILE_DES_PERSONNES = "domicile_des_personnes"
    CHEZ_SOI = "chez_soi"
    HOPITAL = "hopital"
    EHPAD = "ehpad"
    CRECHE_ECOLE = "creche_ecole"
    FOYER_INSTITUTION = "foyer_institution"
    QUARTIER_RUE = "quartier_rue"
    BUREAU = "bureau"
    ROUTE = "route"


class Contrainte(StrEnum):
    """What a job may impose and a person may refuse."""

    NUIT = "nuit"
    WEEK_END = "week_end"
    HORAIRES_COUPES = "horaires_coupes"
    PORT_DE_CHARGES = "port_de_charges"


class Niveau(StrEnum):
    """Level of study, lowest first."""

    SANS_DIPLOME = "sans_diplome"
    CAP_BEP = "cap_bep"
    BAC = "bac"
    BAC_2 = "bac_2"
    BAC_3_PLUS = "bac_3_plus"


class Confiance(StrEnum):
    """How sure we are of a source."""

    HAUTE = "haute"
    MOYENNE = "moyenne"
    FAIBLE = "faible"


class Origine(StrEnum):
    """Where a rating comes from: a ROME work context, or our own judgement."""

    ROME = "rome"
    JUGEMENT = "jugement"


class Frequence(StrEnum):
    """How often a constraint is met in the job."""

    JAMAIS = "jamais"
    PARFOIS = "parfois"
    SOUVENT = "souvent"
    TOUJOURS = "toujours"

    @property
    def est_habituelle(self) -> bool:
        """Often enough that taking the job is accepting it."""
        return self in (Frequence.SOUVENT, Frequence.TOUJOURS)


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]
CleCertification = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+$")]
CodeRome = Annotated[str, StringConstraints(pattern=r"^[A-N]\d{4}$")]
CodeRncp = Annotated[str, StringConstraints(pattern=r"^RNCP\d{3,5}$")]
Texte = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Fiche(BaseModel):
    """Base of everything read from a file: frozen, no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Fiche):
    """Where a fact was read, and when."""

    organisme: Texte
    titre: Texte
    url: HttpUrl | None = None
    vu_le: date
    confiance: Confiance


class Titre(Fiche):
    feminin: Texte
    masculin: Texte

    @property
    def double(self) -> str:
        """Both genders in full words, once when they are the same."""
        same = self.feminin == self.masculin
        return self.feminin if same else f"{self.feminin} / {self.masculin}"

    @property
    def dans_la_phrase(self) -> str:
        """Both genders inside a sentence, what they share said once: « agente ou agent de service »."""
        feminin, masculin = uncapitalised(self.feminin).split(), uncapitalised(self.masculin).split()
        if feminin == masculin:
            return " ".join(feminin)
        shared = 0
        while feminin[-1 - shared] == masculin[-1 - shared]:
            shared += 1
        return " ".join([*feminin[: len(feminin) - shared], "ou", *masculin])

    @property
    def apres_de(self) -> str:
        """Both genders after « de »: « d'aide-soignante ou d'aide-soignant »."""
        feminin, masculin = _after_de(self.feminin), _after_de(self.masculin)
        return feminin if feminin == masculin else f"{feminin} ou {masculin}"


class Voix(Fiche):
    """The same sentence said to a young person (tu) and to an adult (vous)."""

    tu: Texte
    vous: Texte


class CodeRomeCite(Fiche):
    code: CodeRome
    libelle: Texte
    role: Literal["principal", "secondaire"]


class Moment(Fiche):
    """One concrete moment of a working day."""

    heure: Texte
    scene: Texte


class Intensite(Fiche):
    """How much of something there is in the job: 0 none, 4 the heart of it."""

    note: Annotated[int, Field(ge=0, le=4)]
    origine: Origine


class Intensites(Fiche):
    """Every key of the contract is rated; a missing one is an error."""

    publics: dict[Public, Intensite]
    activites: dict[Activite, Intensite]
    cadres: dict[Cadre, Intensite]

    @model_validator(mode="after")
    def _every_key_is_rated(self) -> Self:
        for nom, enum in (("publics", Public), ("activites", Activite), ("cadres", Cadre)):
            missing = sorted(set(enum) - set(getattr(self, nom)))
            if missing:
                raise ValueError(f"{nom} : il manque {', '.join(missing)}")
        return self


class Condition(Fiche):
    frequence: Frequence
    origine: Origine
    precision: Texte | None = None


class ExigenceSourcee(Fiche):
    texte: Texte
    source: str


class ExigenceDiplome(ExigenceSourcee):
    obligatoire: bool


class ExigencePermis(ExigenceSourcee):
    niveau: Literal["indispensable", "souvent_demande", "non"]


class ExigenceAge(ExigenceSourcee):
    ans: Annotated[int, Field(ge=14, le=75)]


class Exigences(Fiche):
    diplome: ExigenceDiplome
    permis: ExigencePermis
    age_minimum: ExigenceAge | None = None
    agrement: ExigenceSourcee | None = None
    vaccination: ExigenceSourcee | None = None


class Acces(Fiche):
    """How one gets in, by the usual shortest door."""

    sans_diplome: bool
    """True when a first post is open to someone without any diploma."""
    duree_mois: Annotated[int, Field(ge=0, le=96)]
    """Training before the first post, in months, for someone who meets `niveau_entree`."""
    niveau_entree: Niveau
    duree_texte: Texte
    remunere: bool
    """True when a usual route pays the person during training (apprentissage, paid post)."""
    embauche: Literal["courante", "possible"] | None = None
    """Whether people are hired before any training: usually, sometimes; None when they are not."""
    attente_mois: Annotated[int, Field(ge=0, le=24)] = 0
    """Months before that first post: an official approval to be waited for, a few days of course."""
    premiere_etape: Voix
    certifications: list[CleCertification]
    source: str


class Salaire(Fiche):
    """Gross monthly pay in euros, full time."""

    bas: Annotated[int, Field(ge=1000)]
    haut: Annotated[int, Field(ge=1000)]
    periode: Texte
    precision: Texte | None = None
    source: str


class Recrutement(Fiche):
    niveau: Literal["tres_recherche", "recherche", "equilibre"]
    texte: Texte
    offres_par_demandeur: float | None = None
    part_difficile_pct: float | None = None
    source: str


class Suite(Fiche):
    """A next step in working life; `vers` when it is one of the 26."""

    vers: Slug | None = None
    nom: Texte
    texte: Texte
    source: str


class Sigle(Fiche):
    sigle: Texte
    sens: Texte


class Lien(Fiche):
    titre: Texte
    url: HttpUrl
    vu_le: date


class Signe(Fiche):
    """An everyday expression that points to this métier rather than to its neighbours."""

    expression: Texte
    force: Annotated[int, Field(ge=1, le=3)]


class Facile(Fiche):
    """A métier in « facile à lire »: one idea a sentence, ten words at most, one sentence a line."""

    resume: Annotated[list[Texte], Field(min_length=1, max_length=2)]
    avec_qui: Annotated[list[Texte], Field(min_length=1, max_length=3)]
    """With whom, and where."""
    ce_qu_on_fait: Annotated[list[Texte], Field(min_length=3, max_length=4)]
    dur: Annotated[list[Texte], Field(min_length=2, max_length=3)]
    pour_entrer: Annotated[list[Texte], Field(min_length=1, max_length=3)]


class Metier(Fiche):
    """One of the 26 métiers."""

    slug: Slug
    titre: Titre
    autres_noms: list[Texte]
    statut: Literal["nomme", "propose"]
    """`nomme` in the programme's press kit, or `propose` by us."""
    famille: Famille
    familles_secondaires: list[Famille] = []
    rome: Annotated[list[CodeRomeCite], Field(min_length=1)]
    rome_version: Texte
    riasec: Annotated[str, StringConstraints(pattern=r"^[RIASEC]{1,2}$")]
    resume: Annotated[str, StringConstraints(min_length=40, max_length=240)]
    journee: Annotated[list[Moment], Field(min_length=3, max_length=6)]
    pour_qui: Texte
    ou: Texte
    plait: Annotated[list[Texte], Field(min_length=3, max_length=6)]
    pese: Annotated[list[Texte], Field(min_length=3, max_length=6)]
    facile: Facile
    intensites: Intensites
    conditions: dict[Contrainte, Condition]
    exigences: Exigences
    acces: Acces
    salaire: Salaire
    recrutement: Recrutement
    suites: list[Suite]
    glossaire: list[Sigle]
    en_savoir_plus: Lien
    signes: list[Signe]
    paroles: Annotated[list[Texte], Field(min_length=10)]
    """Short sentences someone drawn to this métier might say; searched, never shown."""
    sources: dict[str, Source]

    @property
    def nom(self) -> str:
        """Its title inside a sentence."""
        return self.titre.dans_la_phrase

    @model_validator(mode="after")
    def _conditions_complete(self) -> Self:
        missing = sorted(set(Contrainte) - set(self.conditions))
        if missing:
            raise ValueError(f"conditions : il manque {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _sources_known(self) -> Self:
        return check_sources(self, self.sources)

    @model_validator(mode="after")
    def _salary_ordered(self) -> Self:
        if self.salaire.bas > self.salaire.haut:
            raise ValueError("salaire : le bas dépasse le haut")
        return self


class Rncp(Fiche):
    numero: CodeRncp
    fin: date | None = None
    """Last day of registration; None when we could not read it."""
    successeur: CodeRncp | None = None
    anciens: list[CodeRncp] = []
    """Numbers that this one replaces: feeds go on giving them for years."""
    source: str


class Heures(Fiche):
    theorie: int | None = None
    pratique: int | None = None
    total: int | None = None


class Entree(Fiche):
    niveau: Niveau
    age_minimum: int | None = None
    permis: bool = False
    """True when the driving licence is asked for to enter."""
    texte: Texte
    selection: Texte | None = None
    source: str


class Voies(Fiche):
    initiale: bool
    apprentissage: bool
    continue_: Annotated[bool, Field(alias="continue")]
    reconversion: bool
    source: str


class Vae(Fiche):
    possible: bool | None
    """None when we do not know."""
    source: str


class Certification(Fiche):
    """A diploma, a title or a compulsory training."""

    cle: CleCertification
    titre: Texte
    autres_noms: list[Texte]
    niveau: Annotated[int, Field(ge=3, le=8)] | None
    baccalaureat: bool = False
    """True for a bac: other titles of its level do not open what asks for the bac itself."""
    rncp: Rncp | None = None
    heures: Heures | None = None
    mois: Annotated[int, Field(ge=0, le=96)] | None
    duree_texte: Texte
    mois_adulte: Annotated[int, Field(ge=0, le=96)] | None = None
    """After a first diploma, where it takes less time."""
    mois_apprentissage: Annotated[int, Field(ge=0, le=96)] | None = None
    """As an apprentice, where it takes longer than at school."""
    entree: Entree
    calendrier: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")] | None = None
    """Key of the calendar that rules the entry, in `calendriers.yaml`; None when each school has its own."""
    requiert: list[CleCertification] = []
    """Holding one of these is required to enter."""
    voies: Voies
    vae: Vae
    obligatoire: bool
    """True when the métier cannot be practised without it."""
    remarque: Texte | None = None
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _sources_known(self) -> Self:
        return check_sources(self, self.sources)


class Diplome(Fiche):
    """A diploma people declare that is not one of our certifications: it tells a level."""

    cle: CleCertification
    titre: Texte
    autres_noms: list[Texte]
    niveau: Literal[3, 4, 5, 6, 7] | None
    """None when it gives no level of study (BAFA, first aid, driving licence)."""
    baccalaureat: bool = False
    """True for a bac, or what stands for it."""
    equivaut: CleCertification | None
    """The certification its holders are taken to hold."""


Geste = Literal["passion", "envie", "tiede", "rejet", "reserve", "leve", "rien"]
"""What a speaker does with words: love, want, accept, refuse, hesitate, lift a refusal, or nothing."""


class EntreeLexique(Fiche):
    """Everyday expressions that say something of one field of a Profil."""

    champ: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_-]+)?$")]
    valeur: bool | str | None = None
    """For fields that are not degrees; None where the speaker's words decide."""
    mots: Annotated[list[Texte], Field(min_length=1)]


class Lexique(Fiche):
    """Words of everyday life, and the operators that say what a speaker does with them."""

    operateurs: dict[Geste, list[Texte]]
    champs: list[EntreeLexique]


class Transfert(Fiche):
    """What an earlier job, found by its ROME code, already taught."""

    rome: Annotated[list[str], Field(min_length=1)]
    """ROME codes or their beginnings: `G1602`, `N41`."""
    savoirs: Texte
    """What it brings, as said to the person: « le calme, l'accueil, la rigueur »."""
    publics: dict[Public, int] = {}
    activites: dict[Activite, int] = {}
    cadres: dict[Cadre, int] = {}


class Enonce(Fiche):
    """Words in two voices (tu, vous) and two readings (normal, easy to read)."""

    texte: Voix
    facile: Voix | None = None
    """None when `texte` is easy enough for both readings."""

    def dit(self, voix: Literal["tu", "vous"], facile: bool = False) -> str:
        """The words for one person: the easy ones where they are wanted and exist."""
        lecture = self.facile if facile and self.facile else self.texte
        return lecture.tu if voix == "tu" else lecture.vous


class Choix(Enonce):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]
    effet: dict[str, object] = {}
    """The part of a Profil this choice adds; checked against Profil by the tests of service."""


class Question(Enonce):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)?$")]
    aide: Voix | None = None
    """Why we ask, in words easy enough for both readings."""
    choix: Annotated[list[Choix], Field(min_length=2)]

    @property
    def est_une_scene(self) -> bool:
        """A mini-situation, answered by what one would do."""
        return self.id.startswith("situations.")

    @model_validator(mode="after")
    def _may_say_i_do_not_know(self) -> Self:
        if not any(c.id == "je_ne_sais_pas" and not c.effet for c in self.choix):
            raise ValueError("un choix « je_ne_sais_pas » sans effet est obligatoire")
        return self


class Numero(Fiche):
    numero: Texte
    pour: Texte
    horaires: Texte | None = None
    source: Source


class Secours(Fiche):
    """One kind of distress: what to say, and whom to call first."""

    type: Texte
    message: Voix
    numeros: Annotated[list[str], Field(min_length=1)]


class Signes(Fiche):
    """Expressions of one kind of distress."""

    type: Texte
    porte: Literal["soi", "autrui", "tous"] = "tous"
    """`soi`: said of oneself, so the subject decides; `autrui`: done by someone else to the speaker;
    `tous`: the words name everyone they need."""
    forme: Literal["suite", "ensemble", "mention"] = "suite"
    """`suite`: the words in this order; `ensemble`: close together, in any order; `mention`: the same, in a
    sentence that names nobody else and no job."""
    leger: bool = False
    """True when leaving a job is reason enough to say it."""
    expressions: Annotated[list[Texte], Field(min_length=1)]


class ReglesDetresse(Fiche):
    """The words of distress, those that look like them, and what decides between both."""

    abreviations: dict[str, str]
    mots_ordinaires: list[str]
    groupes: dict[str, list[str]]
    transparents: list[str]
    signes: list[Signes]
    faux_amis: list[Texte]
    contextes: dict[Literal["passe", "depasse", "aide", "hypothese", "present", "travail"], list[Texte]]


class ReglesHorsSujet(Fiche):
    """The words that bear on these métiers, and those that bear on something else."""

    sujet: list[Texte]
    sujet_faible: list[Texte]
    """Enough to be on topic unless another field is wished for."""
    faux_sujet: list[Texte]
    """Words of care said of something else: « soigner ma présentation »."""
    vague: list[Texte]
    """Unsure or general, and welcome: « je ne sais pas quoi faire »."""
    soi: list[Texte]
    """Speaking of oneself is on topic as long as no other field is wished for."""
    souhait: list[Texte]
    souhait_fort: list[Texte]
    """A wish for something precise: off topic when nothing in it is ours."""
    passe: list[Texte]
    """Before an earlier job: « caissière depuis », « marre de »."""
    secteurs: list[Texte]
    autres: list[Texte]
    """Subjects that are never ours: weather, sport, prices, orders given to a program."""


class ReponseCourante(Fiche):
    """A reply to a message that is not about orientation."""

    type: Literal["humain", "programme", "effacer", "insulte", "haine", "medecin", "salutation", "hors_sujet"]
    expressions: list[Texte] = []
    sauf: list[Texte] = []
    """Expressions that take the meaning away: « mon médecin m'a dit »."""
    message: Voix


class PhrasesActe(Fiche):
    """How one act of the chat is worded."""

    seul: list[Texte] = []
    """The act only when it is the whole message."""
    dit: list[Texte]
    """The act wherever it stands."""
    sauf: list[Texte] = []
    """Expressions that take the act away."""


class PhrasesFait(Fiche):
    """How a fact is asked for."""

    fort: list[Texte]
    theme: list[Texte]
    """Enough with a question mark, with a métier, or with nothing else."""
    sauf: list[Texte]


class PhrasesMetier(Fiche):
    """How one asks why a métier is shown, or why it is not."""

    pourquoi: list[Texte]
    pourquoi_seul: list[Texte]
    """Enough without naming a métier."""
    absent: list[Texte]
    et: list[Texte]
    """« et infirmière alors »: beside a métier and nothing else."""
    envie: list[Texte]
    """A wish for the métier named, which is no question."""


class ReglesIntention(Fiche):
    """The words that tell what a person does with a sentence in the chat."""

    actes: dict[str, PhrasesActe]
    """By act, the first listed wins."""
    reponses: dict[str, list[Texte]]
    """By choice: what answers any question."""
    seuls: dict[str, list[Texte]]
    """By choice: an answer only when nothing else is said."""
    liaisons: list[Texte]
    """Words that say nothing more."""
    questions: dict[str, dict[str, list[Texte]]]
    """By question, then by choice: what answers this question."""
    faits: PhrasesFait
    metiers: PhrasesMetier


def uncapitalised(texte: str) -> str:
    return texte[0].lower() + texte[1:]


def _after_de(nom: str) -> str:
    lower = uncapitalised(nom)
    return f"d'{lower}" if lower[0] in "aeiouyéèêâîô" else f"de {lower}"


class Proximite(Fiche):
    """The official pages of one's own département or région, where they are known."""

    departement: (
        Annotated[str, StringConstraints(pattern=r"^https://[^{}\s]+/\{departement\}/\w+$")] | None
    ) = None
    """`{departement}` stands for its path in the directory of the administration: `bretagne/morbihan`."""
    regions: dict[Annotated[str, StringConstraints(pattern=r"^\d{2,3}$")], HttpUrl] = {}
    """By INSEE code of the région."""
    source: Source
    """Where these addresses were read; what the contact does has its own source."""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if bool(self.departement) == bool(self.regions):
            raise ValueError("pres : une adresse par département, ou une par région")
        return self


class Contact(Fiche):
    """Somebody to talk to for real: a public service that receives people."""

    cle: Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$")]
    nom: Texte
    """In full words, its acronym after them."""
    publics: Annotated[list[Literal["jeune", "reconversion", "autre"]], Field(min_length=1)]
    pour_qui: Voix
    aide: Voix
    """What happens there."""
    gratuit: bool | None = None
    """None when we do not know."""
    url: HttpUrl | None = None
    """Where one finds the nearest one, from anywhere in France."""
    pres: Proximite | None = None
    metiers: list[Slug] = []
    """Only on the way to these métiers; to all of them when empty."""
    telephone: Texte | None = None
    source: Source

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.url or self.telephone):
            raise ValueError("une adresse ou un téléphone est obligatoire")
        return self


T = TypeVar("T", bound=BaseModel)


def check_sources(fiche: T, sources: dict[str, Source]) -> T:
    unknown = sorted(_cited(fiche.model_dump()) - set(sources))
    if unknown:
        raise ValueError(f"source citée mais absente de « sources » : {', '.join(unknown)}")
    return fiche


def _cited(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["source"]} if isinstance(value.get("source"), str) else set()
        return own.union(*(_cited(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(_cited(v) for v in value))
    return set()
