"""A QR code as one path, for `components/qr.html`: it takes its size and colours from the style sheet."""

from __future__ import annotations

from dataclasses import dataclass

import segno

# The quiet zone that readers expect around it.
MARGE = 4


@dataclass(frozen=True)
class Qr:
    """In modules: the side with its margin, and the dark ones row by row."""

    cote: int
    trace: str


def draw_qr(texte: str) -> Qr:
    code = segno.make_qr(texte, error="m")
    rows = [
        f"M{MARGE + x} {MARGE + y}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, on in enumerate(row)
        if on
    ]
    return Qr(len(code.matrix) + 2 * MARGE, "".join(rows))
