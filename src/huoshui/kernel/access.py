"""Who may see and do what: duties give grants, models declare their scope, querysets apply it.

A grant says: this permission, under this path of places, for this pack (or every pack). It comes from a duty
(huoshui.duties) and from nothing else; there is no super-user.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Case, Q, Value, When

from huoshui.kernel.actions import acts_for
from huoshui.kernel.errors import Refusal

PERMISSIONS: dict[str, dict[str, str]] = {}
"""Every permission by name, with its labels; each app declares its own at import of its ``access`` module."""


UNDELEGABLE: set[str] = set()
"""Permissions that nobody passes on for the time of a leave, whatever the role: see ``declare_permissions``."""


def declare_permissions(labels: dict[str, dict[str, str]], *, undelegable: Iterable[str] = ()) -> None:
    """Add permissions ``{"matter.view": {"zh": "查看事项", "en": "View matters"}}``.

    ``undelegable``: those that rest on the person (a score, a signature, a look at personal data) or make others'
    permissions; a deputy does not have them.
    """
    PERMISSIONS.update(labels)
    UNDELEGABLE.update(undelegable)


@dataclass(frozen=True)
class Grant:
    """One permission within one subtree of places, given by one role held through one duty."""

    permission: str
    path: str
    pack: str | None
    role: str
    duty_id: UUID
    behalf: str = ""
    """The label of whom the actor stands in for, where the duty is another's (see ``duties.standing``)."""


class Actor(Protocol):
    """An account, as far as access is concerned."""

    @property
    def pk(self) -> Any: ...
    @property
    def label(self) -> str: ...
    def grants(self, permission: str) -> list[Grant]: ...


@dataclass(frozen=True)
class Within:
    """An actor as far as their duties reach at a place or below it.

    What they see there is asked with one range of paths, that of the place, instead of two, of which an engine may
    walk the wider one.
    """

    actor: Actor
    path: str

    @property
    def pk(self) -> Any:
        return self.actor.pk

    @property
    def label(self) -> str:
        return self.actor.label

    def grants(self, permission: str) -> list[Grant]:
        """The actor's grants that reach the place or something below it, no further than that."""
        return [
            grant if grant.path.startswith(self.path) else replace(grant, path=self.path)
            for grant in self.actor.grants(permission)
            if grant.path.startswith(self.path) or self.path.startswith(grant.path)
        ]


@dataclass(frozen=True)
class Scope:
    """How a model is scoped: the permission to see it, and the lookups of its place path and pack code.

    ``path`` "" : not bound to a place (any grant of the permission shows it). ``pack`` "": of no pack.
    """

    permission: str
    path: str
    pack: str = ""


def path_condition(lookup: str, path: str) -> Q:
    """Rows at or under ``path``: a range over the byte-wise index, not a LIKE."""
    first, beyond = path_range(path)
    return Q(**{f"{lookup}__gte": first, f"{lookup}__lt": beyond})


def path_range(path: str) -> tuple[str, str]:
    """The first path at or under ``path``, and the first beyond it."""
    return path, path[:-1] + "0"  # "0" is the byte after "/"


ModelT_co = TypeVar("ModelT_co", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[ModelT_co], Generic[ModelT_co]):
    """Querysets of every scoped model. ``visible_to`` is the only way pages, exports, search and API read."""

    def visible_to(self, actor: Actor) -> Self:
        """Only the rows that the actor's duties show."""
        return self.filter(self.visibility(actor))

    def visibility(self, actor: Actor) -> Q:
        """The condition behind ``visible_to``; a model with a stricter rule overrides this."""
        scope: Scope = self.model.scope  # type: ignore[attr-defined]
        return grants_condition(actor.grants(scope.permission), scope)

    def telling_visible(self, actor: Actor) -> Self:
        """All rows, each with ``seen``: whether ``visible_to`` would show it."""
        seen = Case(When(self.visibility(actor), then=Value(True)), default=Value(False))
        return self.annotate(seen=seen)

    def get_visible(self, actor: Actor, **lookup: Any) -> ModelT_co:
        """The one visible row. Raises access.not_found, the same whether it is hidden or absent."""
        row = self.visible_to(actor).filter(**lookup).first()
        if row is None:
            raise Refusal("access.not_found")
        return row


def grants_condition(grants: Iterable[Grant], scope: Scope) -> Q:
    """The rows that any of the grants reaches; no grant: no row."""
    condition = Q(pk__in=[])
    for grant in set(grants):
        part = path_condition(scope.path, grant.path) if scope.path else ~Q(pk__in=[])
        if grant.pack and scope.pack:
            part &= Q(**{scope.pack: grant.pack})
        elif grant.pack and not scope.pack:
            pass  # a duty for one pack still shows what belongs to no pack, such as the place itself
        condition |= part
    return condition


class Scoped(models.Model):
    """Mixin of scoped models; the inherited permission tests find every subclass."""

    scope: ClassVar[Scope]
    objects = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        abstract = True


def allows(actor: Actor, permission: str, *, path: str | None = None, pack: str | None = None) -> bool:
    """Whether a duty of the actor gives the permission at ``path`` for ``pack`` (None: anywhere, any pack).

    Within an action that rests on another's duty alone, the journal names whom the actor stands in for.
    """
    found = reaching(actor, permission, path=path, pack=pack)
    if found and all(grant.behalf for grant in found):
        acts_for(actor.pk, found[0].behalf)
    return bool(found)


def reaching(actor: Actor, permission: str, *, path: str | None = None, pack: str | None = None) -> list[Grant]:
    """The actor's grants of a permission that reach ``path`` for ``pack`` (None: anywhere, any pack)."""
    return [
        grant
        for grant in actor.grants(permission)
        if (path is None or path.startswith(grant.path)) and (grant.pack is None or pack is None or grant.pack == pack)
    ]


def require(actor: Actor, permission: str, *, path: str | None = None, pack: str | None = None) -> None:
    """Raise access.denied, naming the permission and who has it there, unless the actor may."""
    if not allows(actor, permission, path=path, pack=pack):
        raise denied(permission, path=path, pack=pack)


def denied(permission: str, *, path: str | None = None, pack: str | None = None) -> Refusal:
    """The refusal for a missing permission."""
    from django.utils.translation import get_language

    language = "en" if (get_language() or "zh").startswith("en") else "zh"
    label = PERMISSIONS.get(permission, {}).get(language, permission)
    return Refusal("access.denied", permission=label, who=who_can(permission, path, pack) or "—")


def who_can(permission: str, path: str | None, pack: str | None) -> str:
    """Role titles (never names) of those who hold the permission at ``path``; filled in by huoshui.duties."""
    return _who_can(permission, path, pack)


def _nobody(permission: str, path: str | None, pack: str | None) -> str:
    return ""


_who_can = _nobody


def answer_who_can_with(function: Any) -> None:
    """Register the lookup of holders (duties stands above the kernel)."""
    global _who_can
    _who_can = function
