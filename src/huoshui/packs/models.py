"""Packs in the database. Versions stand side by side; what began with one keeps it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from django.db import models

from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.models import Record
from huoshui.packs.contract import SECTIONS
from huoshui.packs.schema import Manifest


class PackVersion(Scoped, Record):
    """One published version of a pack: manifest and content as loaded. Never changed afterwards."""

    scope: ClassVar[Scope] = Scope(permission="pack.view", path="")

    pack = models.CharField(max_length=40, db_index=True)
    number = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    manifest_data = models.JSONField()
    content = models.JSONField()
    current = models.BooleanField(default=True)
    """The version that new rounds and matters begin with."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["pack", "number"], name="pack_version_once"),
            models.UniqueConstraint(fields=["pack"], condition=models.Q(current=True), name="pack_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.pack} {self.number}"

    @property
    def manifest(self) -> Manifest:
        """The typed manifest."""
        return Manifest.model_validate(self.manifest_data)

    def section(self, name: str) -> dict[str, Any]:
        """The typed definitions of a section by their codes (empty when the pack has none)."""
        return _typed_section(self.digest, name, _Content(self.digest, self.content))


class _Content:
    """Content of a version, hashed by its digest so that typed sections can be cached."""

    def __init__(self, digest: str, content: Any) -> None:
        self.digest, self.content = digest, content

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content) and other.digest == self.digest


@lru_cache(maxsize=512)
def _typed_section(digest: str, name: str, content: _Content) -> dict[str, Any]:
    schema = SECTIONS[name].schema
    items = [schema.model_validate(item) for item in content.content.get(name, [])]
    return {item.code: item for item in items}  # type: ignore[attr-defined]
