"""The two proofs of a local account: a long password (argon2id), and a code that changes (TOTP, RFC 6238).

The work of a hash is the same whether the account exists or not, and few are made at once: each takes 64 MiB.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGUEUR_MIN = 12
LONGUEUR_MAX = 128
SIGNES_DIFFERENTS = 5
PERIODE_S = 30
# A telephone's clock may be one step late, or early.
DERIVE = 1
# Of an e-mail, what is long enough for its presence to be no accident.
PARTIE_MIN = 4
ENSEMBLE = 4
SERVICE = "Cap Soin"
COMMUNS = frozenset(
    "motdepasse monmotdepasse azerty azertyuiop azertyuiopqsdfghjklm qwerty qwertyuiop password motdepass "
    "administrateur administrator admin bonjour bonjourbonjour bienvenue soleil doudou chouchou jetaime "
    "iloveyou loulou marseille paris france capsoin missionlocale francetravail poleemploi conseiller "
    "conseillere emploi orientation insertion secret changeme letmein welcome abcdefghijkl qsdfghjklm".split()
)
"""The commonest, and the words of the trade: digits and signs around them are no protection."""
_CODE = re.compile(r"\d{6}", re.ASCII)
_ESPACES = re.compile(r"\s")

_HACHEUR = PasswordHasher()
_PLACES = threading.BoundedSemaphore(ENSEMBLE)


class MotDePasseFaible(ValueError):
    """A password that cannot be taken; the message is French and does not quote it."""


def check_strength(mot_de_passe: str, courriel: str) -> None:
    """Raises MotDePasseFaible."""
    if not LONGUEUR_MIN <= len(mot_de_passe) <= LONGUEUR_MAX:
        raise MotDePasseFaible(
            f"Un mot de passe compte de {LONGUEUR_MIN} à {LONGUEUR_MAX} signes. Une phrase va très bien."
        )
    plain = mot_de_passe.casefold()
    letters = "".join(sign for sign in plain if sign.isalpha())
    if letters in COMMUNS | {""} or len(set(plain)) < SIGNES_DIFFERENTS:
        raise MotDePasseFaible("Ce mot de passe est trop courant. Une phrase à vous est plus sûre.")
    nom = courriel.casefold().partition("@")[0]
    if courriel.casefold() in plain or (len(nom) >= PARTIE_MIN and nom in plain):
        raise MotDePasseFaible("Ce mot de passe contient votre courriel. Choisissez autre chose.")


def hash_password(mot_de_passe: str) -> str:
    with _PLACES:
        return _HACHEUR.hash(mot_de_passe)


def verify_password(empreinte: str | None, mot_de_passe: str) -> bool:
    """As long with no hash to compare with (an unknown account) as with one."""
    with _PLACES:
        try:
            _HACHEUR.verify(empreinte or _nobody(), mot_de_passe[:LONGUEUR_MAX])
        except (VerificationError, InvalidHashError):
            return False
    return empreinte is not None and len(mot_de_passe) <= LONGUEUR_MAX


def is_outdated(empreinte: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _HACHEUR.check_needs_rehash(empreinte)


@cache
def _nobody() -> str:
    return _HACHEUR.hash(pyotp.random_base32())


def prepare() -> None:
    """Make now what the first unknown e-mail would otherwise wait for, and be told apart by."""
    with _PLACES:
        _nobody()


# --- the code that changes -----------------------------------------------------------------------------


def new_totp() -> str:
    """160 bits, in base 32."""
    return pyotp.random_base32()


def totp_step(secret: str, code: str, *, maintenant: datetime, apres: int | None) -> int | None:
    """The step this code is of, None when it is of none; a step up to `apres` was used already."""
    lu = _ESPACES.sub("", code)
    if not _CODE.fullmatch(lu):
        return None
    totp = pyotp.TOTP(secret, interval=PERIODE_S)
    now = int(maintenant.replace(tzinfo=UTC).timestamp()) // PERIODE_S
    steps = range(now - DERIVE, now + DERIVE + 1)
    fits = [step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), lu)]
    return next((step for step in fits if apres is None or step > apres), None)


def totp_address(secret: str, courriel: str) -> str:
    """What the QR code says to the application of a telephone."""
    return pyotp.TOTP(secret, interval=PERIODE_S).provisioning_uri(name=courriel, issuer_name=SERVICE)


def show_secret(secret: str) -> str:
    """By groups of four, to be copied by hand."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
