"""What a sentence does in the chat: `intentions.jsonl` holds phrasings of many hands, each with its act."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from knowledge.loading import RACINE, Connaissances, load_knowledge, read_as
from knowledge.schema import Question, ReglesIntention
from models.encoder import EncodeurStatique
from service.choix import INCONNU
from service.ecoute import hear
from service.formules import stems
from service.intention import Acte, Intention, Intentions
from service.lecture import Lecteur
from service.neutralisation import Neutraliseur

LIGNES = Path(__file__).with_name("intentions.jsonl").read_text(encoding="utf-8").splitlines()
# Any: texte, question, acte, and where they apply choix, metiers, complete.
PHRASES: list[dict[str, Any]] = [json.loads(ligne) for ligne in LIGNES]
REPONSES = [p for p in PHRASES if p["acte"] == Acte.REPONSE]


@dataclass(frozen=True)
class Chat:
    """Hears a sentence and says what it does, as the Conseiller does."""

    connaissances: Connaissances
    questions: dict[str, Question]
    neutraliseur: Neutraliseur
    intentions: Intentions

    def read(self, texte: str, question: str | None = None) -> Intention:
        on_screen = self.questions[question] if question else None
        return self.intentions.recognise(hear(texte, self.neutraliseur), on_screen)


@pytest.fixture(scope="module")
def chat() -> Chat:
    connaissances = load_knowledge()
    lecteur = Lecteur.load(connaissances.metiers, EncodeurStatique.load().mots)
    questions = {q.id: q for q in connaissances.questions}
    neutraliseur = Neutraliseur.load(lecteur.orthographe)
    return Chat(connaissances, questions, neutraliseur, Intentions.load(connaissances, lecteur.lexique))


def share(right: list[bool]) -> float:
    return sum(right) / len(right)


def test_the_act_is_recognised_nineteen_times_in_twenty(chat: Chat) -> None:
    assert share([chat.read(p["texte"], p["question"]).acte == p["acte"] for p in PHRASES]) >= 0.97


def test_the_choice_an_answer_makes_is_found(chat: Chat) -> None:
    assert share([chat.read(p["texte"], p["question"]).choix == p["choix"] for p in REPONSES]) >= 0.95


def test_an_answer_that_says_more_is_told_from_one_that_does_not(chat: Chat) -> None:
    known = [(p, chat.read(p["texte"], p["question"])) for p in REPONSES if "complete" in p]
    right = [lu.complete == p["complete"] for p, lu in known if lu.choix == p["choix"]]
    assert share(right) >= 0.97


def test_metiers_are_recognised_by_every_name(chat: Chat) -> None:
    named = [p for p in PHRASES if "metiers" in p]
    assert (
        share([set(chat.read(p["texte"], p["question"]).metiers) == set(p["metiers"]) for p in named]) >= 0.97
    )


def test_no_answer_is_taken_for_its_opposite(chat: Chat) -> None:
    """A missed answer is read as words; a reversed one would mislead."""
    signes = {"2": 1, "1": 1, "oui": 1, "un_peu": 1, "-1": -1, "-2": -1, "non": -1}
    for phrase in REPONSES:
        lu = chat.read(phrase["texte"], phrase["question"])
        attendu, eu = signes.get(phrase["choix"], 0), signes.get(lu.choix or "", 0)
        assert attendu * eu >= 0, phrase["texte"]


def test_wishes_and_experiences_stay_words_to_be_read(chat: Chat) -> None:
    paroles = [p for m in chat.connaissances.metiers.values() for p in m.paroles if "?" not in p]
    assert share([chat.read(p).acte is Acte.PAROLE for p in paroles]) >= 0.98


def test_a_wish_about_something_else_is_not_an_answer(chat: Chat) -> None:
    paroles = [p for m in chat.connaissances.metiers.values() for p in m.paroles if "?" not in p]
    for question in ("permis", "contraintes.nuit", "activites.reeduquer", "situations.frigo_vide"):
        assert share([chat.read(p, question).acte is not Acte.REPONSE for p in paroles]) >= 0.95, question


def test_every_label_of_every_choice_is_that_choice(chat: Chat) -> None:
    for question in chat.questions.values():
        for choix in question.choix:
            for texte in {choix.texte.tu, choix.texte.vous, choix.dit("tu", True), choix.dit("vous", True)}:
                lu = chat.read(texte, question.id)
                skipped = lu.acte is Acte.PASSER and choix.id == INCONNU
                assert skipped or (lu.choix, lu.complete) == (choix.id, True), (question.id, texte)


@pytest.mark.parametrize(
    ("texte", "question", "choix", "complete"),
    [
        ("oui grave", "publics.bebes", "2", True),
        ("ouais pourquoi pas", "publics.bebes", "1", True),
        ("bof", "publics.bebes", "-1", True),
        ("jamais de la vie", "publics.bebes", "-2", True),
        ("jsp", "publics.bebes", "je_ne_sais_pas", True),
        ("les vieux j'adore", "publics.personnes_agees", "2", True),
        ("oui, et j'aime aussi cuisiner", "publics.bebes", "2", False),
        ("non mon dos ne suit pas", "contraintes.port_de_charges", "non", True),
        ("un peu ça va", "contraintes.nuit", "un_peu", True),
        ("un an max", "etudes_max", "1_an", True),
        ("pas plus d'un an", "etudes_max", "1_an", True),
        ("pas d'études", "etudes_max", "aucune", True),
        ("j'ai le bac", "niveau", "bac", True),
        ("j'ai pas eu mon bac", "niveau", "sans_diplome", True),
        ("la 2", "situations.frigo_vide", "courrier", True),
    ],
)
def test_an_answer_makes_its_choice(
    chat: Chat, texte: str, question: str, choix: str, complete: bool
) -> None:
    assert chat.read(texte, question) == Intention(Acte.REPONSE, choix=choix, complete=complete)


@pytest.mark.parametrize(
    ("texte", "question"),
    [
        ("non, pas les bébés", "publics.personnes_agees"),
        ("oui mais pas les bébés", "publics.personnes_agees"),
        ("je préfère les enfants", "publics.personnes_agees"),
        ("j'adore les bébés", "activites.toilette"),
        ("j'aime le calme et travailler seule", "activites.animer"),
        ("oui", "situations.frigo_vide"),
        ("oui", None),
        ("j'aime bien, et vous ?", None),
        ("je me suis trompée de voie", None),
        ("", "permis"),
    ],
)
def test_a_correction_or_a_wish_is_left_to_the_reader(chat: Chat, texte: str, question: str | None) -> None:
    assert chat.read(texte, question) == Intention(Acte.PAROLE)


@pytest.mark.parametrize(
    ("texte", "acte", "metiers"),
    [
        ("pourquoi infirmière ?", Acte.POURQUOI_METIER, ("infirmier",)),
        ("et pourquoi pas sage-femme ?", Acte.POURQUOI_PAS, ("sage-femme",)),
        ("et assistante sociale alors ?", Acte.POURQUOI_PAS, ("assistant-de-service-social",)),
        ("aide-soignante, pourquoi pas", Acte.PAROLE, ()),
        ("ça paye combien aide-soignante ?", Acte.QUESTION, ("aide-soignant",)),
        ("combien argent le travail infirmier", Acte.QUESTION, ("infirmier",)),
        ("le salaire d'une AS ?", Acte.QUESTION, ("aide-soignant",)),
        ("tu as quoi comme formation à proposer ?", Acte.QUESTION, ()),
        ("et nounou alors", Acte.POURQUOI_PAS, ("assistant-maternel", "garde-d-enfants-a-domicile")),
    ],
)
def test_a_metier_in_question_is_named(chat: Chat, texte: str, acte: Acte, metiers: tuple[str, ...]) -> None:
    assert chat.read(texte) == Intention(acte, metiers=metiers)


def test_why_alone_is_about_the_question_on_screen_or_else_about_the_results(chat: Chat) -> None:
    assert chat.read("pourquoi ?", "publics.bebes").acte is Acte.POURQUOI_QUESTION
    assert chat.read("pourquoi ?").acte is Acte.POURQUOI_METIER


def test_every_phrasing_is_of_a_question_and_a_choice_that_exist(chat: Chat) -> None:
    regles: ReglesIntention = read_as(RACINE / "intentions.yaml", ReglesIntention)
    for nom, choix in regles.questions.items():
        assert set(choix) <= {c.id for c in chat.questions[nom].choix}, nom
    assert set(regles.actes) <= set(Acte)


def test_no_phrasing_of_an_act_is_made_of_small_words_or_a_refusal_alone() -> None:
    regles: ReglesIntention = read_as(RACINE / "intentions.yaml", ReglesIntention)
    for acte in regles.actes.values():
        assert not {("pas",), ("plus",), ("oui",), ("non",)} & {stems(e) for e in [*acte.dit, *acte.seul]}
