"""The contract: which sections a pack may have. Each upper app registers its own section and validator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.packs.schema import Manifest, PackModel

CONTRACT = 1
"""The version of this contract. Raise it when what is stored already would no longer read rightly; see
docs/architecture.md. Every stored pack version remembers the one that it was written with."""

Path = tuple[str | int, ...]
"""Where in a section something stands: (index, key, index, key, ...)."""


@dataclass(frozen=True)
class Known:
    """What a validator may refer to: definitions of this pack and of the packs it requires, by section.

    Keys are qualified codes ("rectification.item"); place kinds and roles are also known by their bare codes,
    which are unique over all packs.
    """

    definitions: dict[str, dict[str, PackModel]] = field(default_factory=dict)

    def has(self, section: str, code: str) -> bool:
        return code in self.definitions.get(section, {})

    def get(self, section: str, code: str) -> Any:
        return self.definitions[section][code]

    def only(self, packs: set[str]) -> Known:
        """The part of it that these packs declare."""
        kept: dict[str, dict[str, PackModel]] = {}
        for name, by_code in self.definitions.items():
            own = {code: item for code, item in by_code.items() if code.partition(".")[0] in packs and "." in code}
            if SECTIONS[name].global_codes:
                own |= {code.partition(".")[2]: item for code, item in own.items()}
            kept[name] = own
        return Known(kept)


@dataclass
class SectionReport:
    """Collects what a validator finds; the reader turns paths into file and line."""

    section: str
    found: list[tuple[Path, str, dict[str, Any]]] = field(default_factory=list)

    def add(self, path: Path, rule: str, /, **params: Any) -> None:
        """Report catalogue error ``rule`` at ``path`` of this section."""
        self.found.append((path, rule, params))

    def add_doubled_codes(self, definitions: Sequence[Any]) -> None:
        """Report every definition whose code another before it has."""
        seen: set[str] = set()
        for index, item in enumerate(definitions):
            if item.code in seen:
                self.add((index, "code"), "pack.code_twice", name=item.code)
            seen.add(item.code)


Validator = Callable[[Manifest, Sequence[Any], Known, SectionReport], None]


Definition = dict[str, Any]
"""A definition as it stands in a pack's YAML."""


@dataclass(frozen=True)
class Migration:
    """Carries a stored definition on to contract ``to`` from the one before it."""

    to: int
    change: Callable[[Definition], Definition]
    """A pure function; what it is given is a copy, which it may change and return."""


@dataclass(frozen=True)
class Section:
    """One kind of definition: its file name, its type, whether its codes are global, its validator, and how
    definitions that were stored under an earlier contract are brought up to this one."""

    name: str
    schema: type[PackModel]
    validate: Validator
    global_codes: bool = False
    migrations: tuple[Migration, ...] = ()


Dropped = Mapping[str, frozenset[str]]
"""By section, the codes that the current version of a pack has and the next has not."""
StandsOn = Callable[[str, Dropped], list[Problem]]
"""Given a pack and what would be dropped of it: what is under way that stands on that, and so forbids it."""

SECTIONS: dict[str, Section] = {}
STANDS_ON: list[StandsOn] = []
MANIFEST_MIGRATIONS: tuple[Migration, ...] = ()
"""The same for ``pack.yaml``."""


def register(section: Section) -> None:
    """Add a section to the contract (called from an app's ``ready``).

    Raises ValueError when its migrations do not ascend, or lead to a contract that is not there.
    """
    steps = [migration.to for migration in section.migrations]
    if steps != sorted(set(steps)) or not all(1 < step <= CONTRACT for step in steps):
        raise ValueError(f"{section.name}: migrations to {steps}, but the contract is {CONTRACT}")
    SECTIONS[section.name] = section


def register_stands_on(find: StandsOn) -> None:
    """Add what tells what is under way on a definition (called from an app's ``ready``)."""
    STANDS_ON.append(find)
