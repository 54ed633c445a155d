"""A draft as a page has it open: its definitions, what the check says of it, and where each finding is mended."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.urls import reverse

from huoshui.kernel.access import require
from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs.actions import loaded
from huoshui.packs.checks import CheckedPack
from huoshui.packs.contract import SECTIONS
from huoshui.packs.drafting import check_draft, standing_on_draft
from huoshui.packs.models import PackDraft
from huoshui.packs.reader import MANIFEST
from huoshui.web.office.pack_editor.cells import title_of
from huoshui.web.office.pack_editor.offers import Offers
from huoshui.web.office.pack_editor.parts import Sheet, sheets
from huoshui.web.requests import SignedInRequest


def entry_named(path: list[str], within: dict[str, Any]) -> tuple[str, str, int]:
    """The entry that a problem's path leads into, such as transitions.reopen.from: its name, its list's address and
    where it stands there; "" for none."""
    found, address = ("", "", 0), ""
    while len(path) > 1:
        entries = within.get(path[0])
        listed = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
        at = next((n for n, one in enumerate(listed) if str(one.get("code")) == path[1].partition("[")[0]), None)
        if at is None:
            break
        address = f"{address}{path[0]}"
        found = (title_of(listed[at]), address, at)
        within, address, path = listed[at], f"{address}.{at}.", path[2:]
    return found


@dataclass(frozen=True)
class Finding:
    """Something that keeps a draft from being published, and where it is mended."""

    problem: Problem
    where: str
    """Which definition, in words; "" for the draft as a whole."""
    url: str


@dataclass
class Opened:
    """One request to the workbench."""

    request: SignedInRequest
    draft: PackDraft

    @classmethod
    def of(cls, request: SignedInRequest, pack: str) -> Opened:
        """The draft of a pack. Raises access.denied or access.not_found."""
        require(request.user, "pack.load")
        return cls(request, PackDraft.objects.get_visible(request.user, pack=pack))

    @property
    def seen(self) -> int:
        """The draft's version when the form was opened; 0, which no draft has, for none."""
        typed = self.request.POST.get("seen", "")
        return int(typed) if typed.isdecimal() else 0

    @cached_property
    def checked(self) -> CheckedPack:
        """What its check says."""
        return check_draft(self.draft)

    @cached_property
    def findings(self) -> list[Finding]:
        """Everything that keeps it from being published."""
        found = [self._finding(finding.file, finding.problem) for finding in self.checked.findings]
        return found + [Finding(problem, "", "") for problem in standing_on_draft(self.draft)]

    def _finding(self, file: str, problem: Problem) -> Finding:
        """Problems name what they are about as "item.states.doing": the definition stands first."""
        if Path(file).name == MANIFEST:
            return Finding(problem, "", reverse("pack_draft_about", args=[self.draft.pack]))
        section = Path(file).stem
        code = problem.field.partition(".")[0]
        item = next((one for one in self.draft.content.get(section, []) if str(one.get("code")) == code), None)
        if item is None:
            return Finding(problem, "", "")
        own = reverse("pack_draft_definition", args=[self.draft.pack, section, code])
        name, address, at = entry_named(problem.field.split(".")[1:], item)
        if not address:
            return Finding(problem, title_of(item), own)
        url = reverse("pack_draft_entry", args=[self.draft.pack, section, code, address, at])
        return Finding(problem, f"{title_of(item)} · {name}", url if self.sheet(section) else own)

    def sheet(self, section: str) -> Sheet | None:
        """The forms of a section. Raises access.not_found for what is no section."""
        if section not in SECTIONS:
            raise Refusal("access.not_found")
        return sheets().get(section)

    def definition(self, section: str, code: str) -> dict[str, Any]:
        """A definition of the draft, to be changed. Raises access.not_found."""
        for item in self.draft.content.get(section, []):
            if str(item.get("code")) == code:
                return deepcopy(item)
        raise Refusal("access.not_found")

    def codes(self, section: str) -> set[str]:
        """Codes that a new definition of a section cannot have: the draft's, and where they are unique over all packs
        (place kinds, roles) those of the others."""
        others = set(loaded().known.definitions[section]) if SECTIONS[section].global_codes else set()
        return others | {str(item.get("code")) for item in self.draft.content.get(section, [])}

    def offers(self, definition: dict[str, Any]) -> Offers:
        """What the inputs of a definition offer."""
        return Offers(self.draft, loaded(), definition)
