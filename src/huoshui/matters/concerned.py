"""The unit that a complaint is about: it never answers for it, takes no step, gets no notice, and does not hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from huoshui.duties.models import Account, Unit
from huoshui.duties.standing import Hand, standing_of
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import read_once, remember
from huoshui.matters.models import Matter, MatterValue
from huoshui.matters.schema import OWNER, MatterKind
from huoshui.places.models import Place
from huoshui.places.queries import ancestors


def concerned_unit(matter: Matter) -> UUID | None:
    """The unit that a matter is about; None for a kind that names none, or where none was named."""
    return _named(matter) if matter.definition.concerns else None


@read_once
def _named(matter: Matter) -> UUID | None:
    return _read([matter]).get(matter.pk)


def _read(matters: Sequence[Matter]) -> dict[UUID, UUID]:
    codes = {matter.pk: matter.definition.concerns for matter in matters}
    rows = MatterValue.objects.filter(matter__in=list(codes), code__in={code for code in codes.values() if code})
    return {row.matter_id: UUID(row.text) for row in rows if row.code == codes[row.matter_id] and row.text}


def read_concerned(matters: Iterable[Matter]) -> None:
    """Read at once which units many matters are about, within ``kernel.reading.reading()``."""
    naming = [matter for matter in matters if matter.definition.concerns]
    if naming:
        found = _read(naming)
        remember(_named, {matter: found.get(matter.pk) for matter in naming})


def is_concerned(matter: Matter, actor: Any) -> bool:
    """Whether an actor is of the unit that a matter is about, or counts as somebody of it."""
    unit = concerned_unit(matter)
    return unit is not None and standing_of(actor).is_of_their_units([Hand(None, unit)], matter.place.path, matter.pack)


def without_concerned(matter: Matter, accounts: Iterable[Account]) -> list[Account]:
    """Those of some accounts that are not of the unit that a matter is about."""
    return [account for account in accounts if not is_concerned(matter, account)]


def require_other(unit: UUID | None, concerned: UUID | None, who: str, field: str = OWNER) -> None:
    """Raise matter.owner_concerned where who is to answer for a complaint is of the unit that it is about."""
    if concerned is not None and unit == concerned:
        raise Refusal("matter.owner_concerned", field=field, person=who)


def check_opening(by: Any, kind: MatterKind, place: Place, unit: Unit) -> None:
    """A complaint is opened by another unit than it is about, and stands above it, where its people have no duty.

    Where nothing above that unit is among the places of the kind, it stands anywhere, and the bars alone hold.
    Raises matter.unit_concerned or matter.concerned_place.
    """
    if getattr(by, "unit_id", None) == unit.pk:
        raise Refusal("matter.unit_concerned", field=kind.concerns or "", unit=unit.name)
    if not place.path.startswith(unit.place.path):
        return
    above = [up for up in ancestors(unit.place) if not kind.place_kinds or up.kind in kind.place_kinds]
    if above:
        told: dict[str, Any] = {"unit": unit.name, "place": place.short_name, "above": above[-1].short_name}
        raise Refusal("matter.concerned_place", field="place", **told)
