"""The ``roles`` section of a pack."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from huoshui.kernel.access import PERMISSIONS
from huoshui.kernel.wording import role_at
from huoshui.packs.contract import Known, Section, SectionReport
from huoshui.packs.schema import Code, Manifest, PackModel, Text


class Role(PackModel):
    """A role: what its holder may do within the place (and pack) of the duty."""

    code: Code = Field(description="Code of the role, unique over all packs.")
    name: Text = Field(description="Title of the role.")
    at_place: Text | None = Field(
        default=None, description="Its title behind the name of its place (寨卜昌村党支部书记); absent: the same title."
    )
    place_kinds: list[Code] = Field(default_factory=list, description="Kinds of place it can be held for; empty: any.")
    permissions: list[str] = Field(default_factory=list, description="Permissions, by name.")

    delegable: bool = Field(
        default=True,
        description="Whether its holder may have somebody stand in during a leave (代理). false for what rests on the"
        " person: scoring, signing, supervising, giving out permissions.",
    )

    def titled_at(self, place: object) -> str:
        """The title of the role at a place."""
        return role_at(place, self.at_place or self.name)


def validate(manifest: Manifest, roles: Sequence[Role], known: Known, report: SectionReport) -> None:
    """Permissions and place kinds must exist."""
    for index, role in enumerate(roles):
        for at, permission in enumerate(role.permissions):
            if permission not in PERMISSIONS:
                report.add((index, "permissions", at), "pack.permission", name=permission)
        for at, kind in enumerate(role.place_kinds):
            if not known.has("place_kinds", kind):
                report.add((index, "place_kinds", at), "pack.reference", name=kind, section="place_kinds")


SECTION = Section("roles", Role, validate, global_codes=True)
