"""Signing in with a password, then the telephone's code; failures are counted, and do not say who exists."""

from __future__ import annotations

from service.dossiers.comptes import Compte, CompteIntrouvable, Comptes, plain_courriel
from service.dossiers.frein import Frein
from service.dossiers.motdepasse import is_outdated, prepare, verify_password


class IdentificationRefusee(Exception):
    """The same for an unknown e-mail, a wrong password and a closed account; the message is French."""


class Identification:
    """Every method raises TropDEssais once this account, or this address, failed too often lately."""

    def __init__(self, comptes: Comptes, frein: Frein) -> None:
        self._comptes = comptes
        self._frein = frein
        prepare()

    def check_password(self, courriel: str, mot_de_passe: str, *, adresse: str) -> Compte:
        """The account of this e-mail, whose code is still to be asked. Raises IdentificationRefusee."""
        cle = f"compte:{plain_courriel(courriel)}"
        self._frein.check(adresse=adresse, cle=cle)
        compte = self._known(courriel)
        preuves = self._comptes.proofs(compte) if compte else None
        right = verify_password(preuves.mot_de_passe if preuves else None, mot_de_passe)
        if compte is None or preuves is None or not right or not compte.ouvert:
            self._frein.count(adresse=adresse, cle=cle)
            raise IdentificationRefusee("Ce courriel et ce mot de passe ne vont pas ensemble.")
        if is_outdated(preuves.mot_de_passe):
            self._comptes.rehash(compte, mot_de_passe)
        return compte

    def check_code(self, compte: Compte, code: str, *, adresse: str) -> None:
        """The telephone's code, once. Raises IdentificationRefusee."""
        cle = f"code:{compte.ref}"
        self._frein.check(adresse=adresse, cle=cle)
        if not self._comptes.use_code(compte, code):
            self._frein.count(adresse=adresse, cle=cle)
            raise IdentificationRefusee("Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant.")
        self._frein.forget(cle=cle)
        self._frein.forget(cle=f"compte:{compte.courriel}")

    def _known(self, courriel: str) -> Compte | None:
        try:
            return self._comptes.by_courriel(courriel)
        except CompteIntrouvable:
            return None
