"""What the inputs of a definition offer: what the draft itself has, and what it may refer to of other packs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel.access import PERMISSIONS
from huoshui.matters.schema import OPENING, OWNER
from huoshui.packs.checks import Loaded
from huoshui.packs.contract import Known
from huoshui.packs.models import PackDraft
from huoshui.packs.schema import Text
from huoshui.web.office.pack_editor.cells import Option, title_of


@dataclass
class Offers:
    """The choices of one draft, with one of its definitions open."""

    draft: PackDraft
    have: Loaded
    definition: dict[str, Any]

    @cached_property
    def known(self) -> Known:
        """What the packs that the draft stands on declare."""
        stated = self.draft.manifest_data.get("requires")
        required = {str(code) for code in stated} if isinstance(stated, list) else set()
        ahead = list(required)
        while ahead:
            for code in self.have.requires.get(ahead.pop(), []):
                if code not in required:
                    required.add(code)
                    ahead.append(code)
        return self.have.known.only(required)

    def own(self, section: str) -> list[Option]:
        """The draft's definitions of a section."""
        return [(str(item.get("code")), title_of(item)) for item in self.draft.content.get(section, [])]

    def shared(self, section: str) -> list[Option]:
        """Kinds of place or roles: the draft's, then those of the packs it stands on."""
        own = self.own(section)
        codes = {code for code, _name in own}
        others = self.known.definitions.get(section, {}).items()
        return own + [(code, str(item.name)) for code, item in others if "." not in code and code not in codes]  # type: ignore[attr-defined]

    def roles(self, *, owner: bool = False) -> list[Option]:
        """Roles; ``owner``: with the responsible person."""
        return [*([(OWNER, _("责任人"))] if owner else []), *self.shared("roles")]

    def place_kinds(self) -> list[Option]:
        """Kinds of place."""
        return self.shared("place_kinds")

    def entries(self, path: str) -> list[Option]:
        """Entries of a list of the open definition, such as its states."""
        found = self.definition.get(path, [])
        return [(str(entry.get("code")), title_of(entry)) for entry in found if isinstance(entry, dict)]

    def fields(self, *types: str) -> list[Option]:
        """Fields of the open definition, of some types (none: of all)."""
        found = [entry for entry in self.definition.get("fields", []) if isinstance(entry, dict)]
        return [(str(e.get("code")), title_of(e)) for e in found if not types or e.get("type") in types]

    def is_filled_in(self, code: str) -> bool:
        """Whether a field of the open definition is filled in by a step, or can be corrected in a state."""
        steps = [one for one in self.definition.get("transitions", []) if isinstance(one, dict)]
        states = [one for one in self.definition.get("states", []) if isinstance(one, dict)]
        named = [one.get(key) for one in steps for key in ("requires", "fields")] + [
            one.get("editable") for one in states
        ]
        alone = [one.get("where_else") for one in steps] + [self.definition.get("owner_field")]
        return code in alone or any(code in codes for codes in named if isinstance(codes, list))

    def steps(self, *, opening: bool = True) -> list[Option]:
        """Steps of the open definition; ``opening``: with the opening of the matter."""
        return [*([(OPENING, _("立项"))] if opening else []), *self.entries("transitions")]

    def matter_kinds(self) -> list[Option]:
        """Kinds of matter that a failing answer may open."""
        own = [(f"{self.draft.pack}.{code}", name) for code, name in self.own("matters")]
        others = self.known.definitions.get("matters", {}).items()
        return own + [(code, str(item.name)) for code, item in others]  # type: ignore[attr-defined]

    def severities(self) -> list[Option]:
        """Severities of the kinds of matter that a failing answer may open."""
        own = [(str(one.get("code")), title_of(one)) for kind in self.draft.content.get("matters", [])
               for one in kind.get("severities", []) if isinstance(one, dict)]  # fmt: skip
        kinds = self.known.definitions.get("matters", {}).values()
        others = [(one.code, str(one.name)) for kind in kinds for one in kind.severities]  # type: ignore[attr-defined]
        return list(dict([*others, *own]).items())

    def permissions(self) -> list[Option]:
        """Permissions by name."""
        return [(code, str(Text(**labels))) for code, labels in sorted(PERMISSIONS.items())]
