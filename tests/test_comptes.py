"""Structures, accounts, invitations, passwords, codes, sessions: what is kept, and what no longer opens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from service.dossiers import motdepasse
from service.dossiers.comptes import CompteIntrouvable, Genre, Role, SaisieRefusee
from service.dossiers.frein import PAR_ADRESSE, PAR_CLE, TropDEssais
from service.dossiers.gestion import Gestion
from service.dossiers.identification import IdentificationRefusee
from service.dossiers.motdepasse import MotDePasseFaible, check_strength, totp_step
from service.dossiers.seances import SeanceFinie
from service.dossiers.tables import COMPTE, INVITATION, SEANCE
from tests.bases import BASES
from tests.professionnels import DEBUT, PHRASE, TELEPHONE, Atelier, workshop

CAMILLE = "camille@exemple.fr"
ICI = "192.0.2.1"


@pytest.fixture(params=BASES)
def atelier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Atelier]:
    with workshop(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def ici(tmp_path: Path) -> Iterator[Atelier]:
    """On SQLite alone: for rules that no database changes."""
    with workshop("sqlite", tmp_path) as made:
        yield made


# --- invitations and accounts --------------------------------------------------------------------------


def test_an_invitation_answered_makes_an_account_in_its_structure(atelier: Atelier) -> None:
    structure = atelier.structure()
    compte = atelier.compte("  Camille@Exemple.FR ", structure)
    assert (compte.courriel, compte.role, compte.structure) == (CAMILLE, Role.CONSEIL, structure)
    assert compte.ouvert
    assert compte.local
    assert atelier.comptes.comptes(structure) == [compte]


def test_an_invitation_serves_once(atelier: Atelier) -> None:
    jeton = atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, atelier.structure())
    atelier.comptes.join(jeton, PHRASE, TELEPHONE, atelier.code())
    with pytest.raises(CompteIntrouvable):
        atelier.comptes.join(jeton, PHRASE, TELEPHONE, atelier.code())


def test_of_two_answers_at_the_same_time_one_alone_makes_an_account(atelier: Atelier) -> None:
    jeton = atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, atelier.structure())
    refused: list[CompteIntrouvable] = []

    def answer() -> None:
        try:
            atelier.comptes.join(jeton, PHRASE, TELEPHONE, atelier.code())
        except CompteIntrouvable as refus:
            refused.append(refus)

    threads = [threading.Thread(target=answer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert len(atelier.comptes.comptes()) == 1


def test_an_invitation_dies_after_seven_days(ici: Atelier) -> None:
    jeton = ici.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, ici.structure())
    ici.horloge.advance(days=6, hours=23)
    assert ici.comptes.invitation(jeton).courriel == CAMILLE
    ici.horloge.advance(hours=1)
    with pytest.raises(CompteIntrouvable):
        ici.comptes.invitation(jeton)
    assert ici.comptes.erase_expired() == 1


def test_a_newer_invitation_replaces_the_older_one(atelier: Atelier) -> None:
    structure = atelier.structure()
    old = atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, structure)
    new = atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, structure)
    with pytest.raises(CompteIntrouvable):
        atelier.comptes.invitation(old)
    assert atelier.comptes.invitation(new).structure == structure


def test_the_link_is_not_in_the_base(ici: Atelier) -> None:
    jeton = ici.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, ici.structure())
    with ici.archives.coffre.reading() as connexion:
        assert jeton not in repr(connexion.execute(select(INVITATION)).all())


@pytest.mark.parametrize(
    "courriel", ["", "camille", "a@b", "a b@exemple.fr", "<a@exemple.fr>", "x" * 260 + "@e.fr"]
)
def test_what_is_no_email_is_not_invited(ici: Atelier, courriel: str) -> None:
    with pytest.raises(SaisieRefusee, match="courriel"):
        ici.comptes.invite(courriel, "Camille", Role.CONSEIL, ici.structure())


@pytest.mark.parametrize("nom", ["", "   ", "x" * 121, "Cam\x1bille"])
def test_a_name_is_one_readable_line(ici: Atelier, nom: str) -> None:
    with pytest.raises(SaisieRefusee, match="nom"):
        ici.comptes.add_structure(nom, Genre.CEP)


def test_an_admin_belongs_to_no_structure_and_others_to_one(ici: Atelier) -> None:
    with pytest.raises(SaisieRefusee):
        ici.comptes.invite(CAMILLE, "Camille", Role.ADMIN, ici.structure())
    with pytest.raises(SaisieRefusee):
        ici.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, None)


def test_someone_who_lost_a_telephone_is_invited_again_and_keeps_the_account(atelier: Atelier) -> None:
    compte = atelier.compte(CAMILLE, atelier.structure())
    seance = atelier.archives.seances.open(compte)
    jeton = atelier.comptes.invite(CAMILLE, "Camille", Role.CONSEIL, compte.structure)
    other = pyotp.random_base32()
    again = atelier.comptes.join(jeton, PHRASE + " 2", other, atelier.code(other))
    assert again.ref == compte.ref
    atelier.horloge.advance(minutes=2)
    assert not atelier.comptes.use_code(again, atelier.code())
    assert atelier.comptes.use_code(again, atelier.code(other))
    with pytest.raises(SeanceFinie):
        atelier.archives.seances.get(seance)


def test_an_account_of_another_structure_or_role_is_not_taken_over_by_an_invitation(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    for role, structure in ((Role.CONSEIL, ici.structure("Une autre")), (Role.RESPONSABLE, compte.structure)):
        with pytest.raises(SaisieRefusee, match="autre compte"):
            ici.comptes.invite(CAMILLE, "Camille", role, structure)


def test_a_deleted_account_leaves_no_trace_in_the_file_nor_its_log(ici: Atelier) -> None:
    compte = ici.compte("canari-47@exemple.fr", ici.structure())
    ici.archives.seances.open(compte)
    fichier = ici.archives.coffre.fichier
    assert fichier is not None
    files = [fichier, fichier.with_name(fichier.name + "-wal")]
    assert any(b"canari-47" in f.read_bytes() for f in files if f.exists())
    ici.comptes.delete(compte)
    assert not any(b"canari-47" in f.read_bytes() for f in files if f.exists())
    with pytest.raises(CompteIntrouvable):
        ici.comptes.get(compte.id)


# --- passwords -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mot_de_passe",
    ["onze signes", "x" * 129, "motdepasse2026", "Azertyuiop123!", "111111222222", "202620262026", "aaaaabbbbbcc",
     "Mission-Locale-2026", "camille@exemple.fr!", "vive camille ici"],
)  # fmt: skip
def test_a_short_common_or_personal_password_is_refused(mot_de_passe: str) -> None:
    with pytest.raises(MotDePasseFaible) as refus:
        check_strength(mot_de_passe, CAMILLE)
    assert mot_de_passe not in str(refus.value)


@pytest.mark.parametrize(
    "mot_de_passe", [PHRASE, "x7!" * 4 + "pqrs", "тёплый летний вечер", "d" * 100 + "efghij"]
)
def test_a_sentence_is_a_good_password(mot_de_passe: str) -> None:
    check_strength(mot_de_passe, CAMILLE)


def test_a_password_is_kept_as_argon2id_and_the_telephone_s_secret_sealed(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    with ici.archives.coffre.reading() as connexion:
        row = connexion.execute(select(COMPTE).where(COMPTE.c.id == compte.id)).one()
    assert row.mot_de_passe.startswith("$argon2id$")
    assert PHRASE not in repr(row)
    assert TELEPHONE not in repr(row)
    assert PHRASE not in repr(compte)


def test_a_password_hashed_with_old_parameters_is_hashed_again_at_sign_in(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PHRASE)
    with ici.archives.coffre.writing() as connexion:
        connexion.execute(update(COMPTE).values(mot_de_passe=weak))
    ici.archives.identification.check_password(CAMILLE, PHRASE, adresse=ICI)
    preuves = ici.comptes.proofs(compte)
    assert preuves is not None
    assert preuves.mot_de_passe != weak
    assert not motdepasse.is_outdated(preuves.mot_de_passe)


def test_an_unknown_email_and_a_wrong_password_get_the_same_sentence(ici: Atelier) -> None:
    ici.compte(CAMILLE, ici.structure())
    said = set()
    for courriel, mot_de_passe in ((CAMILLE, "pas la bonne phrase"), ("nul@exemple.fr", PHRASE)):
        with pytest.raises(IdentificationRefusee) as refus:
            ici.archives.identification.check_password(courriel, mot_de_passe, adresse=ICI)
        said.add(str(refus.value))
    assert len(said) == 1


def test_an_unknown_email_costs_the_same_work_as_a_known_one(
    ici: Atelier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ici.compte(CAMILLE, ici.structure())
    worked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            worked.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    identification = ici.archives.identification
    monkeypatch.setattr(motdepasse, "_HACHEUR", Counting())
    for courriel in (CAMILLE, "nul@exemple.fr"):
        with pytest.raises(IdentificationRefusee):
            identification.check_password(courriel, "pas la bonne phrase", adresse=ICI)
    assert len(worked) == 2
    assert len(set(worked)) == 1


def test_five_failures_close_one_account_for_a_while_and_no_other(ici: Atelier) -> None:
    structure = ici.structure()
    ici.compte(CAMILLE, structure)
    ici.compte("dominique@exemple.fr", structure)
    identification = ici.archives.identification
    for _ in range(PAR_CLE):
        with pytest.raises(IdentificationRefusee):
            identification.check_password(CAMILLE, "pas la bonne phrase", adresse=ICI)
    with pytest.raises(TropDEssais):
        identification.check_password(CAMILLE, PHRASE, adresse=ICI)
    assert identification.check_password("dominique@exemple.fr", PHRASE, adresse=ICI)
    ici.horloge.advance(minutes=30)
    assert identification.check_password(CAMILLE, PHRASE, adresse=ICI)


def test_trying_many_accounts_from_one_address_stops_that_address_only(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    frein = ici.archives.frein
    for rang in range(PAR_ADRESSE):
        frein.count(adresse=ICI, cle=f"compte:{rang}@exemple.fr")
    with pytest.raises(TropDEssais):
        ici.archives.identification.check_password(CAMILLE, PHRASE, adresse=ICI)
    assert ici.archives.identification.check_password(CAMILLE, PHRASE, adresse="192.0.2.2") == compte


# --- the telephone's code ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ecart_s", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_may_be_one_step_early_or_late(ecart_s: int, *, accepted: bool) -> None:
    shown = pyotp.TOTP(TELEPHONE).at((DEBUT + timedelta(seconds=ecart_s)).replace(tzinfo=UTC))
    assert (totp_step(TELEPHONE, shown, maintenant=DEBUT, apres=None) is not None) is accepted


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_not_six_digits_is_no_code(code: str) -> None:
    assert totp_step(TELEPHONE, code, maintenant=DEBUT, apres=None) is None


def test_a_code_is_accepted_with_the_space_telephones_show(ici: Atelier) -> None:
    code = ici.code()
    assert totp_step(TELEPHONE, f"{code[:3]} {code[3:]}", maintenant=DEBUT, apres=None)


def test_a_code_serves_once_even_sent_twice_at_the_same_time(atelier: Atelier) -> None:
    compte = atelier.compte(CAMILLE, atelier.structure())
    code, answers = atelier.code(), list[bool]()
    threads = [
        threading.Thread(target=lambda: answers.append(atelier.comptes.use_code(compte, code)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]


def test_after_a_code_the_one_before_no_longer_serves(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    before = ici.code()
    ici.horloge.advance(seconds=30)
    assert ici.comptes.use_code(compte, ici.code())
    assert not ici.comptes.use_code(compte, before)


def test_codes_cannot_be_tried_one_after_the_other(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    wrong = f"{(int(ici.code()) + 1) % 1_000_000:06}"
    for _ in range(PAR_CLE):
        with pytest.raises(IdentificationRefusee):
            ici.archives.identification.check_code(compte, wrong, adresse=ICI)
    with pytest.raises(TropDEssais):
        ici.archives.identification.check_code(compte, ici.code(), adresse=ICI)


# --- sessions ------------------------------------------------------------------------------------------


def test_a_session_ends_after_half_an_hour_without_a_request(atelier: Atelier) -> None:
    compte, seances = atelier.compte(CAMILLE, atelier.structure()), atelier.archives.seances
    jeton = seances.open(compte)
    for _ in range(3):
        atelier.horloge.advance(minutes=29)
        assert seances.get(jeton).ref == compte.ref
    atelier.horloge.advance(minutes=30)
    with pytest.raises(SeanceFinie):
        seances.get(jeton)


def test_a_session_ends_after_twelve_hours_whatever_happens(ici: Atelier) -> None:
    seances = ici.archives.seances
    jeton = seances.open(ici.compte(CAMILLE, ici.structure()))
    for _ in range(35):
        ici.horloge.advance(minutes=20)
        seances.get(jeton)
    ici.horloge.advance(minutes=20)
    with pytest.raises(SeanceFinie):
        seances.get(jeton)
    assert seances.erase_expired() == 1


def test_limits_of_sessions_are_settings(tmp_path: Path) -> None:
    with workshop("sqlite", tmp_path, seance_inactive_min=5) as atelier:
        jeton = atelier.archives.seances.open(atelier.compte(CAMILLE, atelier.structure()))
        atelier.horloge.advance(minutes=5)
        with pytest.raises(SeanceFinie):
            atelier.archives.seances.get(jeton)


@pytest.mark.parametrize("fin", ["desactiver", "fermer", "supprimer", "mot_de_passe", "partout"])
def test_all_sessions_end_at_once_when(atelier: Atelier, fin: str) -> None:
    structure = atelier.structure()
    compte, seances = atelier.compte(CAMILLE, structure), atelier.archives.seances
    other = atelier.compte("dominique@exemple.fr", atelier.structure("Une autre"))
    jetons, kept = [seances.open(compte), seances.open(compte)], seances.open(other)
    match fin:
        case "desactiver":
            atelier.comptes.set_active(compte, actif=False)
        case "fermer":
            atelier.comptes.set_structure_active(structure, active=False)
        case "supprimer":
            atelier.comptes.delete(compte)
        case "mot_de_passe":
            atelier.comptes.set_password(compte, "une tout autre phrase")
        case "partout":
            seances.close_all(compte)
    for jeton in jetons:
        with pytest.raises(SeanceFinie):
            seances.get(jeton)
    assert seances.get(kept).ref == other.ref


def test_a_closed_account_is_not_signed_in_with_the_right_password(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, ici.structure())
    ici.comptes.set_active(compte, actif=False)
    with pytest.raises(IdentificationRefusee):
        ici.archives.identification.check_password(CAMILLE, PHRASE, adresse=ICI)
    with pytest.raises(CompteIntrouvable):
        ici.archives.seances.open(compte)


def test_the_secret_of_a_session_is_not_in_the_base(ici: Atelier) -> None:
    jeton = ici.archives.seances.open(ici.compte(CAMILLE, ici.structure()))
    with ici.archives.coffre.reading() as connexion:
        assert jeton not in repr(connexion.execute(select(SEANCE)).all())


# --- who may do what to whom ---------------------------------------------------------------------------


def test_a_counsellor_manages_nothing(ici: Atelier) -> None:
    with pytest.raises(CompteIntrouvable):
        Gestion(ici.comptes, ici.compte(CAMILLE, ici.structure()))


def test_a_responsable_neither_sees_nor_changes_another_structure(ici: Atelier) -> None:
    ours, theirs = ici.structure(), ici.structure("Une autre")
    responsable = ici.compte(CAMILLE, ours, Role.RESPONSABLE)
    stranger = ici.compte("dominique@exemple.fr", theirs)
    ici.comptes.invite("sacha@exemple.fr", "Sacha", Role.CONSEIL, theirs)
    gestion = Gestion(ici.comptes, responsable)
    assert gestion.comptes() == [responsable]
    assert gestion.invitations() == []
    assert gestion.structures() == [ours]
    refused = (
        lambda: gestion.set_active(stranger.ref, actif=False),
        lambda: gestion.delete(stranger.ref),
        lambda: gestion.add_structure("La mienne", Genre.CEP),
        lambda: gestion.set_structure_active(ours.ref, active=False),
        lambda: gestion.invite("x@exemple.fr", "X", Role.ADMIN, ""),
    )
    for act in refused:
        with pytest.raises(CompteIntrouvable):
            act()
    assert ici.comptes.get(stranger.id).ouvert


def test_a_responsable_invites_into_the_own_structure_whatever_is_asked(ici: Atelier) -> None:
    ours, theirs = ici.structure(), ici.structure("Une autre")
    gestion = Gestion(ici.comptes, ici.compte(CAMILLE, ours, Role.RESPONSABLE))
    jeton = gestion.invite("sacha@exemple.fr", "Sacha", Role.CONSEIL, theirs.ref)
    assert ici.comptes.invitation(jeton).structure == ours


def test_nobody_closes_their_own_account(ici: Atelier) -> None:
    compte = ici.compte(CAMILLE, None, Role.ADMIN)
    gestion = Gestion(ici.comptes, compte)
    with pytest.raises(SaisieRefusee):
        gestion.set_active(compte.ref, actif=False)
    with pytest.raises(SaisieRefusee):
        gestion.delete(compte.ref)
