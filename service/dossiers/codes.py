"""Codes people copy by hand, secrets that travel in links and cookies; never kept as they are.

A short code is guessed by trying: it is stored under a key (HMAC), and tries are counted (`frein`). A long
secret cannot be guessed: its digest is enough.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs, none of which is read for another: no 0 O, no 1 I L."""
LONGUEUR = 8
OCTETS_JETON = 32
_SEPARATEURS = re.compile(r"[\s.\-–—_]+")
_CODE = re.compile(rf"[{ALPHABET}]{{{LONGUEUR}}}")
_REF = re.compile(r"[A-Za-z0-9_-]{16}")
_JETON = re.compile(r"[A-Za-z0-9_-]{43}")


class CodeIllisible(ValueError):
    """What was typed is no code of ours; the message is French and quotes nothing."""

    def __init__(self) -> None:
        super().__init__("Un code compte 8 signes : des lettres et des chiffres, sans 0, 1, I, L ni O.")


def new_code() -> str:
    """8 signs, about 39.6 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR))


def show_code(code: str) -> str:
    """« ABCD EFGH », as it is read aloud and copied."""
    return f"{code[: LONGUEUR // 2]} {code[LONGUEUR // 2 :]}"


def read_code(ecrit: str) -> str:
    """The code as typed: spaces, hyphens and case do not count. Raises CodeIllisible."""
    code = _SEPARATEURS.sub("", ecrit).upper()
    if not _CODE.fullmatch(code):
        raise CodeIllisible
    return code


def new_jeton() -> str:
    """256 bits for a link or a cookie, 43 characters."""
    return secrets.token_urlsafe(OCTETS_JETON)


def drawn_code(graine: str, cle: bytes) -> str:
    """The code a form's seed leads to: the same form sent twice shows the same code."""
    nombre = int.from_bytes(_drawn("code", graine, cle))
    return "".join(ALPHABET[nombre // len(ALPHABET) ** rang % len(ALPHABET)] for rang in range(LONGUEUR))


def drawn_jeton(usage: str, graine: str, cle: bytes) -> str:
    """The long secret a form's seed leads to, for this usage."""
    return base64.urlsafe_b64encode(_drawn(usage, graine, cle)).decode().rstrip("=")


def is_jeton(ecrit: str) -> bool:
    return _JETON.fullmatch(ecrit) is not None


def new_ref() -> str:
    """What stands for a thing in an address: of no use without the right to see it."""
    ref = secrets.token_urlsafe(12)
    # A command would read a leading hyphen as an option.
    return new_ref() if ref.startswith("-") else ref


def is_ref(ecrit: str) -> bool:
    return _REF.fullmatch(ecrit) is not None


def digest(jeton: str) -> str:
    """How a long secret is stored: 64 hexadecimal signs."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def keyed_digest(texte: str, cle: bytes) -> str:
    """How a short code, or an address, is stored: 64 hexadecimal signs."""
    return hmac.new(cle, texte.encode(), hashlib.sha256).hexdigest()


def _drawn(usage: str, graine: str, cle: bytes) -> bytes:
    """256 bits nobody finds from the seed alone."""
    return hmac.new(cle, f"tirage:{usage}:{graine}".encode(), hashlib.sha256).digest()
