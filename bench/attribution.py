"""How many numbers of a publication are attributed rightly: ``python -m bench.attribution PAGE FACTS LABELS``.

PAGE is the publication as text, FACTS the table of what it states, LABELS says which fact each of its numbers is
(columns before, printed, facts; see tests/publications/page_numbers.csv). None of the text is kept. Two vocabularies:

- ``register``: the terms of the packs in use. A number whose fact has no term there should be left unknown.
- ``names``: the names of the facts themselves, as if every mechanism had come. They were written from this page, so
  this is what matching comes to with good names and synonyms, and no promise for another text.

Needs a register with the demo's places: HUOSHUI_DATA_DIR. Prints a table, or JSON with --json.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.settings")
django.setup()

from huoshui.duties.queries import system_account  # noqa: E402
from huoshui.places.models import Place  # noqa: E402
from huoshui.publications.attribution import Attributed, Told, attribute  # noqa: E402
from huoshui.publications.blocks import paragraphs  # noqa: E402
from huoshui.publications.facts_table import Fact, facts  # noqa: E402
from huoshui.publications.files import decoded, read_publication  # noqa: E402
from huoshui.publications.matching import SURE, Matcher  # noqa: E402
from huoshui.publications.queries import usual_place  # noqa: E402
from huoshui.publications.terms import Term, TermKind, core, register_terms, term  # noqa: E402
from huoshui.publications.units import factor_of  # noqa: E402
from huoshui.publications.values import plan_called  # noqa: E402
from huoshui.publications.wheres import Gazetteer  # noqa: E402

Row = dict[str, str]
SAME_TERM = {"完成党组织换届村数": "行政村总数"}
"""36个行政村 says both how many villages there are and how many voted."""


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def named_terms(stated: Sequence[Row]) -> list[Term]:
    """The facts' own names as terms."""
    found = {}
    for row in stated:
        if row["kind"] == "schedule":
            continue
        is_standard = row["kind"] == "standard"
        least = Fraction(row["value"]) * factor_of(row["unit"]) if is_standard else None
        kind = TermKind.STANDARD if is_standard else TermKind.INDICATOR
        name = row["indicator_zh"]
        found[name] = term(kind, name, [name], row["unit"], periods=("year", "plan"), least=least)
    return list(found.values())


def labelled(told: Told, labels: Sequence[Row]) -> Iterator[tuple[Row, tuple[int, int] | None]]:
    """Each label with the block and the position of its number; None where it was not found as a statistic."""
    block, after = 0, 0
    for label in labels:
        sought = label["before"] + label["printed"]
        for at in range(block, len(told.blocks)):
            start = told.blocks[at].text.find(sought, max(0, after - len(label["before"])) if at == block else 0)
            if start >= 0:
                block, after = at, start + len(sought)
                break
        else:
            raise SystemExit(f"not in the text: {sought}")
        position = after - len(label["printed"])
        found = any(one.start == position for one in told.statistics(block))
        yield label, (block, position) if found else None


def judge(one: Attributed | None, wanted: Sequence[Fact], codes: dict[str, set[str]]) -> Counter[str]:
    """What became of one labelled number."""
    expected = set().union(*(codes[fact.label] for fact in wanted)) if wanted else set()
    best = one.matches[0] if one and one.matches else None
    sure = best is not None and best.score >= SURE
    said: Counter[str] = Counter(numbers=1, expected=bool(expected))
    if one is None:
        said["not found"] += 1
    if best is not None and best.term.code in expected:
        said["sure and right" if sure else "doubtful and right"] += 1
        said += _where_and_when(one, wanted) if sure else Counter()
    elif best is not None:
        said["sure and wrong" if sure else "doubtful and wrong"] += 1
    else:
        said["left unknown, should be known" if expected else "left unknown, rightly"] += 1
    return said


def _where_and_when(one: Attributed | None, wanted: Sequence[Fact]) -> Counter[str]:
    if one is None:
        return Counter()
    place = any(fact.place == one.place for fact in wanted)
    period = any(
        fact.period and fact.period.first <= one.when.first and one.when.last <= fact.period.last for fact in wanted
    )
    return Counter({"place right": place, "period right": period, "all three right": place and period})


def measure(arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Both vocabularies."""
    stated, labels = rows_of(arguments.facts), rows_of(arguments.labels)
    place = usual_place()
    if place is None:
        raise SystemExit("the register has no places")
    gazetteer = Gazetteer(place, Place.objects.all())
    blocks = paragraphs(decoded(arguments.page.read_bytes(), arguments.page.name))
    told = Told(blocks, gazetteer, arguments.as_of)
    table = read_publication(arguments.facts.read_bytes(), arguments.facts.name)
    found = {}
    for name, terms in (("register", register_terms()), ("names", named_terms(stated))):
        matcher = Matcher(terms)
        wanted = {fact.label: _with_plan(fact) for fact in facts(table, gazetteer, arguments.as_of, matcher)}
        codes = {label: _codes(fact, terms) for label, fact in wanted.items()}
        by_position = {(one.block, one.mention.start): one for one in attribute(told, matcher)}
        total: Counter[str] = Counter()
        for label, position in labelled(told, labels):
            asked = [wanted[code] for code in label["facts"].split("|") if code]
            total += judge(by_position.get(position) if position else None, asked, codes)
        found[name] = dict(total) | _rates(total)
    return found


def _with_plan(fact: Fact) -> Fact:
    period = fact.period or plan_called(system_account(), fact.period_name)
    return Fact(**{**vars(fact), "period": period})


def _codes(fact: Fact, terms: Sequence[Term]) -> set[str]:
    """The terms that a fact is of, each as good: those of its name, else those that its name is surely like."""
    names = {core(fact.name), core(SAME_TERM.get(fact.name, fact.name))}
    if own := {term.code for term in terms if names & set(term.cores)}:
        return own
    best = fact.matches[0].score if fact.matches else 0.0
    return {match.term.code for match in fact.matches if match.score == best >= SURE}


def _rates(total: Counter[str]) -> dict[str, float]:
    right, wrong = total["sure and right"], total["sure and wrong"]
    return {
        "precision": round(right / (right + wrong), 3) if right + wrong else 0.0,
        "recall": round(right / total["expected"], 3) if total["expected"] else 0.0,
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("page", "facts", "labels"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date(2018, 4, 2))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        return
    for name, numbers in found.items():
        print(name)
        for key, value in numbers.items():
            print(f"  {key:32} {value}")


if __name__ == "__main__":
    main()
