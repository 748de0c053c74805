"""Who may see a dossier: only a structure it was shared with, until it is revoked or over; and who looked is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.conversation import Conversation
from service.dossiers.codes import CodeIllisible, show_code
from service.dossiers.comptes import Compte, Role
from service.dossiers.dossier import Auteur, Dossier, DossierIntrouvable, Duree
from service.dossiers.entretiens import Entretien
from service.dossiers.partages import Quoi
from tests.bases import BASES
from tests.professionnels import Atelier, workshop


@pytest.fixture(params=BASES)
def atelier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Atelier]:
    with workshop(request.param, tmp_path) as atelier:
        yield atelier


@pytest.fixture
def compte(atelier: Atelier) -> Compte:
    return atelier.compte("camille@essai.fr", atelier.structure())


def dossier(atelier: Atelier, duree: Duree = Duree.SEMAINE) -> Dossier:
    numero, _ = atelier.archives.dossiers.keep(Conversation(), duree)
    return atelier.archives.dossiers.get(numero)


def joined(atelier: Atelier, compte: Compte, kept: Dossier) -> Entretien:
    """An interview this dossier was shared in."""
    entretien = atelier.archives.entretiens.begin(compte)
    atelier.archives.entretiens.join(invitation(entretien), kept)
    return atelier.archives.entretiens.get(entretien.ref, compte)


def invitation(entretien: Entretien) -> str:
    assert entretien.carnet.invitation
    return entretien.carnet.invitation.jeton


def test_a_code_brings_the_person_in_and_serves_once(atelier: Atelier, compte: Compte) -> None:
    entretiens = atelier.archives.entretiens
    begun = entretiens.begin(compte)
    assert begun.carnet.invitation
    typed = show_code(begun.carnet.invitation.code).lower().replace(" ", "-")
    assert entretiens.expected(typed).nom == "Mission locale d'essai"
    assert entretiens.expected(typed).qui == "Camille Essai"

    kept = dossier(atelier)
    entretiens.join(typed, kept)
    assert entretiens.get(begun.ref, compte).dossier == kept.id
    for used in (typed, invitation(begun)):
        with pytest.raises(DossierIntrouvable):
            entretiens.join(used, dossier(atelier))


def test_a_code_lasts_ten_minutes_and_a_new_one_replaces_it(atelier: Atelier, compte: Compte) -> None:
    entretiens = atelier.archives.entretiens
    begun = entretiens.begin(compte)
    renewed = entretiens.invite(begun)
    with pytest.raises(DossierIntrouvable):
        entretiens.expected(invitation(begun))
    atelier.horloge.advance(minutes=9, seconds=59)
    assert entretiens.expected(invitation(renewed)).entretien == begun.id
    atelier.horloge.advance(seconds=1)
    with pytest.raises(DossierIntrouvable):
        entretiens.join(invitation(renewed), dossier(atelier))


def test_what_is_no_code_is_said_so(atelier: Atelier) -> None:
    with pytest.raises(CodeIllisible):
        atelier.archives.entretiens.expected("mon code")


def test_somebody_who_joined_is_not_replaced(atelier: Atelier, compte: Compte) -> None:
    entretien = joined(atelier, compte, dossier(atelier))
    assert atelier.archives.entretiens.invite(entretien) == entretien


def test_only_the_structure_it_is_shared_with_sees_it(atelier: Atelier, compte: Compte) -> None:
    entretiens = atelier.archives.entretiens
    collegue = atelier.compte("alix@essai.fr", compte.structure)
    ailleurs = atelier.compte("sacha@ailleurs.fr", atelier.structure("Autre structure"))
    personne = atelier.compte("admin@essai.fr", None, Role.ADMIN)
    for entretien in (entretiens.begin(compte), joined(atelier, compte, dossier(atelier))):
        assert entretiens.get(entretien.ref, collegue) == entretien
        for other in (ailleurs, personne):
            with pytest.raises(DossierIntrouvable):
                entretiens.get(entretien.ref, other)
            assert entretiens.pulse(entretien.ref, other) is None


def test_an_account_of_no_structure_begins_nothing(atelier: Atelier) -> None:
    with pytest.raises(DossierIntrouvable):
        atelier.archives.entretiens.begin(atelier.compte("admin@essai.fr", None, Role.ADMIN))


def test_a_revoked_share_closes_at_once(atelier: Atelier, compte: Compte) -> None:
    archives, kept = atelier.archives, dossier(atelier)
    entretien = joined(atelier, compte, kept)
    (partage,) = archives.partages.of(kept.id)
    assert (partage.nom, partage.jusqu_au) == ("Mission locale d'essai", kept.expire_le)

    archives.partages.revoke(kept.id, "une-autre-struct")
    assert archives.entretiens.get(entretien.ref, compte)
    archives.partages.revoke(kept.id, partage.structure)
    with pytest.raises(DossierIntrouvable):
        archives.entretiens.get(entretien.ref, compte)
    assert archives.entretiens.pulse(entretien.ref, compte) is None
    assert archives.entretiens.mine(compte) == []
    assert archives.entretiens.running(kept.id) == []
    assert archives.partages.of(kept.id) == []


def test_a_share_ends_with_its_time_even_if_the_dossier_is_kept_longer(
    atelier: Atelier, compte: Compte
) -> None:
    archives, kept = atelier.archives, dossier(atelier)
    entretien = joined(atelier, compte, kept)
    archives.dossiers.extend(kept, Duree.TRIMESTRE)
    atelier.horloge.advance(days=7)
    assert archives.dossiers.get(kept.id)
    with pytest.raises(DossierIntrouvable):
        archives.entretiens.get(entretien.ref, compte)


def test_a_share_never_outlives_the_dossier(atelier: Atelier, compte: Compte) -> None:
    archives, kept = atelier.archives, dossier(atelier, Duree.TRIMESTRE)
    entretien = joined(atelier, compte, kept)
    archives.dossiers.extend(kept, Duree.SEMAINE)
    (partage,) = archives.partages.of(kept.id)
    assert partage.jusqu_au == atelier.horloge() + timedelta(days=7)
    atelier.horloge.advance(days=7)
    with pytest.raises(DossierIntrouvable):
        archives.entretiens.get(entretien.ref, compte)


def test_an_erased_dossier_takes_the_interview_with_it(atelier: Atelier, compte: Compte) -> None:
    archives, kept = atelier.archives, dossier(atelier)
    entretien = joined(atelier, compte, kept)
    archives.partages.look(kept.id, compte, Quoi.REPONSES)
    archives.dossiers.erase(kept.id)
    with pytest.raises(DossierIntrouvable):
        archives.entretiens.get(entretien.ref, compte)
    with pytest.raises(DossierIntrouvable):
        archives.entretiens.write(entretien, lambda carnet: carnet.model_copy(update={"revele": True}))
    assert archives.partages.looks(kept.id) == []


def test_each_look_is_told_once_a_quarter_of_an_hour(atelier: Atelier, compte: Compte) -> None:
    partages, kept = atelier.archives.partages, dossier(atelier)
    first = atelier.horloge()
    for _ in range(3):
        partages.look(kept.id, compte, Quoi.REPONSES)
        atelier.horloge.advance(minutes=5)
    partages.look(kept.id, compte, Quoi.REPONSES)
    partages.look(kept.id, compte, Quoi.FICHE)
    told = [(r.qui, r.nom, r.quoi, r.le - first) for r in partages.looks(kept.id)]
    who, where, later = "Camille Essai", "Mission locale d'essai", timedelta(minutes=15)
    assert told == [
        (who, where, Quoi.FICHE, later),
        (who, where, Quoi.REPONSES, later),
        (who, where, Quoi.REPONSES, timedelta()),
    ]


def test_what_the_counsellor_notes_is_sealed_and_loses_nothing(atelier: Atelier, compte: Compte) -> None:
    entretiens = atelier.archives.entretiens
    entretien = joined(atelier, compte, dossier(atelier))
    entretiens.write(entretien, lambda carnet: carnet.model_copy(update={"avis": ("sage-femme",)}))
    # Written from what another tab saw before.
    fiche = {"atouts": ["douceur secrète"]}
    now = entretiens.write(entretien, lambda carnet: carnet.model_copy(update={"fiche": fiche}))
    assert (now.carnet.avis, now.carnet.fiche) == (("sage-femme",), fiche)
    assert now.version == entretien.version + 2
    assert "douceur" not in repr(now)


def test_the_pulse_beats_with_each_change_of_either(atelier: Atelier, compte: Compte) -> None:
    archives, kept = atelier.archives, dossier(atelier)
    entretien = joined(atelier, compte, kept)
    beats = [archives.entretiens.pulse(entretien.ref, compte)]
    archives.dossiers.act(
        kept.id, "g1", Auteur.CONSEIL, lambda c: (c.model_copy(update={"notes": "a"}), "Noté.")
    )
    beats.append(archives.entretiens.pulse(entretien.ref, compte))
    archives.entretiens.close(entretien)
    beats.append(archives.entretiens.pulse(entretien.ref, compte))
    assert None not in beats
    assert len(set(beats)) == 3


def test_a_closed_interview_leaves_the_list_and_can_still_be_read(atelier: Atelier, compte: Compte) -> None:
    entretiens = atelier.archives.entretiens
    kept = dossier(atelier)
    entretien = joined(atelier, compte, kept)
    assert [e.ref for e in entretiens.mine(compte)] == [entretien.ref]
    assert [e.ref for e in entretiens.running(kept.id)] == [entretien.ref]
    closed = entretiens.close(entretien)
    assert closed.clos_le == atelier.horloge()
    assert (entretiens.mine(compte), entretiens.running(kept.id)) == ([], [])
    assert entretiens.get(entretien.ref, compte) == closed
    atelier.horloge.advance(minutes=1)
    assert entretiens.close(closed) == closed


def test_an_interview_nobody_joined_is_forgotten_after_half_a_day(atelier: Atelier, compte: Compte) -> None:
    entretiens = atelier.archives.entretiens
    waiting, used = entretiens.begin(compte), joined(atelier, compte, dossier(atelier))
    atelier.horloge.advance(hours=12)
    assert [e.ref for e in entretiens.mine(compte)] == [used.ref]
    assert entretiens.forget_abandoned() == 1
    with pytest.raises(DossierIntrouvable):
        entretiens.get(waiting.ref, compte)
