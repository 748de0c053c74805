"""Signing in elsewhere: OpenID Connect, authorization code with PKCE, the way ProConnect asks for it.

Nothing is believed before it is checked: the answer against our own `state`, the identity against the
provider's keys (RS256 only), its issuer, its audience, its hours and our `nonce`. One host is spoken
to, that of the provider, within five seconds in all, and no redirection is followed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.catalogue.fiches import FormatInattendu
from service.catalogue.sources.reseau import LOCAUX, Client, Reponse, SourceEnPanne
from service.dossiers.codes import digest
from service.dossiers.reglages import ReglagesDossiers

DELAI_S = 5.0
# Two clocks are never quite the same.
ECART_S = 30
POIDS_MAX = 200_000
ALGORITHMES = ["RS256"]
PORTEE = "openid email"
DECOUVERTE = "/.well-known/openid-configuration"
LONGUEUR_MAX = 2_000


class OpenIdEnPanne(Exception):
    """The provider did not answer as it should; nothing of what it said is quoted."""


class OpenIdRefuse(Exception):
    """The answer is not one to believe, or says no."""


@dataclass(frozen=True)
class Depart:
    """Where the browser goes, and what must be there when it comes back."""

    adresse: str
    attente: dict[str, str]
    """To be sealed in a cookie: state, nonce, code verifier, address of return."""


@dataclass(frozen=True)
class Identite:
    """Someone, as the provider knows them."""

    sujet: str
    """The digest of issuer and subject."""
    courriel: str | None
    """None unless verified."""


class OpenId:
    """One provider. Keeps nothing between two requests."""

    def __init__(
        self,
        emetteur: str,
        client: str,
        secret: str,
        *,
        nom: str,
        courriels_surs: bool = False,
        maintenant: Callable[[], float] = time.time,
        delai_s: float = DELAI_S,
    ) -> None:
        self.nom = nom
        self._emetteur, self._client, self._secret = emetteur, client, secret
        self._courriels_surs = courriels_surs
        self._maintenant = maintenant
        self._delai_s = delai_s
        self._hote = urlsplit(emetteur).hostname or ""

    @classmethod
    def of(cls, reglages: ReglagesDossiers) -> OpenId | None:
        """None unless issuer, client and secret are all set."""
        secret = reglages.oidc_secret.get_secret_value()
        if not (reglages.oidc_emetteur and reglages.oidc_client and secret):
            return None
        return cls(
            reglages.oidc_emetteur,
            reglages.oidc_client,
            secret,
            nom=reglages.oidc_nom,
            courriels_surs=reglages.oidc_courriels_surs,
        )

    def begin(self, retour: str) -> Depart:
        """`retour` is our own address, known to the provider. Raises OpenIdEnPanne."""
        with _Appel(self._hote, self._delai_s) as appel:
            adresse = self._discover(appel)["authorization_endpoint"]
        verifier = secrets.token_urlsafe(48)
        attente = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": verifier,
            "retour": retour,
        }
        demande = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": retour,
            "scope": PORTEE,
            "state": attente["state"],
            "nonce": attente["nonce"],
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        return Depart(f"{adresse}{'&' if '?' in adresse else '?'}{urlencode(demande)}", attente)

    def finish(self, attente: Mapping[str, str], recu: Mapping[str, str]) -> Identite:
        """Who came back. `recu` is the query of the return. Raises OpenIdEnPanne, OpenIdRefuse."""
        code = self._read_return(attente, recu)
        with _Appel(self._hote, self._delai_s) as appel:
            fiche = self._discover(appel)
            jetons = self._exchange(appel, fiche["token_endpoint"], code, attente)
            cles = _read_keys(appel.get(fiche["jwks_uri"]))
            claims = self._believe(jetons.get("id_token"), cles, nonce=attente["nonce"])
            entetes = {"authorization": f"Bearer {jetons.get('access_token', '')}"}
            infos = self._read_infos(appel.get(fiche["userinfo_endpoint"], entetes), cles)
        if infos.get("sub") != claims["sub"]:
            raise OpenIdRefuse
        return Identite(digest(f"{self._emetteur}\n{claims['sub']}"), self._courriel(infos))

    # --- the steps -------------------------------------------------------------------------------------

    def _discover(self, appel: _Appel) -> dict[str, str]:
        """The provider's own description, whose addresses are all its own."""
        fiche = _dict(appel.get(self._emetteur.rstrip("/") + DECOUVERTE))
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        if fiche.get("issuer") != self._emetteur or not all(self._is_theirs(fiche.get(n)) for n in needed):
            raise OpenIdEnPanne
        return {nom: fiche[nom] for nom in needed}

    def _is_theirs(self, adresse: object) -> bool:
        if not isinstance(adresse, str):
            return False
        lue = urlsplit(adresse)
        return lue.hostname == self._hote and (lue.scheme == "https" or self._hote in LOCAUX)

    def _read_return(self, attente: Mapping[str, str], recu: Mapping[str, str]) -> str:
        expected, received = attente["state"].encode(), recu.get("state", "").encode()
        if not hmac.compare_digest(expected, received):
            raise OpenIdRefuse
        # RFC 9207: a provider that names itself must be the one we asked.
        if recu.get("iss", self._emetteur) != self._emetteur:
            raise OpenIdRefuse
        code = recu.get("code", "")
        if not code or len(code) > LONGUEUR_MAX or "error" in recu:
            raise OpenIdRefuse
        return code

    def _exchange(self, appel: _Appel, adresse: str, code: str, attente: Mapping[str, str]) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attente["retour"],
            "client_id": self._client,
            "client_secret": self._secret,
            "code_verifier": attente["verifier"],
        }
        return _dict(appel.post(adresse, form))

    def _believe(self, jeton: object, cles: KeySet, *, nonce: str | None = None) -> dict[str, Any]:
        """What a signed token claims. Raises OpenIdRefuse."""
        rules: dict[str, Any] = {
            "iss": {"essential": True, "value": self._emetteur},
            "aud": {"essential": True, "value": self._client},
            "sub": {"essential": True},
        }
        if nonce:
            rules |= {"nonce": {"essential": True, "value": nonce}, "exp": {"essential": True}}
        registry = jwt.JWTClaimsRegistry(now=int(self._maintenant()), leeway=ECART_S, **rules)
        try:
            claims: dict[str, Any] = jwt.decode(str(jeton), cles, algorithms=ALGORITHMES).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError):
            raise OpenIdRefuse from None
        if claims.get("azp", self._client) != self._client:
            raise OpenIdRefuse
        return claims

    def _read_infos(self, reponse: Reponse, cles: KeySet) -> dict[str, Any]:
        """ProConnect signs what it says of someone; others answer plain JSON."""
        if reponse.entetes.get("content-type", "").partition(";")[0].strip().lower() != "application/jwt":
            return _dict(reponse)
        return self._believe(reponse.corps.decode("ascii", "replace").strip(), cles)

    def _courriel(self, infos: Mapping[str, Any]) -> str | None:
        courriel = infos.get("email")
        verified = infos.get("email_verified", self._courriels_surs)
        return courriel if isinstance(courriel, str) and verified is True else None


class _Appel:
    """The requests of one sign-in, which share one deadline. Raises OpenIdEnPanne."""

    def __init__(self, hote: str, delai_s: float) -> None:
        self._client = Client(hotes=frozenset({hote}), delai_s=delai_s, poids_max=POIDS_MAX)
        self._fin = time.monotonic() + delai_s

    def __enter__(self) -> _Appel:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, adresse: str, entetes: Mapping[str, str] | None = None) -> Reponse:
        return self._ask(lambda: self._client.get(adresse, headers=entetes))

    def post(self, adresse: str, form: Mapping[str, str]) -> Reponse:
        return self._ask(lambda: self._client.post(adresse, form=form))

    def _ask(self, send: Callable[[], Reponse]) -> Reponse:
        left = self._fin - time.monotonic()
        if left <= 0:
            raise OpenIdEnPanne
        self._client.delai_s = left
        try:
            reponse = send()
        except SourceEnPanne as panne:
            raise (OpenIdRefuse if panne.statut in (401, 403) else OpenIdEnPanne) from None
        if reponse.statut >= 400:
            # A code used twice, or too old: the provider says 400.
            raise OpenIdRefuse
        return reponse


def _dict(reponse: Reponse) -> dict[str, Any]:
    try:
        lu = reponse.json()
    except FormatInattendu:
        raise OpenIdEnPanne from None
    if not isinstance(lu, dict):
        raise OpenIdEnPanne
    return lu


def _read_keys(reponse: Reponse) -> KeySet:
    """The provider's signing keys; those of other kinds are left aside."""
    keys = _dict(reponse).get("keys")
    rsa = [
        key
        for key in (keys if isinstance(keys, list) else [])
        if isinstance(key, dict) and key.get("kty") == "RSA" and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": rsa})
    except (JoseError, ValueError, TypeError):
        raise OpenIdEnPanne from None


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
