"""Answers to questions of fact: every figure is in what they cite, and what is not known is said so.

Answers are made for the 26 métiers and every theme, and for pairs of métiers: far more than people will read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from knowledge.financement import Grille, Smic
from knowledge.loading import Connaissances
from knowledge.schema import Confiance, Source
from knowledge.theme import Theme
from service.conseiller import Conseiller
from service.profil import MetierInconnu, Profil, Situation
from service.reponses import Reponse
from service.reponses_ensemble import told
from service.reponses_faits import Contexte
from service.reponses_mots import MOTS_MAX
from web.app import create_app
from web.settings import Settings

QUESTIONS = {
    Theme.SALAIRE: "combien gagne {nom} ?",
    Theme.FORMATION: "combien de temps dure la formation pour devenir {nom} ?",
    Theme.DIPLOME: "quel diplôme faut-il pour être {nom} ?",
    Theme.VAE: "peut-on faire une VAE pour {nom} ?",
    Theme.FINANCEMENT: "comment financer : {nom} ?",
    Theme.CONDITIONS: "en quoi consiste le travail, {nom} ?",
    Theme.HORAIRES: "quels horaires pour {nom} ?",
    Theme.AGE: "à partir de quel âge peut-on être {nom} ?",
    Theme.PASSERELLE: "quelles passerelles vers {nom} ?",
    Theme.IMMERSION: "comment faire une immersion, {nom} ?",
    Theme.EVOLUTION: "quelle évolution de carrière, {nom} ?",
    Theme.RECRUTEMENT: "est-ce que ça recrute, {nom} ?",
    Theme.OFFRES: "où trouver des offres d'emploi, {nom} ?",
    Theme.AIDE_HUMAINE: "je voudrais parler à quelqu'un, {nom}",
}
NOMBRE = re.compile(r"\d+(?:,\d+)?")
ESPACES = re.compile(r"(?<=\d)[\u202f\u00a0 ](?=\d{3}(?!\d))")
MOT = re.compile(r"[\w'-]+")
SAMEDI = Profil(public=Situation.JEUNE, age=19)
QUARANTAINE = Profil(public=Situation.RECONVERSION, age=43, diplomes=["DEAES", "CAP AEPE"])


def numbers(texte: str) -> set[str]:
    """As written, whatever the space of thousands and the zeros of a decimal."""
    return {n.removesuffix(",0") for n in NOMBRE.findall(ESPACES.sub("", texte))}


def figures_by_source(connaissances: Connaissances) -> dict[str, set[str]]:
    """Every figure of the files, under each source that some fact of the same file cites for it."""
    found: dict[str, set[str]] = {}
    folders = (
        connaissances.metiers,
        connaissances.certifications,
        connaissances.passerelles,
        connaissances.financements,
    )
    for fiche in (fiche for folder in folders for fiche in folder.values()):
        for cle, source in fiche.sources.items():
            found.setdefault(identity(source), set()).update(
                *map(numbers, cited(fiche, cle, connaissances.smic))
            )
    for metier in connaissances.metiers.values():
        own = [metier.resume, *metier.pese, *(c.precision or "" for c in metier.conditions.values())]
        found[identity(metier.sources["jugement"])].update(*map(numbers, own))
    for contact in connaissances.contacts:
        said = (contact.nom, contact.aide.tu, contact.aide.vous)
        found.setdefault(identity(contact.source), set()).update(*map(numbers, said))
    found.setdefault(identity(connaissances.smic.source), set()).update(shares(connaissances))
    return found


def identity(source: Source) -> str:
    return source.model_dump_json()


def cited(value: object, cle: str, smic: Smic) -> Iterator[str]:
    """The words and figures of what cites this source."""
    if isinstance(value, BaseModel):
        own = getattr(value, "source", None) == cle
        for nom in type(value).model_fields:
            part = getattr(value, nom)
            if own and not isinstance(part, (BaseModel, list, dict)):
                yield figure(part)
            elif own and isinstance(part, list):
                yield from (figure(item) for item in part if isinstance(item, str))
            elif own and isinstance(part, BaseModel):
                yield from (figure(v) for v in part.model_dump().values())
            yield from cited(part, cle, smic)
        if own and isinstance(value, Grille):
            shares = {part for tranche in value.tranches for part in tranche.parts}
            yield from (str(int(smic.mensuel_brut * share / 100)) for share in shares)
    elif isinstance(value, dict):
        for part in value.values():
            yield from cited(part, cle, smic)
    elif isinstance(value, list):
        for part in value:
            yield from cited(part, cle, smic)


def figure(value: object) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def shares(connaissances: Connaissances) -> set[str]:
    """The minimum wage, its day, and the shares of it that pay scales know."""
    grilles = (f.grille for f in connaissances.financements.values() if f.grille)
    parts = {str(p) for grille in grilles for tranche in grille.tranches for p in tranche.parts}
    return parts | numbers(f"{connaissances.smic.depuis:%d/%m/%Y}")


def sentences(texte: str) -> list[str]:
    # « L.AS » is one word; a stop inside it ends nothing.
    return [p for p in re.split(r"(?<!\bL)[.?!\n]+", texte) if MOT.search(p)]


@pytest.fixture(scope="module")
def reponses(conseiller: Conseiller) -> list[tuple[str, Reponse]]:
    """Each métier on each theme, for nobody and for two people, and pairs of métiers."""
    metiers = list(conseiller.connaissances.metiers.values())
    asked = [
        (question.format(nom=metier.titre.feminin), profil)
        for metier in metiers
        for question in QUESTIONS.values()
        for profil in (Profil(), SAMEDI, QUARANTAINE)
    ]
    for a, b in pairwise(metiers):
        two = f"{a.titre.feminin} et {b.titre.feminin}"
        asked += [
            (f"quelle différence entre {two} ?", Profil()),
            (f"quelles passerelles entre {two} ?", Profil()),
        ]
    asked += [(question.format(nom="ces métiers"), SAMEDI) for question in QUESTIONS.values()]
    asked += [(f"que veut dire {sigle} ?", Profil()) for sigle in ("EHPAD", "AVS", "CPF", "RNCP", "MAS")]
    return [(q, conseiller.reponses.answer(q, profil)) for q, profil in asked]


def test_every_theme_of_every_metier_is_answered(
    reponses: list[tuple[str, Reponse]], conseiller: Conseiller
) -> None:
    by_question = dict(reponses)
    for metier in conseiller.connaissances.metiers.values():
        for theme, question in QUESTIONS.items():
            reponse = by_question[question.format(nom=metier.titre.feminin)]
            assert theme in reponse.themes, (metier.slug, theme)
            assert reponse.sources


def test_every_number_is_in_a_source_that_the_answer_cites(
    reponses: list[tuple[str, Reponse]], conseiller: Conseiller
) -> None:
    known = figures_by_source(conseiller.connaissances)
    titles = set().union(*(numbers(c.titre) for c in conseiller.connaissances.certifications.values()))
    invented = []
    for question, reponse in reponses:
        allowed = set().union(*(known.get(identity(s), set()) for s in reponse.sources))
        # What the person said of themselves comes back to them.
        allowed |= {"19", "43"}
        # The name of a training may hold its hours: « formation de 120 heures ».
        allowed |= titles
        strange = numbers(reponse.texte) - allowed
        if strange:
            invented.append(f"{question} : {sorted(strange)} dans « {reponse.texte} »")
    assert not invented, invented[:5]


def test_a_figure_that_no_file_holds_would_be_seen(conseiller: Conseiller) -> None:
    metier = conseiller.connaissances.metiers["aide-soignant"]
    known = figures_by_source(conseiller.connaissances)[identity(metier.sources[metier.salaire.source])]
    assert {"1867", "2500", "2025"} <= known
    assert not {"1868", "2600"} & known


def test_every_metier_is_named_in_both_genders(
    reponses: list[tuple[str, Reponse]], conseiller: Conseiller
) -> None:
    for question, reponse in reponses:
        if not reponse.metiers or reponse.theme in (Theme.AIDE_HUMAINE, Theme.SIGLE):
            continue
        titres = [conseiller.connaissances.metiers[slug].titre for slug in reponse.metiers]
        named = [titre.dans_la_phrase.lower() in reponse.texte.lower() for titre in titres]
        # A passerelle may lead from a diploma of the first to the second: the second is named.
        assert any(named) if reponse.theme is Theme.PASSERELLE else all(named), question


def test_sentences_are_short(reponses: list[tuple[str, Reponse]]) -> None:
    long = {p for _, r in reponses for p in sentences(r.texte) if len(MOT.findall(p)) > MOTS_MAX}
    assert not long, sorted(long)[:5]


def test_no_answer_promises_nor_abbreviates_a_gender(reponses: list[tuple[str, Reponse]]) -> None:
    for question, reponse in reponses:
        assert not re.search(r"fait pour vous|fait pour toi|garanti|·|\(e\)", reponse.texte), question


def test_a_young_person_is_told_tu_and_others_vous(
    reponses: list[tuple[str, Reponse]], conseiller: Conseiller
) -> None:
    for question in QUESTIONS.values():
        asked = question.format(nom="aide-soignante")
        young = conseiller.reponses.answer(asked, Profil(public=Situation.JEUNE)).texte
        assert not re.search(r"\b(?:vous|votre|vos)\b", young.replace("chez vous", "")), asked
        assert not re.search(r"\b(?:tu|ton|tes)\b", conseiller.reponses.answer(asked, Profil()).texte), asked


def test_the_least_sure_source_gives_the_confidence(conseiller: Conseiller) -> None:
    unsure = conseiller.reponses.answer("combien dure la formation d'auxiliaire de vie sociale ?", Profil())
    assert unsure.confiance is Confiance.FAIBLE
    assert "à vérifier" in unsure.texte


def test_two_facts_are_told_together(conseiller: Conseiller) -> None:
    reponse = conseiller.reponses.answer(
        "combien d'années d'études et combien je gagne comme aide-soignante à Lille ?", Profil()
    )
    assert reponse.themes == (Theme.FORMATION, Theme.SALAIRE)
    assert reponse.metier == "aide-soignant"
    assert "44 semaines" in reponse.texte
    assert "pas pour Lille" in reponse.texte


def test_the_metier_of_the_conversation_is_meant_when_none_is_named(conseiller: Conseiller) -> None:
    reponse = conseiller.reponses.answer("et ça gagne combien ?", Profil(), metier="sage-femme")
    assert reponse.metier == "sage-femme"
    other = conseiller.reponses.answer("combien gagne une infirmière ?", Profil(), metier="sage-femme")
    assert other.metier == "infirmier"


def test_a_metier_of_the_conversation_must_be_one_of_ours(conseiller: Conseiller) -> None:
    with pytest.raises(MetierInconnu):
        conseiller.reponses.answer("combien ?", Profil(), metier="plombier")


def test_without_a_metier_the_range_is_told_and_the_metier_asked_for(conseiller: Conseiller) -> None:
    reponse = conseiller.reponses.answer("combien on gagne ?", Profil())
    assert reponse.metier is None
    assert "De quel métier parlez-vous ?" in reponse.texte
    assert reponse.sources


INCONNUES = [
    "combien gagne un plombier ?",
    "quelles études pour être avocat ?",
    "quel est le salaire d'une kiné",
    "combien de places à l'IFSI de Rennes ?",
    "quel est le taux de réussite à l'IFAS ?",
    "c'est quoi le numéro de téléphone de l'école d'aide-soignante de Lille",
    "qui va gagner les élections ?",
    "azerty qwerty",
    "?",
]


@pytest.mark.parametrize("question", INCONNUES)
def test_what_is_not_ours_is_said_so_without_any_figure(conseiller: Conseiller, question: str) -> None:
    reponse = conseiller.reponses.answer(question, Profil())
    assert reponse.theme is None
    assert not reponse.sources
    assert reponse.metier is None
    assert not numbers(reponse.texte)
    assert len(reponse.proches) == 2
    assert reponse.contacts[0].contact.nom in reponse.texte


def test_a_young_person_is_sent_to_a_service_for_the_young(conseiller: Conseiller) -> None:
    contacts = conseiller.reponses.answer("azerty", Profil(public=Situation.JEUNE)).contacts
    assert contacts[0].contact.cle == "mission_locale"


def test_an_age_changes_what_is_said_of_apprenticeship(conseiller: Conseiller) -> None:
    question = "à quel âge peut-on devenir aide-soignante ?"
    assert "l'âge convient" in conseiller.reponses.answer(question, Profil(age=20)).texte
    assert "au plus tard à 29" in conseiller.reponses.answer(question, Profil(age=43)).texte.replace(
        "\u00a0", " "
    )
    assert "aucun âge maximum" in conseiller.reponses.answer(question, Profil(age=43)).texte


def test_who_is_too_young_for_the_training_is_not_sent_to_its_apprenticeship(conseiller: Conseiller) -> None:
    texte = conseiller.reponses.answer("à quel âge devenir aide-soignante ?", Profil(age=16)).texte
    assert "il est encore tôt" in texte
    assert "apprentissage" not in texte


def test_a_diploma_held_shortens_the_training_told(conseiller: Conseiller) -> None:
    question = "quelle formation pour devenir aide-soignante ?"
    assert "Avec votre diplôme" in conseiller.reponses.answer(question, QUARANTAINE).texte
    assert "Avec votre diplôme" not in conseiller.reponses.answer(question, Profil()).texte


def test_a_sigle_with_two_meanings_says_both(conseiller: Conseiller) -> None:
    texte = conseiller.reponses.answer("ça veut dire quoi AVS ?", Profil()).texte
    assert "auxiliaire de vie sociale" in texte
    assert "scolaire" in texte


def test_each_theme_has_something_to_say_or_keeps_silent(conseiller: Conseiller) -> None:
    reponses = conseiller.reponses
    contexte = Contexte(conseiller.connaissances, reponses.glossaire, ())
    silent = {theme for theme in Theme if not told(theme, contexte)}
    assert silent == {Theme.DIFFERENCE, Theme.EVOLUTION, Theme.SIGLE}


# --- through the API --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(conseiller: Conseiller) -> Iterable[TestClient]:
    with TestClient(create_app(Settings(), conseiller=conseiller)) as client:
        yield client


def test_the_api_answers_with_the_shape_of_the_contract(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/reponse", json={"question": "combien gagne une aide-soignante ?", "profil": {}}
    )
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"reponse", "theme", "metier", "sources", "confiance"}
    assert (body["theme"], body["metier"]) == ("salaire", "aide-soignant")
    assert set(body["sources"][0]) == {"organisme", "url", "vu_le"}
    assert body["confiance"] in ("haute", "moyenne", "faible")


def test_the_api_says_when_it_does_not_know(client: TestClient) -> None:
    body = client.post("/api/v1/reponse", json={"question": "salaire plombier"}).json()
    assert (body["theme"], body["metier"], body["sources"], body["confiance"]) == (None, None, [], None)


def test_distress_comes_before_any_fact(client: TestClient) -> None:
    asked = {"question": "je veux mourir, combien gagne une aide-soignante ?"}
    body = client.post("/api/v1/reponse", json=asked).json()
    assert "3114" in body["reponse"]
    assert (body["theme"], body["sources"]) == (None, [])
