"""The keys of France Travail and the tokens they buy (OAuth2, client credentials), for all its APIs.

A token serves one set of scopes: an application that is not subscribed to one of two APIs would be refused
both if they were asked for together. Neither a key nor a token is ever shown, logged or put in a message.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from service.catalogue.fiches import FormatInattendu
from service.catalogue.sources.champs import as_number, as_text, dig
from service.catalogue.sources.reseau import Client, Reponse, SourceEnPanne

URL_JETON = "https://entreprise.francetravail.fr/connexion/oauth2/access_token"
ROYAUME = "/partenaire"
HOTES = frozenset({"entreprise.francetravail.fr", "api.francetravail.io"})
"""All that the Client needs to reach."""
# A token that ends while its request is on the way would be refused.
MARGE_S = 60.0

Headers = Mapping[str, str]

_JETON = re.compile(r"[\x21-\x7e]{1,8000}", re.ASCII)
_A_VERIFIER = {
    "invalid_client": "France Travail ne reconnaît pas la clé : vérifiez l'identifiant et la clé secrète",
    "invalid_scope": (
        "France Travail refuse les droits demandés : vérifiez sur francetravail.io que l'application "
        "est abonnée à cette API, et au bac à sable s'il est demandé"
    ),
}
_AUTRE_REFUS = "France Travail refuse de donner un jeton : vérifiez la clé et le royaume"
_SANS_DROIT = "France Travail refuse l'accès à cette API : vérifiez que l'application y est abonnée"


@dataclass(frozen=True)
class Cles:
    """What France Travail gives an application."""

    client_id: str
    client_secret: str = field(repr=False)


class Jeton:
    """The token of one set of scopes, asked for when it is needed. Shared by all threads."""

    def __init__(
        self,
        cles: Cles,
        portees: str,
        *,
        url: str = URL_JETON,
        royaume: str = ROYAUME,
        bac_a_sable: bool = False,
        horloge: Callable[[], float] = time.monotonic,
    ) -> None:
        """`portees`: the scopes, separated by blanks; those of the sandbox bear the prefix `test`."""
        prefixe = "test" if bac_a_sable else ""
        self._form = {
            "grant_type": "client_credentials",
            "client_id": cles.client_id,
            "client_secret": cles.client_secret,
            "scope": " ".join(prefixe + portee for portee in portees.split()),
        }
        self._url = f"{url}?{urlencode({'realm': royaume})}"
        self._horloge = horloge
        self._verrou = threading.Lock()
        self._valeur = ""
        self._fin = 0.0

    def send(self, client: Client, request: Callable[[Headers], Reponse]) -> Reponse:
        """Make this request with the token. One that the source no longer accepts is replaced, once.

        Raises SourceEnPanne, FormatInattendu.
        """
        valeur = self._value(client)
        try:
            return _send(request, valeur)
        except SourceEnPanne as panne:
            if panne.statut != 401:
                raise
        self._forget(valeur)
        return _send(request, self._value(client))

    def _value(self, client: Client) -> str:
        # Whoever comes meanwhile waits for this answer rather than ask for a token of their own.
        with self._verrou:
            if not self._valeur or self._horloge() >= self._fin:
                asked = self._horloge()
                self._valeur, duree_s = _read(client.post(self._url, form=self._form))
                self._fin = asked + duree_s - MARGE_S
            return self._valeur

    def _forget(self, valeur: str) -> None:
        """Unless another thread has replaced it already."""
        with self._verrou:
            if self._valeur == valeur:
                self._valeur = ""


def _send(request: Callable[[Headers], Reponse], valeur: str) -> Reponse:
    try:
        return request({"Authorization": f"Bearer {valeur}", "Accept": "application/json"})
    except SourceEnPanne as panne:
        if panne.statut == 403:
            # A token is no proof of access: the gateway checks the subscription afterwards.
            raise SourceEnPanne(_SANS_DROIT, statut=403) from None
        raise


def _read(reponse: Reponse) -> tuple[str, float]:
    """The token, and for how many seconds it is good."""
    if reponse.statut >= 400:
        raise SourceEnPanne(_A_VERIFIER.get(_error(reponse), _AUTRE_REFUS), statut=reponse.statut)
    recu = reponse.json()
    valeur = as_text(dig(recu, "access_token"))
    if not _JETON.fullmatch(valeur):
        raise FormatInattendu("la réponse de France Travail ne contient pas de jeton")
    return valeur, as_number(dig(recu, "expires_in")) or 0.0


def _error(reponse: Reponse) -> str:
    try:
        return as_text(dig(reponse.json(), "error"))
    except FormatInattendu:
        return ""
