"""Can I afford it: named people, the schemes they hear of, and every figure they are shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import floor
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge import check
from knowledge.financement import Financement, Paie
from knowledge.loading import RACINE, FicheInvalide, load_knowledge, read_yaml
from knowledge.schema import Confiance, Niveau
from service.dispositifs import REGLES
from service.financement import Demande, Piste, Statut, paie_apprenti, pistes
from service.orientation import Verdict
from service.profil import Profil, Situation
from tests.test_knowledge import PROMISES, SAID_TO_TU, SAID_TO_VOUS, TYPOGRAPHIC_GENDER

CONNAISSANCES = load_knowledge()
FINANCEMENTS = CONNAISSANCES.financements
OUI, VOIR, NON = Verdict.COMPATIBLE, Verdict.A_VERIFIER, Verdict.BLOQUANT
CDI, CDD, PUBLIC, DEMANDEUR, ETUDES, INDEPENDANT, SANS = Statut
JEUNE, RECONVERSION = Situation.JEUNE, Situation.RECONVERSION
FORMATION = frozenset({"formation"})
ALTERNANCE = frozenset({"apprentissage"})
NOMBRE = re.compile(r"\d+(?:[\u202f ]\d{3})*(?:,\d+)?")
SIGLE = re.compile(r"\b[A-Z]{2,}\b")
PHRASE = re.compile(r"(?<=[.!?])\s+")
PHRASE_MAX, PHRASE_MOYENNE = 20, 12

cook = Demande(
    age=41, public=RECONVERSION, statut=CDI, natures=FORMATION, niveau=Niveau.CAP_BEP, diplome_vise_niveau=4
)
each_file = pytest.mark.parametrize("financement", FINANCEMENTS.values(), ids=lambda f: f.cle)

PERSONNES: list[tuple[str, Demande, dict[str, Verdict], set[str]]] = [
    ("a cook of 41 with a CDI", cook, {"cep": OUI, "transition_pro": VOIR, "demission_reconversion": VOIR, "periode_reconversion": VOIR, "cpf": OUI, "apprentissage": NON}, {"mission_locale", "aif", "remuneration_stagiaire", "bourses", "region", "contrat_pro"}),
    ("a cook of 41 on a CDD", replace(cook, statut=CDD), {"transition_pro": VOIR, "cpf": OUI}, {"demission_reconversion", "conge_formation_public"}),
    ("the cook, whose way has only a post", replace(cook, natures=frozenset({"poste"})), {"cep": OUI, "pmsmp": VOIR}, {"transition_pro", "cpf", "apprentissage", "etudes_promotionnelles"}),
    ("the cook, whose way is a VAE", replace(cook, natures=frozenset({"vae"})), {"vae": VOIR, "cpf": OUI, "periode_reconversion": VOIR}, {"transition_pro", "apprentissage"}),
    ("a girl of 17 at school", Demande(voix="tu", age=17, public=JEUNE, statut=ETUDES), {"cio": OUI, "apprentissage": OUI, "bourses": VOIR, "service_civique": OUI, "pmsmp": VOIR}, {"cep", "mission_locale", "cej", "transition_pro", "garde_enfants", "permis"}),
    ("a girl of 17 who left school", Demande(voix="tu", age=17, statut=SANS, niveau=Niveau.SANS_DIPLOME), {"mission_locale": OUI, "cej": VOIR, "e2c": VOIR, "epide": VOIR, "cio": OUI}, {"cep", "aif", "poei"}),
    ("a boy of 16 who left school", Demande(voix="tu", age=16, statut=SANS, niveau=Niveau.SANS_DIPLOME), {"mission_locale": OUI, "e2c": VOIR, "apprentissage": OUI}, {"epide"}),
    ("a minor of 15 at school", Demande(voix="tu", age=15, public=JEUNE, statut=ETUDES), {"cio": OUI, "apprentissage": VOIR, "pmsmp": VOIR}, {"mission_locale", "service_civique", "contrat_pro", "cpf", "cej"}),
    ("a minor of 15 who says nothing", Demande(voix="tu", age=15), {"cio": OUI, "apprentissage": VOIR}, {"mission_locale", "cpf", "cep", "transition_pro"}),
    ("a child of 14", Demande(voix="tu", age=14, public=JEUNE, statut=ETUDES), {"cio": OUI, "apprentissage": NON}, {"contrat_pro", "service_civique", "cpf"}),
    ("someone of 28 on RSA", Demande(age=28, statut=SANS), {"cep": OUI, "apprentissage": OUI, "contrat_pro": VOIR, "remuneration_stagiaire": VOIR, "region": VOIR, "aif": VOIR}, {"mission_locale", "cej", "service_civique", "transition_pro"}),
    ("someone of 45 on RSA", Demande(age=45, statut=SANS, natures=FORMATION), {"contrat_pro": VOIR, "remuneration_stagiaire": VOIR, "apprentissage": NON}, {"transition_pro", "faf"}),
    ("an ASH of 38 in a public hospital", Demande(age=38, statut=PUBLIC, natures=FORMATION, diplome_vise_niveau=4), {"etudes_promotionnelles": VOIR, "conge_formation_public": VOIR, "cpf": OUI, "cep": OUI}, {"transition_pro", "demission_reconversion", "poei", "region", "bourses"}),
    ("an ASH of 38 in a private nursing home", Demande(age=38, statut=CDI, natures=FORMATION), {"etudes_promotionnelles": VOIR, "transition_pro": VOIR}, {"conge_formation_public"}),
    ("a student of 20", Demande(voix="tu", age=20, public=JEUNE, statut=ETUDES, natures=FORMATION), {"cio": OUI, "bourses": VOIR, "region": VOIR, "service_civique": OUI}, {"cep", "mission_locale", "remuneration_stagiaire", "apprentissage"}),
    ("a student of 33", Demande(age=33, statut=ETUDES, natures=FORMATION), {"cio": OUI, "bourses": VOIR, "apprentissage": VOIR}, {"service_civique", "cep"}),
    ("a jobseeker of 34", Demande(age=34, statut=DEMANDEUR, natures=FORMATION, diplome_vise_niveau=3), {"cep": OUI, "remuneration_stagiaire": VOIR, "poei": VOIR, "poec": VOIR, "aif": VOIR, "region": VOIR, "contrat_pro": OUI, "apprentissage": VOIR, "cpf": OUI, "garde_enfants": VOIR}, {"transition_pro", "periode_reconversion", "mission_locale"}),
    ("a jobseeker of 34 who aims at nursing", Demande(age=34, statut=DEMANDEUR, natures=FORMATION, diplome_vise_niveau=6), {"remuneration_stagiaire": VOIR, "region": VOIR}, {"poei", "poec"}),
    ("a jobseeker of 19", Demande(voix="tu", age=19, public=JEUNE, statut=DEMANDEUR), {"mission_locale": OUI, "cej": VOIR, "apprentissage": OUI, "contrat_pro": OUI, "pmsmp": OUI}, {"cep", "cio"}),
    ("a jobseeker of 25 with a bac", Demande(age=25, statut=DEMANDEUR, niveau=Niveau.BAC), {"mission_locale": OUI, "cej": VOIR, "service_civique": OUI}, {"e2c", "epide", "cep"}),
    ("a jobseeker of 26", Demande(age=26, statut=DEMANDEUR), {"cep": OUI, "contrat_pro": OUI, "apprentissage": OUI}, {"mission_locale", "cej", "service_civique"}),
    ("a jobseeker of 52 without a licence", Demande(age=52, statut=DEMANDEUR, permis=False), {"permis": VOIR, "cep": OUI}, {"mobili_jeune"}),
    ("a jobseeker of 52 with a licence", Demande(age=52, statut=DEMANDEUR, permis=True), {"cep": OUI}, {"permis"}),
    ("an employee of 22", Demande(voix="tu", age=22, public=JEUNE, statut=CDI, natures=FORMATION), {"cep": OUI, "transition_pro": VOIR, "cpf": OUI, "contrat_pro": OUI}, {"mission_locale", "cej", "service_civique", "bourses"}),
    ("a shopkeeper of 50", Demande(age=50, statut=INDEPENDANT, natures=FORMATION), {"cep": OUI, "faf": VOIR, "cpf": OUI}, {"transition_pro", "aif", "region", "contrat_pro"}),
    ("an apprentice-to-be of 18 who must rent", Demande(voix="tu", age=18, public=JEUNE, natures=ALTERNANCE), {"apprentissage": OUI, "mobili_jeune": VOIR, "contrat_pro": OUI}, {"cpf", "region", "bourses"}),
    ("an apprentice-to-be of 29", Demande(age=29, natures=ALTERNANCE), {"apprentissage": OUI, "mobili_jeune": VOIR}, {"transition_pro"}),
    ("someone of 30 who wants an apprenticeship", Demande(age=30, natures=ALTERNANCE), {"apprentissage": VOIR}, {"mobili_jeune"}),
    ("someone of 36 who wants an apprenticeship", Demande(age=36, natures=ALTERNANCE), {"apprentissage": NON, "contrat_pro": VOIR}, {"mobili_jeune"}),
    ("an adult who says nothing", Demande(), {"cep": OUI, "transition_pro": VOIR, "cpf": VOIR, "apprentissage": VOIR, "region": VOIR, "etudes_promotionnelles": VOIR, "remuneration_stagiaire": VOIR}, {"mission_locale", "cio", "faf", "conge_formation_public", "bourses", "permis", "mobili_jeune"}),
    ("a young person who says nothing", Demande(voix="tu", public=JEUNE), {"mission_locale": VOIR, "cej": VOIR, "apprentissage": VOIR, "service_civique": VOIR, "cpf": VOIR}, {"cep", "transition_pro", "demission_reconversion", "etudes_promotionnelles"}),
    ("a woman of 58 going back to work", Demande(age=58, statut=SANS), {"cep": OUI, "pmsmp": VOIR, "vae": VOIR, "contrat_pro": VOIR}, {"cej", "transition_pro"}),
    ("a civil servant of 27", Demande(age=27, statut=PUBLIC), {"cpf": OUI, "conge_formation_public": VOIR}, {"contrat_pro", "periode_reconversion", "poei"}),
    ("someone of 40 in RECONVERSION, nothing else", Demande(age=40, public=RECONVERSION), {"cep": OUI, "transition_pro": VOIR, "contrat_pro": VOIR, "apprentissage": NON}, {"mission_locale", "bourses"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("demande", "entendus", "tus"), [p[1:] for p in PERSONNES], ids=[p[0] for p in PERSONNES]
)
def test_a_person_hears_of_what_may_help_and_of_nothing_that_plainly_cannot(
    demande: Demande, entendus: dict[str, Verdict], tus: set[str]
) -> None:
    found = {piste.cle: piste.verdict for piste in pistes(demande, CONNAISSANCES)}
    assert {cle: found.get(cle) for cle in entendus} == entendus
    assert not tus & found.keys()


def everyone() -> Iterator[Demande]:
    """People of every age, status and way, so that no case of a file stays unseen."""
    ages = (None, 14, 15, 16, 17, 18, 21, 25, 26, 30, 36, 41)
    natures = (frozenset[str](), FORMATION, ALTERNANCE, frozenset({"vae"}))
    niveaux = (None, Niveau.SANS_DIPLOME)
    for age, statut, ways, niveau, public in product(ages, (None, *Statut), natures, niveaux, (None, JEUNE)):
        yield Demande("tu" if public else "vous", age, public, statut, True, ways, niveau, None, False)


EVERYONE = tuple(everyone())
PISTES = tuple((demande, piste) for demande in EVERYONE for piste in pistes(demande, CONNAISSANCES))


def texts(piste: Piste) -> tuple[str, ...]:
    return (piste.a_quoi, piste.pourquoi, *piste.conditions, *piste.a_verifier, *piste.a_savoir)


def test_each_scheme_has_one_rule() -> None:
    assert sorted(regle.__name__ for regle in REGLES) == sorted(FINANCEMENTS)


@pytest.mark.parametrize("regle", REGLES, ids=lambda r: r.__name__)
def test_every_case_written_is_met_by_somebody(regle: Any) -> None:
    financement = FINANCEMENTS[regle.__name__]
    met = {cas.nom for demande in EVERYONE if (cas := regle(demande, financement))}
    assert met == set(financement.cas)


def allowed(piste: Piste, age: int | None) -> set[str]:
    """The numbers of the file and the age said, as they are written."""
    figures = [
        f"{c.valeur:,.0f}" if c.valeur == int(c.valeur) else f"{c.valeur:,.2f}"
        for c in FINANCEMENTS[piste.cle].chiffres
    ]
    return {f.replace(",", "\u202f").replace(".", ",") for f in figures} | {str(age)}


def test_every_number_said_is_a_figure_of_the_file_or_the_age_of_the_person() -> None:
    for demande, piste in PISTES:
        said = {n for texte in texts(piste) for n in NOMBRE.findall(texte)}
        assert said <= allowed(piste, demande.age), (piste.cle, said)


def test_every_amount_shown_has_sources_that_are_sure_enough() -> None:
    shown = [montant for _, piste in PISTES for montant in piste.montants]
    assert shown
    assert all(montant.sources for montant in shown)
    assert not [s for montant in shown for s in montant.sources if s.confiance is Confiance.FAIBLE]


@pytest.mark.parametrize(
    ("age", "annee", "part"),
    [(15, 1, 27), (16, 1, 27), (17, 2, 39), (17, 3, 55), (18, 1, 43), (20, 2, 51), (20, 3, 67), (21, 1, 53), (25, 2, 61), (25, 3, 78), (26, 1, 100), (44, 3, 100), (17, 4, 55)],
)  # fmt: skip
def test_an_apprentice_earns_a_share_of_the_smic_rounded_down(age: int, annee: int, part: int) -> None:
    paie = paie_apprenti(age, annee, CONNAISSANCES)
    assert paie is not None
    assert paie.valeur == floor(CONNAISSANCES.smic.mensuel_brut * part / 100)
    assert f"{part}\u00a0%" in (paie.periode or "")
    assert {s.organisme for s in paie.sources} == {"Code du travail", "OpenFisca-France"}


def test_a_first_year_apprentice_of_17_earns_about_504_euros() -> None:
    paie = paie_apprenti(17, 1, CONNAISSANCES)
    assert paie is not None
    assert paie.texte == "environ 504\u00a0€ brut par mois"


@pytest.mark.parametrize(("age", "annee"), [(14, 1), (17, 0), (20, -1)])
def test_nobody_is_paid_outside_the_scale(age: int, annee: int) -> None:
    assert paie_apprenti(age, annee, CONNAISSANCES) is None


def test_the_smic_is_the_one_the_review_uses() -> None:
    smic = CONNAISSANCES.smic
    assert (floor(smic.mensuel_brut), smic.depuis) == (check.SMIC_MENSUEL, check.SMIC_DEPUIS)


def test_advice_comes_first_and_refusals_last() -> None:
    found = pistes(cook, CONNAISSANCES)
    assert found[0].paie is Paie.ACCOMPAGNEMENT
    assert [p.cle for p in found if p.verdict is NON] == ["apprentissage"] == [found[-1].cle]


@pytest.mark.parametrize(("besoin", "income_first"), [(None, True), (True, True), (False, False)])
def test_income_comes_before_cost_unless_it_is_not_needed(besoin: bool | None, income_first: bool) -> None:
    order = [p.cle for p in pistes(replace(cook, besoin_revenu=besoin), CONNAISSANCES)]
    assert (order.index("transition_pro") < order.index("cpf")) is income_first


def test_who_must_be_paid_is_told_when_a_scheme_pays_the_course_only() -> None:
    [cpf] = [p for p in pistes(replace(cook, besoin_revenu=True), CONNAISSANCES) if p.cle == "cpf"]
    [other] = [p for p in pistes(replace(cook, besoin_revenu=False), CONNAISSANCES) if p.cle == "cpf"]
    assert set(cpf.a_verifier) - set(other.a_verifier) == {
        "Cela paie les cours seulement. Il faut un autre revenu à côté."
    }


def test_someone_past_the_age_is_told_what_a_disability_changes_without_being_asked() -> None:
    refus = pistes(cook, CONNAISSANCES)[-1]
    assert "41\u00a0ans" in refus.pourquoi
    assert any("handicap" in phrase for phrase in refus.a_savoir)
    assert not refus.montants


def test_without_a_diploma_the_account_fills_faster() -> None:
    [cpf] = [p for p in pistes(replace(cook, niveau=Niveau.SANS_DIPLOME), CONNAISSANCES) if p.cle == "cpf"]
    assert [m.texte for m in cpf.montants] == ["150\u00a0€", "800\u00a0€ par an", "8\u202f000\u00a0€"]


def test_a_jobseeker_is_not_shown_a_participation_that_is_not_due() -> None:
    [cpf] = [p for p in pistes(Demande(age=34, statut=DEMANDEUR), CONNAISSANCES) if p.cle == "cpf"]
    assert not cpf.montants


def test_a_child_under_16_is_sent_to_no_service_that_starts_at_16() -> None:
    for statut in (None, ETUDES, SANS):
        found = pistes(Demande(voix="tu", age=15, public=JEUNE, statut=statut), CONNAISSANCES)
        assert "mission_locale" not in {p.contact for p in found}


def test_a_profil_gives_what_it_holds_and_nothing_of_health() -> None:
    profil = Profil(public=JEUNE, age=17, niveau=Niveau.BAC, permis=False, revenu_pendant_formation=True)
    demande = Demande.of(profil, statut=ETUDES, natures=ALTERNANCE, diplome_vise_niveau=4)
    assert demande == Demande("tu", 17, JEUNE, ETUDES, True, ALTERNANCE, Niveau.BAC, 4, False)


def test_whoever_one_is_sent_to_exists() -> None:
    known = {contact.cle for contact in CONNAISSANCES.contacts}
    assert {piste.contact for _, piste in PISTES if piste.contact} <= known


@each_file
def test_both_voices_are_kept_apart(financement: Financement) -> None:
    for voix in (financement.a_quoi, *financement.cas.values()):
        assert not SAID_TO_VOUS.search(voix.tu), voix.tu
        assert not SAID_TO_TU.search(voix.vous), voix.vous
    for phrase in (*financement.conditions, *financement.a_verifier, *financement.a_savoir):
        assert not SAID_TO_TU.search(phrase), phrase
        assert not SAID_TO_VOUS.search(phrase), phrase


@each_file
def test_nothing_is_promised_and_both_genders_are_in_full(financement: Financement) -> None:
    wrong = [p for p in financement.sentences() if PROMISES.search(p) or TYPOGRAPHIC_GENDER.search(p)]
    assert not wrong


def test_sentences_are_short() -> None:
    said = {texte for _, piste in PISTES for texte in texts(piste)}
    sentences = [s for texte in said for s in PHRASE.split(texte)]
    assert not [s for s in sentences if len(s.replace("\u00a0", "").split()) > PHRASE_MAX]
    assert mean(len(s.split()) for s in sentences) <= PHRASE_MOYENNE


def test_an_acronym_is_explained_wherever_it_is_shown() -> None:
    for piste in {piste.pourquoi: piste for _, piste in PISTES}.values():
        whole = " ".join((piste.nom, *texts(piste)))
        bare = {s for s in SIGLE.findall(whole) if f"{s} (" not in whole and f"({s}" not in whole}
        assert not bare, (piste.cle, bare)


def wrong_files() -> dict[str, tuple[dict[str, Any], str]]:
    doubtful = {"organisme": "Mémoire", "titre": "Souvenir", "vu_le": "2026-11-21", "confiance": "faible"}
    good = {"cle": "engagement", "nom": "Engagement", "valeur": 5, "unite": "ans", "source": "anfh"}
    return {
        "a number in the prose": ({"conditions": ["Il faut 3 ans de travail."]}, "hors de « chiffres »"),
        "a figure that is not there": ({"conditions": ["Il faut {rien}."]}, "absent de « chiffres » : rien"),
        "a figure nobody is sure of": (
            {"sources": {"anfh": doubtful}, "chiffres": [good]},
            "faible confiance",
        ),
        "a source that is not there": ({"chiffres": [good | {"source": "ailleurs"}]}, "ailleurs"),
        "nobody to turn to": ({"lien": None, "contact": None}, "un contact ou un lien"),
    }


@pytest.mark.parametrize(("changes", "reason"), wrong_files().values(), ids=wrong_files().keys())
def test_a_wrong_file_is_refused(changes: dict[str, Any], reason: str) -> None:
    right = read_yaml(RACINE / "financements" / "etudes_promotionnelles.yaml")
    Financement.model_validate(right)
    with pytest.raises(ValidationError, match=reason):
        Financement.model_validate(right | changes)


def test_a_contact_that_does_not_exist_is_named_with_its_file(tmp_path: Path) -> None:
    racine = shutil.copytree(
        RACINE, tmp_path / "knowledge", ignore=shutil.ignore_patterns("referentiels", "*.py")
    )
    fichier = racine / "financements" / "faf.yaml"
    fichier.write_text(
        fichier.read_text(encoding="utf-8").replace("contact: cep", "contact: personne"), encoding="utf-8"
    )
    with pytest.raises(FicheInvalide, match=r"financements/faf\.yaml : contact : .*personne"):
        load_knowledge(racine)


@pytest.mark.parametrize(
    ("demande", "cle", "montants"),
    [
        (Demande(age=22, statut=DEMANDEUR), "remuneration_stagiaire", ["566,17\u00a0€ par mois"]),
        (Demande(age=34, statut=DEMANDEUR), "remuneration_stagiaire", ["775,65\u00a0€ par mois"]),
        (Demande(statut=DEMANDEUR), "remuneration_stagiaire", []),
        (Demande(age=19, statut=SANS), "cej", ["566,17\u00a0€ par mois"]),
        (Demande(age=17, statut=SANS), "cej", []),
        (Demande(age=52, statut=DEMANDEUR, permis=False), "permis", ["900\u00a0€"]),
        (Demande(age=52, statut=CDI, permis=False), "permis", []),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_an_amount_is_shown_only_to_those_it_is_for(demande: Demande, cle: str, montants: list[str]) -> None:
    [piste] = [p for p in pistes(demande, CONNAISSANCES) if p.cle == cle]
    assert [m.texte for m in piste.montants] == montants
