"""The people one can be sent to: every one of them real, reachable, and told in easy words."""

from __future__ import annotations

import re
from datetime import date

import pytest

from knowledge.loading import load_knowledge
from knowledge.schema import Confiance, Contact
from service.profil import Situation

CONNAISSANCES = load_knowledge()
CONTACTS = CONNAISSANCES.contacts
TELEPHONE = re.compile(r"\d{2}( \d{2}){4}|0 \d{3}( \d{2,3}){2,3}|\d{4}")
SIGLE = re.compile(r"\b[A-Z]{2,}\b")

each_contact = pytest.mark.parametrize("contact", CONTACTS, ids=lambda c: c.cle)


def test_a_contact_is_known_once() -> None:
    assert len({c.cle for c in CONTACTS}) == len({c.nom for c in CONTACTS}) == len(CONTACTS)


@pytest.mark.parametrize("public", Situation)
def test_everyone_has_at_least_two_people_to_turn_to(public: Situation) -> None:
    assert sum(public in c.publics for c in CONTACTS) >= 2


def test_an_adult_is_not_sent_to_the_mission_locale() -> None:
    [mission] = [c for c in CONTACTS if c.cle == "mission_locale"]
    assert mission.publics == [Situation.JEUNE]


@each_contact
def test_a_contact_can_be_reached(contact: Contact) -> None:
    assert contact.url is None or contact.url.scheme == "https"
    assert contact.telephone is None or TELEPHONE.fullmatch(contact.telephone)


@each_contact
def test_a_contact_was_read_at_a_source_we_trust(contact: Contact) -> None:
    source = contact.source
    assert source.url is not None
    assert source.url.scheme == "https"
    assert source.confiance is not Confiance.FAIBLE
    assert source.vu_le <= date.today()


@each_contact
def test_an_acronym_stands_in_the_name_only_with_its_words(contact: Contact) -> None:
    told = (contact.pour_qui.tu, contact.pour_qui.vous, contact.aide.tu, contact.aide.vous)
    assert not any(SIGLE.search(texte) for texte in told)
    for sigle in SIGLE.findall(contact.nom):
        assert len(re.findall(r"\w{3,}", contact.nom.replace(sigle, ""))) >= len(sigle)
