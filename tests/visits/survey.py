"""A survey for the tests: every kind of question without points, conditions on an item and on a section, bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huoshui.duties.queries import system_account
from huoshui.packs.actions import load_pack
from huoshui.places.models import Place
from huoshui.visits import actions
from huoshui.visits.models import Visit
from tests.visits.staging import write_pack

PACK = """\
code: toilets
version: 1.0.0
name: {zh: 农村公厕调查, en: Rural toilets}
description: {zh: 一次性调查。, en: A one-off survey.}
requires: [core]
"""
CHECKLIST = """\
- code: toilets
  name: {zh: 农村公厕, en: Rural public toilets}
  place_kinds: [village]
  sections:
    - code: there
      name: {zh: 有没有, en: Whether}
      items:
        - code: has
          name: {zh: 村里有公厕吗, en: Is there a public toilet}
          method: see
          points: 0
          scoring: {type: yes_no}
        - code: why
          name: {zh: 没有的原因, en: Why not}
          method: hear
          points: 0
          scoring: {type: text, long: true, max_length: 20}
          relevant: not has
    - code: detail
      name: {zh: 什么样的, en: What it is like}
      relevant: has
      items:
        - code: built
          name: {zh: 哪天建成, en: Built on}
          method: check
          points: 0
          scoring: {type: date, earliest: 1980-01-01, latest: today}
        - code: kind
          name: {zh: 类型, en: Kind}
          method: see
          points: 0
          scoring:
            type: graded
            options:
              - {code: dry, name: {zh: 旱厕, en: Dry}, points: 0}
              - {code: flush, name: {zh: 水冲, en: Flush}, points: 0}
        - code: kit
          name: {zh: 配了什么, en: Equipment}
          method: see
          points: 0
          scoring:
            type: choices
            at_least: 1
            at_most: 2
            options:
              - {code: soap, name: {zh: 洗手液, en: Soap}}
              - {code: paper, name: {zh: 纸, en: Paper}}
              - {code: dryer, name: {zh: 烘手机, en: Dryer}}
        - code: seats
          name: {zh: 蹲位, en: Seats}
          method: see
          points: 0
          scoring: {type: threshold, unit: 个, minimum: 1, maximum: 40}
          constraint_message: {zh: 蹲位在 1 到 40 个之间, en: Between 1 and 40 seats}
        - code: soap_brand
          name: {zh: 洗手液多久添一次, en: How often soap is refilled}
          method: hear
          points: 0
          scoring: {type: text}
          relevant: "'soap' = any(kit) and seats >= 2"
"""
YES: dict[str, Any] = {
    "has": "yes",
    "built": "2016-05-04",
    "kind": "flush",
    "kit": ["soap", "paper"],
    "seats": "6",
    "soap_brand": "每周",
}
NO: dict[str, Any] = {"has": "no", "why": "没有地方"}


def load_survey(folder: Path) -> None:
    """The survey, as a pack."""
    load_pack(by=system_account(), folder=write_pack(folder, checklist=CHECKLIST, pack=PACK))


def surveyed(by: Any, place: Place, answers: dict[str, Any]) -> Visit:
    """A handed-in sheet of the survey."""
    visit = actions.start_visit(by=by, place=place, checklist="toilets.toilets")
    actions.save_answers(by=by, visit=visit, answers=answers)
    return actions.submit_visit(by=by, visit=visit)
