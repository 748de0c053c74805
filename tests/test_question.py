"""What a question asks for, as people write it: which facts, of which métier, where."""

from __future__ import annotations

import pytest

from knowledge.loading import RACINE, read_as
from knowledge.theme import Glossaire, ReglesQuestion, Theme
from service.conseiller import Conseiller
from service.question import Demande, Questions

T = Theme


@pytest.fixture(scope="module")
def questions(conseiller: Conseiller) -> Questions:
    return conseiller.reponses.questions


DEMANDES: dict[str, tuple[str, tuple[Theme, ...], tuple[str, ...]]] = {
    "salaire": ("combien gagne une aide-soignante ?", (T.SALAIRE,), ("aide-soignant",)),
    "salaire_sms": ("cb gagn une assmat", (T.SALAIRE,), ("assistant-maternel",)),
    "salaire_masculin": ("quel est le salaire d'un infirmier", (T.SALAIRE,), ("infirmier",)),
    "formation": ("combien d'années d'études pour être sage-femme", (T.FORMATION,), ("sage-femme",)),
    "diplome": ("faut-il le bac pour être EJE ?", (T.DIPLOME,), ("educateur-de-jeunes-enfants",)),
    "vae": ("comment faire une VAE d'AES", (T.VAE,), ("accompagnant-educatif-et-social",)),
    "financement": ("qui paye la formation d'ambulancière ?", (T.FINANCEMENT,), ("ambulancier",)),
    "conditions": ("est-ce que c'est dur physiquement, aide-soignant ?", (T.CONDITIONS,), ("aide-soignant",)),
    "horaires": ("une infirmière travaille la nuit et le week-end ?", (T.HORAIRES,), ("infirmier",)),
    "age": ("à partir de quel âge peut-on être ambulancier ?", (T.AGE,), ("ambulancier",)),
    "age_en_lettres": ("cinquante-deux ans, trop vieille pour être AESH ?", (T.AGE,), ("accompagnant-eleves-handicap",)),
    "passerelle": (
        "je suis aide-soignante, y a-t-il une passerelle pour devenir infirmière ?",
        (T.PASSERELLE,),
        ("aide-soignant", "infirmier"),
    ),
    "immersion": ("je voudrais faire une immersion dans une crèche", (T.IMMERSION,), ()),
    "evolution": ("quelle évolution de carrière pour une ASH", (T.EVOLUTION,), ("agent-de-service-hospitalier",)),
    "recrutement": ("est-ce que ça recrute, médiateur social ?", (T.RECRUTEMENT,), ("mediateur-social",)),
    "difference": (
        "quelle différence entre une puéricultrice et une auxiliaire de puériculture ?",
        (T.DIFFERENCE,),
        ("puericulteur", "auxiliaire-de-puericulture"),
    ),
    "sigle": ("ça veut dire quoi EHPAD ?", (T.SIGLE,), ()),
    "offres": ("où trouver des offres d'emploi d'ergothérapeute à Rennes", (T.OFFRES,), ("ergotherapeute",)),
    "aide_humaine": ("je voudrais parler à quelqu'un de mon projet", (T.AIDE_HUMAINE,), ()),
}  # fmt: skip


@pytest.mark.parametrize(("texte", "themes", "metiers"), DEMANDES.values(), ids=DEMANDES.keys())
def test_what_is_asked_is_understood(
    questions: Questions, texte: str, themes: tuple[Theme, ...], metiers: tuple[str, ...]
) -> None:
    demande = questions.read(texte)
    assert (demande.themes, demande.metiers) == (themes, metiers)


def test_two_facts_are_heard_in_the_order_they_are_asked(questions: Questions) -> None:
    assert questions.read("combien d'études, et combien je gagne comme aide-soignante ?").themes == (
        T.FORMATION,
        T.SALAIRE,
    )
    assert questions.read("combien je gagne comme aide-soignante, et combien d'études ?").themes == (
        T.SALAIRE,
        T.FORMATION,
    )


def test_the_metier_spoken_of_before_is_kept_until_another_is_named(questions: Questions) -> None:
    assert questions.read("et les horaires ?", "sage-femme").metiers == ("sage-femme",)
    assert questions.read("et les horaires d'une infirmière ?", "sage-femme").metiers == ("infirmier",)


AUTRES = [
    "salaire plombier",
    "combien gagne une kiné",
    "quelles études pour être médecin ?",
    "prof des écoles, ça paye ?",
]


@pytest.mark.parametrize("texte", AUTRES)
def test_a_job_that_looks_like_ours_is_not_taken_for_one(questions: Questions, texte: str) -> None:
    demande = questions.read(texte, "aide-soignant")
    assert demande.themes == ()
    assert demande.autre_metier


def test_a_job_that_one_leaves_is_only_a_story(questions: Questions) -> None:
    demande = questions.read("je suis caissière, qui paye la formation d'aide-soignante ?")
    assert not demande.autre_metier
    assert demande.themes[0] is T.FINANCEMENT


@pytest.mark.parametrize(
    "texte", ["", "   ", "?", "😀", "x" * 500, "\x00", "combien de places à l'IFAS de Lille ?"]
)
def test_nothing_is_guessed(questions: Questions, texte: str) -> None:
    assert questions.read(texte).themes == ()


def place(demande: Demande) -> str | None:
    return demande.commune.nom if demande.commune else None


def test_a_town_is_heard_with_or_without_its_capital(questions: Questions) -> None:
    assert place(questions.read("offres d'aide-soignante à Rennes")) == "Rennes"
    assert place(questions.read("offre aide soignante a rennes")) == "Rennes"
    assert place(questions.read("est-ce que j'ai à faire des toilettes ?")) is None


def test_an_age_is_not_a_length_of_service(questions: Questions) -> None:
    assert questions.read("à 52 ans je peux devenir aide-soignante ?").age == 52
    assert questions.read("je travaille depuis 20 ans, quelle formation ?").age is None


def test_a_funding_scheme_is_heard_by_its_name(questions: Questions) -> None:
    assert questions.read("est-ce que mon CPF paye la formation ?").dispositifs == ("cpf",)


def test_every_sigle_of_the_glossary_is_found_when_asked_about(questions: Questions) -> None:
    glossaire: Glossaire = read_as(RACINE / "glossaire.yaml", Glossaire)
    for sigle in glossaire.sigles:
        asked = questions.read(f"ça veut dire quoi {sigle.sigle} ?")
        assert asked.sigle == sigle
        assert asked.themes[:1] == (T.SIGLE,), sigle.sigle


def test_what_the_file_gives_as_examples_is_understood(questions: Questions) -> None:
    """Examples are learned from: a theme that fails its own is wrongly worded."""
    regles: ReglesQuestion = read_as(RACINE / "themes.yaml", ReglesQuestion)
    for theme in regles.themes:
        understood = [theme.id in questions.read(exemple).themes for exemple in theme.exemples]
        assert sum(understood) >= 0.85 * len(understood), theme.id
