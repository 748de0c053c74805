"""An identity provider on this machine: the flow of ProConnect, with a real key; it can be made to lie.

No page of its own: `authorize` plays the person who signs in there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cap-soin", "un secret partagé"
CLE = RSAKey.generate_key(2048, {"kid": "2026", "use": "sig"}, private=True)
AUTRE_CLE = RSAKey.generate_key(2048, {"kid": "2026", "use": "sig"}, private=True)


@dataclass
class Mensonges:
    """What this provider gets wrong, and what it says of the person."""

    id_token: dict[str, Any] = field(default_factory=dict)
    """Claims replaced; None removes one."""
    infos: dict[str, Any] = field(default_factory=dict)
    cle: RSAKey = field(default_factory=lambda: CLE)
    sans_signature: bool = False
    en_clair: bool = False
    """userinfo as JSON rather than signed."""
    decouverte: dict[str, Any] = field(default_factory=dict)
    attente_s: float = 0.0
    statut: int = 200
    """Of every answer; anything else than 200 is a failure of the provider."""


@dataclass
class Fournisseur:
    adresse: str = ""
    mensonges: Mensonges = field(default_factory=Mensonges)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    acces: set[str] = field(default_factory=set)

    def authorize(self, adresse: str) -> dict[str, str]:
        """The person signs in at this address: what comes back to us in the query."""
        demande = {nom: valeurs[0] for nom, valeurs in parse_qs(urlsplit(adresse).query).items()}
        assert demande["client_id"] == CLIENT
        assert demande["response_type"] == "code"
        assert demande["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = demande
        return {"code": code, "state": demande["state"], "iss": self.adresse}

    # --- its addresses ---------------------------------------------------------------------------------

    def discovery(self) -> dict[str, Any]:
        ours = {
            "issuer": self.adresse,
            "authorization_endpoint": f"{self.adresse}/authorize",
            "token_endpoint": f"{self.adresse}/token",
            "jwks_uri": f"{self.adresse}/jwks",
            "userinfo_endpoint": f"{self.adresse}/userinfo",
        }
        return ours | self.mensonges.decouverte

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        """None when the exchange is refused; a code serves once."""
        demande = self.codes.pop(form.get("code", ""), None)
        asked = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if demande is None or not known or form.get("redirect_uri") != demande["redirect_uri"]:
            return None
        if urlsafe_b64encode(asked).rstrip(b"=").decode() != demande["code_challenge"]:
            return None
        acces = secrets.token_urlsafe(16)
        self.acces.add(acces)
        claims = (
            self._claims()
            | {"nonce": demande["nonce"], "exp": int(time.time()) + 60}
            | self.mensonges.id_token
        )
        return {"access_token": acces, "token_type": "Bearer", "id_token": self._sign(claims)}

    def userinfo(self) -> str | dict[str, Any]:
        infos = {
            "sub": "sujet-1",
            "email": "camille@exemple.fr",
            "email_verified": True,
        } | self.mensonges.infos
        return infos if self.mensonges.en_clair else self._sign(self._claims() | infos)

    def jwks(self) -> dict[str, Any]:
        chiffrement = {"kty": "EC", "crv": "P-256", "use": "enc", "kid": "autre", "x": "AA", "y": "AA"}
        return {"keys": [chiffrement, CLE.as_dict(private=False)]}

    def _claims(self) -> dict[str, Any]:
        return {"iss": self.adresse, "aud": CLIENT, "sub": "sujet-1", "iat": int(time.time())}

    def _sign(self, claims: dict[str, Any]) -> str:
        told = {nom: valeur for nom, valeur in claims.items() if valeur is not None}
        if self.mensonges.sans_signature:
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, told)]
            return ".".join([*(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])
        return jwt.encode({"alg": "RS256", "kid": "2026"}, told, self.mensonges.cle)


@contextmanager
def provider() -> Iterator[Fournisseur]:
    """Running, then stopped."""
    fournisseur = Fournisseur()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fournisseur))
    fournisseur.adresse = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fournisseur
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(fournisseur: Fournisseur) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match self.path:
                case "/.well-known/openid-configuration":
                    self._answer(fournisseur.discovery())
                case "/jwks":
                    self._answer(fournisseur.jwks())
                case "/userinfo":
                    bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
                    self._answer(fournisseur.userinfo() if bearer in fournisseur.acces else None, 401)
                case _:
                    self._answer(None, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {nom: valeurs[0] for nom, valeurs in parse_qs(body).items()}
            self._answer(fournisseur.token(form) if self.path == "/token" else None, 400)

        def _answer(self, contenu: str | dict[str, Any] | None, refus: int = 400) -> None:
            time.sleep(fournisseur.mensonges.attente_s)
            statut = refus if contenu is None else fournisseur.mensonges.statut
            signed = isinstance(contenu, str)
            corps = contenu.encode() if isinstance(contenu, str) else json.dumps(contenu or {}).encode()
            self.send_response(statut)
            self.send_header("content-type", "application/jwt" if signed else "application/json")
            self.send_header("content-length", str(len(corps)))
            self.end_headers()
            self.wfile.write(corps)

        def log_message(self, *_: object) -> None:
            """Nothing in the output of the tests."""

    return Handler
