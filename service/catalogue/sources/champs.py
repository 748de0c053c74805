"""Reading one field of an item received: whatever its type, a usable value or nothing."""

from __future__ import annotations

from math import isfinite


def dig(item: object, *chemin: str) -> object:
    """The value at the end of the path; None as soon as a step is missing or is not an object."""
    for cle in chemin:
        if not isinstance(item, dict):
            return None
        item = item.get(cle)
    return item


def listed(answer: object, champ: str) -> list[object] | None:
    """The items of an answer; None when they are not there, or when no item is an object: one cannot tell
    from it that there is nothing."""
    found = dig(answer, champ)
    if not isinstance(found, list) or (found and not any(isinstance(item, dict) for item in found)):
        return None
    return found


def as_text(value: object) -> str:
    """A text without its outer blanks, an integer as written; "" for anything else."""
    if isinstance(value, str):
        return value.strip()
    return (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else ""
    )


def as_number(value: object) -> float | None:
    """A finite number, also when it comes as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def as_texts(value: object) -> tuple[str, ...]:
    """The texts of a list; a lone text is a list of one."""
    values = value if isinstance(value, list) else [value]
    return tuple(texte for texte in map(as_text, values) if texte)
