"""The dossier open in this browser, if one is: pages read from it, and every act is kept in it.

Without a dossier nothing is kept, and the answers travel with the page alone. With one, a page also says
which dossier it shows and at which version (`Conversation.page`): an act sent twice counts once, and an act
sent from an older page applies to what is kept now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request

from service.conseiller import Conseiller, Personne
from service.conversation import Conversation
from service.dossiers.archives import Archives
from service.dossiers.chronique import tell
from service.dossiers.codes import is_jeton
from service.dossiers.coffre import CoffreInutilisable
from service.dossiers.dossier import Auteur, Contenu, Dossier, DossierIntrouvable, Vu
from service.fil import Echange, follow, told
from service.orientation import Orientation
from service.profil import MetierInconnu, Profil
from service.questionnaire import QuestionInconnue
from web.cookies import cookie_name as cookie_name
from web.cookies import drop_cookie as drop_cookie
from web.cookies import set_cookie as set_cookie
from web.dependencies import ArchivesDep, ConseillerDep
from web.routes.envoi import ILLISIBLE, Envoi, EnvoiInvalide
from web.routes.lieu import LieuSaisi, settle


class Garde(StrEnum):
    """Whether what is on the page is kept."""

    NON = "non"
    OUI = "oui"
    PANNE = "panne"
    """No more: the base does not answer."""
    PERDU = "perdu"
    """No more: the dossier was erased, expired, or closed on this device."""


@dataclass
class Suivi:
    """One request of one browser."""

    archives: Archives
    conseiller: Conseiller
    appareil: str | None
    """What the cookie holds."""
    en_panne: bool = False
    """The base does not answer: what follows is not kept, and the page says so."""
    perdu: bool = False
    """The page is of a dossier that is not open here any more: the same."""
    envoyee: str | None = None
    """The page this request was sent from: what an act is known by, whatever was kept since."""

    @property
    def dossier(self) -> Dossier | None:
        """The one open here; None when there is none, or it is gone."""
        if self.appareil is None:
            return None
        try:
            return self.archives.dossiers.open(self.appareil)
        except DossierIntrouvable:
            return None
        except CoffreInutilisable:
            self.en_panne = True
            return None

    def of(self, page: Conversation) -> Dossier | None:
        """The dossier this page belongs to. A page begun without it goes on without it."""
        begun = page.tours or page.public
        if page.page is None and begun:
            return None
        dossier = self.dossier
        if page.page and (dossier is None or page.page.partition(".")[0] != dossier.ref):
            self.perdu = True
            return None
        return dossier

    def garde(self, conversation: Conversation) -> Garde:
        """What the page that shows this conversation says of its being kept."""
        if self.en_panne:
            return Garde.PANNE
        if self.perdu:
            return Garde.PERDU
        return Garde.OUI if conversation.page else Garde.NON

    def current(self, page: Conversation) -> Conversation:
        """What is kept now, else what the page carries."""
        dossier = self.of(page)
        return dossier.conversation if dossier else _alone(page)

    def follow(self, envoi: Envoi) -> Echange:
        """The conversation with its newest act, kept if there is where. Raises EnvoiInvalide and the like."""
        page = envoi.conversation()
        self.envoyee = page.page
        dossier = self.of(page)
        if dossier is None:
            return follow(envoi.onto(_alone(page)), self.conseiller)
        made: list[Echange] = []

        def change(conversation: Conversation) -> Conversation:
            echange = follow(envoi.onto(conversation), self.conseiller)
            made.append(echange)
            # A call for help is answered, and kept nowhere.
            return conversation if echange.alerte else echange.conversation

        try:
            now = self._act(dossier, gesture(envoi, page), change)
        except EnvoiInvalide as refus:
            raise EnvoiInvalide(str(refus), dossier.conversation) from None
        if now is None:
            return follow(envoi.onto(_alone(page)), self.conseiller)
        echange = made[-1] if made else follow(now, self.conseiller)
        shown = echange.conversation if echange.alerte else now
        return replace(echange, conversation=shown.model_copy(update={"page": now.page}))

    def read(self, etat: str) -> tuple[Conversation, Personne, dict[str, str]]:
        """For a page that adds nothing: the conversation, the person, and a sentence when it could not be
        read again."""
        try:
            page = Envoi(etat=etat).conversation()
            self.envoyee = page.page
            conversation = self.current(page)
            return conversation, told(conversation, self.conseiller), {}
        except (EnvoiInvalide, QuestionInconnue, MetierInconnu):
            return Conversation(), Personne(Profil()), {"etat": ILLISIBLE}

    def settle(self, page: Conversation, lieu: LieuSaisi, rayon_km: int | None = None) -> Conversation:
        """The conversation with that place in it, kept if there is where."""
        if lieu.commune is None:
            return page
        dossier = self.of(page)
        geste = _digest(self.envoyee, "lieu", lieu.commune.code, rayon_km)
        kept = dossier and self._act(dossier, geste, lambda avant: settle(avant, lieu, rayon_km))
        return kept or settle(_alone(page), lieu, rayon_km)

    def show(self, conversation: Conversation, orientation: Orientation) -> None:
        """The ranking is on screen: a dossier remembers it, with what it was computed."""
        dossier = self.of(conversation)
        if dossier is None or not orientation.recommandations:
            return
        metiers = [reco.metier for reco in orientation.recommandations]
        slugs = tuple(metier.slug for metier in metiers)
        vu = Vu(le=self.archives.coffre.horloge(), metiers=slugs, versions=dict(orientation.versions))
        quoi = f"Métiers proposés : {', '.join(metier.titre.double for metier in metiers)}."
        geste = _digest("vu", dossier.version, slugs)
        with suppress(DossierIntrouvable, CoffreInutilisable):
            self.archives.dossiers.act(dossier.id, geste, Auteur.PERSONNE, lambda c: (c.seen(vu), quoi))

    def _act(
        self, dossier: Dossier, geste: str, change: Callable[[Conversation], Conversation]
    ) -> Conversation | None:
        """None when it could not be kept."""

        def on_contenu(contenu: Contenu) -> tuple[Contenu, str]:
            avant = contenu.conversation
            apres = _alone(change(avant))
            return contenu.model_copy(update={"conversation": apres}), tell(avant, apres, self.conseiller)

        try:
            return self.archives.dossiers.act(dossier.id, geste, Auteur.PERSONNE, on_contenu).conversation
        except CoffreInutilisable:
            self.en_panne = True
            return None
        except DossierIntrouvable:
            self.perdu = True
            return None


def gesture(envoi: Envoi, page: Conversation) -> str:
    """What an act is known by: the page it was made on, and all that it says."""
    said = envoi.model_dump(exclude={"etat"}, exclude_defaults=True)
    return _digest(page.page, sorted(said.items()))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _alone(conversation: Conversation) -> Conversation:
    """Of no dossier."""
    return conversation.model_copy(update={"page": None})


def get_suivi(request: Request, archives: ArchivesDep, conseiller: ConseillerDep) -> Suivi:
    appareil = request.cookies.get(cookie_name(request), "")
    return Suivi(archives, conseiller, appareil if is_jeton(appareil) else None)


SuiviDep = Annotated[Suivi, Depends(get_suivi)]
