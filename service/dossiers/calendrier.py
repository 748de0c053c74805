"""The dated steps of a dossier as a calendar file, for the diary of one's own phone.

A step keeps its UID: brought in again after a change, it replaces itself. Nothing goes in but its own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from service.dossiers.dossier import Etape

# Nine in the morning, the day before: a day's event begins at midnight.
RAPPEL = timedelta(hours=-15)
UN_JOUR = timedelta(days=1)


def make_calendar(etapes: Iterable[Etape], *, maintenant: datetime) -> bytes:
    """An iCalendar file; `maintenant` is UTC, without a zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Cap Soin//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for etape in etapes:
        if etape.le is not None:
            calendar.add_component(_event(etape, etape.le, maintenant))
    return bytes(calendar.to_ical())


def _event(etape: Etape, jour: date, maintenant: datetime) -> Event:
    event = Event()
    event.add("uid", f"{etape.id}@cap-soin")
    event.add("dtstamp", maintenant.replace(tzinfo=UTC))
    event.add("dtstart", jour)
    event.add("dtend", jour + UN_JOUR)
    event.add("summary", etape.texte)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    if not etape.faite:
        event.add_component(_alarm(etape))
    return event


def _alarm(etape: Etape) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", RAPPEL)
    alarm.add("description", etape.texte)
    return alarm
