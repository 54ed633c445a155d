"""Packs in the database. Versions stand side by side; what began with one keeps it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

from django.db import models

from huoshui.kernel import clock
from huoshui.kernel.access import Scope, Scoped
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.fields import ImmutableJSONField
from huoshui.kernel.models import Record
from huoshui.packs import contract
from huoshui.packs.contract import SECTIONS, Section
from huoshui.packs.reader import MANIFEST
from huoshui.packs.schema import Manifest, RawContent, Text
from huoshui.packs.stored import Origin, Typed, typed_manifest, typed_section, up_to_date


class PackVersion(Scoped, Record):
    """One published version of a pack: manifest and content as loaded. Never changed afterwards."""

    scope: ClassVar[Scope] = Scope(permission="pack.view", path="")

    pack = models.CharField(max_length=40, db_index=True)
    number = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    manifest_data = ImmutableJSONField()
    content = ImmutableJSONField()
    contract = models.PositiveSmallIntegerField()
    """The contract that manifest and content were written with; reading brings them up to the present one."""
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
    def origin(self) -> Origin:
        """Which version it is and the contract it was written with, as errors of reading name it."""
        return Origin(self.pack, self.number, self.contract)

    @property
    def manifest(self) -> Manifest:
        """The typed manifest. Raises pack.unreadable or pack.contract_newer."""
        return typed_manifest(self.origin, self.manifest_data)

    @property
    def name(self) -> Text:
        """The label of the pack; its code when the manifest cannot be read."""
        try:
            return self.manifest.name
        except Refusal:
            return Text(zh=self.pack, en=self.pack)

    def section(self, name: str) -> dict[str, Any]:
        """The typed definitions of a section by their codes (empty when the pack has none).

        Raises pack.unreadable or pack.contract_newer when there is one that this release cannot read.
        """
        return self.typed(name).all()

    def typed(self, name: str) -> Typed:
        """The definitions of a section that can be read, and what is wrong with the others."""
        return _typed_section(_Stored(self), self._declared(name), contract.CONTRACT)

    def sources(self) -> RawContent:
        """Its sections as in YAML, in the form of the present contract. Raises as ``section`` does."""
        return {
            name: up_to_date(self.origin, name, self._declared(name).migrations, items)
            for name, items in self.content.items()
        }

    def manifest_source(self) -> dict[str, Any]:
        """The same of its manifest."""
        return up_to_date(self.origin, MANIFEST, contract.MANIFEST_MIGRATIONS, [self.manifest_data])[0]

    def _declared(self, name: str) -> Section:
        if name not in SECTIONS:
            reason = Text(zh="这一版活水没有这一部分。", en="This release has no such section.")
            raise Refusal.of([self.origin.newer() or self.origin.unreadable(name, "—", reason)])
        return SECTIONS[name]

    def first_problem(self) -> Problem | None:
        """Why this release cannot read all of it: the first thing wrong; None when it can."""
        return _first_problem(_Stored(self), tuple(SECTIONS.values()), contract.CONTRACT)


class PackDraft(Scoped, Record):
    """A pack being written in the browser: as in YAML, sound or not. Publishing it makes a version and ends it."""

    scope: ClassVar[Scope] = Scope(permission="pack.load", path="")

    pack = models.CharField(max_length=40, unique=True)
    base = models.CharField(max_length=20, blank=True)
    """Number of the current version that it was begun from; "": the pack is new."""
    origin = models.CharField(max_length=64, blank=True)
    """What it was copied from ("rectification 1.7.0") or the file that it came in; "" for none."""
    manifest_data = models.JSONField()
    content = models.JSONField()
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def number(self) -> str:
        """The number of the version that it is going to be, as it stands there."""
        return str(self.manifest_data.get("version", ""))

    @property
    def name(self) -> Text:
        """Its label as far as it is written; its code for none."""
        return self._told("name") or Text(zh=self.pack, en=self.pack)

    @property
    def description(self) -> Text | str:
        """What it is for, as far as that is written."""
        return self._told("description") or ""

    def _told(self, key: str) -> Text | None:
        told = self.manifest_data.get(key)
        told = told if isinstance(told, dict) else {}
        words = [str(told[language]) for language in ("zh", "en") if told.get(language)]
        return Text(zh=words[0], en=words[-1]) if words else None


class _Stored:
    """A version, hashed by what never changes, so that what was read of it can be cached."""

    def __init__(self, version: PackVersion) -> None:
        self.version = version
        self.key = (version.pack, version.number, version.digest, version.contract)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Stored) and other.key == self.key


@lru_cache(maxsize=512)
def _typed_section(stored: _Stored, section: Section, present: int) -> Typed:
    version = stored.version
    return typed_section(version.origin, section, version.content.get(section.name, []))


@lru_cache(maxsize=512)
def _first_problem(stored: _Stored, declared: tuple[Section, ...], present: int) -> Problem | None:
    version = stored.version
    try:
        typed_manifest(version.origin, version.manifest_data)
        for name in version.content:
            version.section(name)
    except Refusal as refusal:
        return refusal.problems[0]
    return None
