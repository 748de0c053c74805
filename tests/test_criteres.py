"""Each criterion as a table of named situations: who, before which métier, and what it finds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.loading import Connaissances, load_knowledge
from knowledge.schema import Activite, Cadre, Contrainte, Frequence, Niveau, Public
from models.ranker import Poids
from service import criteres
from service.criteres import CRITERES, Constat, Critere, Gout, Limite, Situation
from service.matching import match
from service.profil import Acceptation, EtudesMax, ProfilNeutre

RIEN = ProfilNeutre()
BEBES, AGEES = Gout("publics", Public.BEBES), Gout("publics", Public.PERSONNES_AGEES)
TOILETTE, HOPITAL = Gout("activites", Activite.TOILETTE), Gout("cadres", Cadre.HOPITAL)
CHARGES = Limite(Contrainte.PORT_DE_CHARGES)

# id: (criterion, profile, métier, sign of the value: 1, −1, or None when it does not apply)
SITUATIONS: dict[str, tuple[Critere, ProfilNeutre, str, int | None]] = {
    "loves babies, crèche": (BEBES, ProfilNeutre(publics={Public.BEBES: 2}), "auxiliaire-de-puericulture", 1),
    "loves babies, no baby there": (BEBES, ProfilNeutre(publics={Public.BEBES: 2}), "aide-menager", -1),
    "refuses babies, crèche": (BEBES, ProfilNeutre(publics={Public.BEBES: -2}), "auxiliaire-de-puericulture", -1),
    "indifferent to babies": (BEBES, ProfilNeutre(publics={Public.BEBES: 0}), "auxiliaire-de-puericulture", None),
    "said nothing of babies": (BEBES, RIEN, "auxiliaire-de-puericulture", None),
    "refuses body care, nurse assistant": (TOILETTE, ProfilNeutre(activites={Activite.TOILETTE: -2}), "aide-soignant", -1),
    "refuses body care, mediator": (TOILETTE, ProfilNeutre(activites={Activite.TOILETTE: -2}), "mediateur-social", 1),
    "likes hospitals, nurse": (HOPITAL, ProfilNeutre(cadres={Cadre.HOPITAL: 2}), "infirmier", 1),
    "bad back, nurse assistant": (CHARGES, ProfilNeutre(contraintes={Contrainte.PORT_DE_CHARGES: Acceptation.NON}), "aide-soignant", -1),
    "bad back, social worker": (CHARGES, ProfilNeutre(contraintes={Contrainte.PORT_DE_CHARGES: Acceptation.NON}), "assistant-de-service-social", 1),
    "accepts loads": (CHARGES, ProfilNeutre(contraintes={Contrainte.PORT_DE_CHARGES: Acceptation.OUI}), "aide-soignant", None),
    "six months at most, midwife": (criteres.duree, ProfilNeutre(etudes_max=EtudesMax.SIX_MOIS), "sage-femme", -1),
    "six months at most, home help": (criteres.duree, ProfilNeutre(etudes_max=EtudesMax.SIX_MOIS), "aide-menager", 1),
    "three years accepted, social worker": (criteres.duree, ProfilNeutre(etudes_max=EtudesMax.TROIS_ANS, niveau=Niveau.BAC), "assistant-de-service-social", 1),
    "silent on study": (criteres.duree, RIEN, "sage-femme", None),
    "silent on study, six years": (criteres.longues_etudes, RIEN, "sage-femme", -1),
    "silent on study, one year": (criteres.longues_etudes, RIEN, "aide-soignant", None),
    "no diploma, nurse": (criteres.niveau, ProfilNeutre(niveau=Niveau.SANS_DIPLOME), "infirmier", -1),
    "no diploma, home help": (criteres.niveau, ProfilNeutre(niveau=Niveau.SANS_DIPLOME), "aide-menager", None),
    "bac, nurse": (criteres.niveau, ProfilNeutre(niveau=Niveau.BAC), "infirmier", None),
    "holds DEAS, nurse assistant": (criteres.diplome_acquis, ProfilNeutre(acquis=frozenset({"DEAS"})), "aide-soignant", 1),
    "holds nothing, nurse assistant": (criteres.diplome_acquis, RIEN, "aide-soignant", None),
    "holds DEI, children's nurse": (criteres.passerelle, ProfilNeutre(acquis=frozenset({"DEI"})), "puericulteur", 1),
    "holds DEI, home help": (criteres.retour_en_arriere, ProfilNeutre(acquis=frozenset({"DEI"})), "aide-menager", -1),
    "holds DEI, children's nurse is no step back": (criteres.retour_en_arriere, ProfilNeutre(acquis=frozenset({"DEI"})), "puericulteur", None),
    "no licence, driver": (criteres.permis, ProfilNeutre(permis=False), "ambulancier", -1),
    "no licence, crèche": (criteres.permis, ProfilNeutre(permis=False), "auxiliaire-de-puericulture", None),
    "licence not mentioned, driver": (criteres.permis, RIEN, "ambulancier", None),
    "must be paid, home help": (criteres.revenu, ProfilNeutre(revenu_pendant_formation=True), "aide-menager", 1),
    "must be paid, midwife": (criteres.revenu, ProfilNeutre(revenu_pendant_formation=True), "sage-femme", -1),
    "has driven, driver": (criteres.experience, ProfilNeutre(savoirs={"activites.conduire": 2}), "accompagnateur-mobilite", 1),
    "has driven, midwife": (criteres.experience, ProfilNeutre(savoirs={"activites.conduire": 2}), "sage-femme", None),
    "cared for a parent, home carer": (criteres.aidant, ProfilNeutre(aidant=True), "auxiliaire-de-vie-sociale", 1),
    "cared for a parent, childminder": (criteres.aidant, ProfilNeutre(aidant=True), "assistant-maternel", None),
    "names the midwife": (criteres.evocation, ProfilNeutre(evocations={"sage-femme": 1.0}), "sage-femme", 1),
    "names the midwife, not the nurse": (criteres.evocation, ProfilNeutre(evocations={"sage-femme": 1.0}), "infirmier", None),
    "refuses to be a midwife": (criteres.evocation, ProfilNeutre(evocations={"sage-femme": -1.0}), "sage-femme", -1),
    "words close to it": (criteres.proximite, ProfilNeutre(proximites={"infirmier": 0.5}), "infirmier", 1),
    "wrote nothing": (criteres.proximite, RIEN, "infirmier", None),
    "set aside": (criteres.exclusion, ProfilNeutre(exclus=frozenset({"infirmier"})), "infirmier", -1),
    "not set aside": (criteres.exclusion, RIEN, "infirmier", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def connaissances() -> Connaissances:
    return load_knowledge()


def _found(critere: Critere, profil: ProfilNeutre, slug: str, c: Connaissances) -> Constat | None:
    return critere(Situation.of(profil, c.metiers[slug], c))


@pytest.mark.parametrize(("critere", "profil", "slug", "sens"), SITUATIONS.values(), ids=SITUATIONS)
def test_criterion_finds_what_a_person_would_expect(
    critere: Critere, profil: ProfilNeutre, slug: str, sens: int | None, connaissances: Connaissances
) -> None:
    constat = _found(critere, profil, slug, connaissances)
    if sens is None:
        assert constat is None
    else:
        assert constat is not None
        assert constat.valeur * sens > 0


def test_the_stronger_the_wish_the_more_it_counts(connaissances: Connaissances) -> None:
    mild, strong = (
        _found(AGEES, ProfilNeutre(publics={Public.PERSONNES_AGEES: d}), "animateur-en-gerontologie", connaissances)
        for d in (1, 2)
    )  # fmt: skip
    assert mild
    assert strong
    assert strong.valeur == 2 * mild.valeur


def test_a_reluctant_yes_costs_less_than_a_no(connaissances: Connaissances) -> None:
    un_peu, non = (
        _found(CHARGES, ProfilNeutre(contraintes={Contrainte.PORT_DE_CHARGES: a}), "aide-soignant", connaissances)
        for a in (Acceptation.UN_PEU, Acceptation.NON)
    )  # fmt: skip
    assert un_peu
    assert non
    assert non.valeur < un_peu.valeur < 0


def test_a_constraint_costs_more_the_more_often_it_is_met() -> None:
    costs = [criteres.IMPOSEE[f] for f in Frequence]
    assert costs == sorted(costs, reverse=True)


def test_every_criterion_has_a_weight(connaissances: Connaissances) -> None:
    """Each code a criterion can produce is weighed: an unweighed one would crash an answer."""
    poids = Poids.load()
    codes = {c.split("#")[0] for c in _codes(connaissances)}
    assert all(poids.of(code) >= 0 for code in codes)


def _codes(connaissances: Connaissances) -> set[str]:
    loaded = ProfilNeutre(
        publics=dict.fromkeys(Public, 2),
        activites=dict.fromkeys(Activite, -2),
        cadres=dict.fromkeys(Cadre, 1),
        contraintes=dict.fromkeys(Contrainte, Acceptation.NON),
        permis=False,
        etudes_max=EtudesMax.UN_AN,
        niveau=Niveau.CAP_BEP,
        revenu_pendant_formation=True,
        aidant=True,
        savoirs={"activites.conduire": 2},
        deja_exerces=frozenset({"infirmier"}),
        evocations={"infirmier": 1.0},
        proximites={"infirmier": 1.0},
        exclus=frozenset({"infirmier"}),
    )
    profils = [
        loaded,
        replace(loaded, acquis=frozenset({"DEI"}), etudes_max=None),
        replace(loaded, acquis=frozenset({"DEAS"})),
    ]
    situations = [Situation.of(p, m, connaissances) for p in profils for m in connaissances.metiers.values()]
    found = (critere(s) for critere in CRITERES for s in situations)
    return {c.code for c in found if c}


def test_contributions_add_up_to_the_score(connaissances: Connaissances) -> None:
    profil = ProfilNeutre(
        publics={Public.BEBES: 2, Public.PERSONNES_AGEES: -1}, etudes_max=EtudesMax.UN_AN, permis=False
    )
    classement = match(profil, connaissances, Poids.load())
    assert len(classement.places) == 26
    for place in classement.places:
        assert sum(c.poids for c in place.contributions) == pytest.approx(place.score)
    assert sum(p.croyance for p in classement.places) == pytest.approx(1)


def test_saying_nothing_favours_nobody_but_the_long_studies(connaissances: Connaissances) -> None:
    classement = match(RIEN, connaissances, Poids.load())
    assert not classement.clair
    assert {p.score for p in classement.places[:20]} == {0}
