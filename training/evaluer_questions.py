"""How well questions of fact are understood, by theme: `python -m training.evaluer_questions`.

Totals only for the part « preuve », which nobody looks at; `--erreurs` shows what is misread in « reglage ».
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from service.conseiller import Conseiller
from service.question import Questions
from training.judgements_files import DOSSIER

FICHIER = DOSSIER / "questions.jsonl"
PARTIES = ("reglage", "preuve")


def read(partie: str) -> list[dict[str, Any]]:
    """The lines of one part; Any: raw JSON."""
    with FICHIER.open(encoding="utf-8") as lignes:
        return [row for ligne in lignes if (row := json.loads(ligne))["part"] == partie]


def understood(row: dict[str, Any], questions: Questions) -> list[str]:
    """The themes read in one line, with the métier spoken of before where there is one."""
    return [t.value for t in questions.read(row["texte"], row.get("metier_conversation")).themes]


def is_right(row: dict[str, Any], themes: Sequence[str]) -> bool:
    """Whether the first theme is the one asked first."""
    return bool((themes[0] if themes else None) == row["theme"])


def measure(partie: str, questions: Questions, *, erreurs: bool = False) -> float:
    """Print the totals of one part; the share whose first theme is right."""
    rows = read(partie)
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in rows:
        themes = understood(row, questions)
        total[str(row["theme"])] += 1
        right[str(row["theme"])] += is_right(row, themes)
        if erreurs and not is_right(row, themes):
            print(f"  {row['id']} {row['texte']} | attendu {row['theme']} | lu {themes}")
    print(f"{partie}: {right.total() / len(rows):.3f} ({right.total()} of {len(rows)})")
    print("  " + ", ".join(f"{theme} {right[theme]}/{n}" for theme, n in sorted(total.items())))
    double = [row for row in rows if row["themes_autres"]]
    both = sum({row["theme"], *row["themes_autres"]} <= set(understood(row, questions)) for row in double)
    metiers = sum(_metiers_right(row, questions) for row in rows)
    print(f"  both themes {both}/{len(double)}, métiers {metiers}/{len(rows)}")
    return right.total() / len(rows)


def _metiers_right(row: dict[str, Any], questions: Questions) -> bool:
    before = row.get("metier_conversation")
    wanted = set(row["metiers"]) or ({before} if before else set())
    return set(questions.read(row["texte"], before).metiers) == wanted


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--erreurs", action="store_true", help="show the misread lines of « reglage »")
    erreurs = arguments.parse_args().erreurs
    questions = Conseiller.load(transformer=False).reponses.questions
    for partie in PARTIES:
        measure(partie, questions, erreurs=erreurs and partie == "reglage")


if __name__ == "__main__":
    main()
