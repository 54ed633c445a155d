"""The archive of a backup: what is in it, writing it, and proving it member by member.

A .tar.gz of ``database.sqlite3`` or ``database.pgdump``, ``files/``, ``keys/``, ``checkpoints/``, and last
``manifest.json`` with the SHA-256 of each of them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

from huoshui.commands.output import Advance
from huoshui.kernel.errors import Refusal
from huoshui.packs.type_errors import reason_of

MANIFEST = "manifest.json"
FOLDERS = ("files", "keys", "checkpoints")
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
SUFFIXES = (".tar.gz", ".tgz")
LEVEL = 3  # photos do not get smaller, whatever the level
CHUNK = 1024 * 1024


class Member(BaseModel):
    """One file of the archive."""

    model_config = ConfigDict(extra="forbid")
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds and how far its journal goes."""

    model_config = ConfigDict(extra="forbid")
    format: int = 1
    version: str
    engine: str
    made_at: str
    entries: int
    sealed: int
    last_hash: str
    migrations: list[tuple[str, str]]
    files: str = ""
    """The bucket in which photos and documents lie, of which the archive holds none; "" where it holds them."""
    members: dict[str, Member] = {}

    @property
    def began_at(self) -> dt.datetime:
        """The moment before which everything is in the backup."""
        return dt.datetime.fromisoformat(self.made_at)

    @property
    def made_at_shown(self) -> str:
        """That moment to the second, as it is said."""
        return self.began_at.isoformat(timespec="seconds")


@dataclass(frozen=True)
class Source:
    """One file to go in: its name in the archive, and where it comes from (a file, or bytes read already)."""

    name: str
    content: Path | bytes

    @property
    def size(self) -> int:
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)

    def open(self) -> BinaryIO:
        return self.content.open("rb") if isinstance(self.content, Path) else io.BytesIO(self.content)


class Hashing:
    """A file that is read through, hashing what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def write_archive(target: Path, manifest: Manifest, sources: list[Source], advance: Advance) -> None:
    """Write an archive readable by its owner alone (it holds keys); the manifest's members are filled in."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=LEVEL) as tar:
            for source in sources:
                size = source.size
                with source.open() as content:
                    passing = Hashing(content)
                    tar.addfile(_info(source.name, size), passing)
                manifest.members[source.name] = Member(size=size, sha256=passing.digest.hexdigest())
                advance(size)
            text = manifest.model_dump_json(indent=1).encode()
            tar.addfile(_info(MANIFEST, len(text)), io.BytesIO(text))
        file.flush()
        os.fsync(file.fileno())


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def proved_manifest(archive: Path, advance: Advance) -> Manifest:
    """Read the whole archive, hold every member against the manifest, and return it. Nothing is extracted.

    Raises ops.archive_broken, ops.archive_unsafe or ops.archive_changed.
    """
    seen: dict[str, Member] = {}
    manifest: Manifest | None = None
    with _whole(archive) as reached:
        for info, file in _members(archive):
            reached.append(info.name)
            if info.name == MANIFEST:
                manifest = _parsed(archive, file.read(64 * CHUNK))
                continue
            if info.name in seen:
                raise Refusal("ops.archive_unsafe", member=info.name)
            seen[info.name] = Member(size=info.size, sha256=hashed(file))
            advance(info.size)
    if manifest is None:
        raise _broken(archive, _("末尾的清单 {manifest} 不在，文件不完整，或不是由 huoshui backup 写成"))
    for name in sorted(seen.keys() | manifest.members.keys()):
        if seen.get(name) != manifest.members.get(name):
            raise Refusal("ops.archive_changed", member=name)
    return manifest


@contextmanager
def _whole(archive: Path) -> Iterator[list[str]]:
    """Say ops.archive_broken where the block finds that the file is no archive, is damaged, or ends too early.

    The block adds the name of each member that it comes to.
    """
    reached: list[str] = []
    try:
        yield reached
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        if reached:
            raise _broken(archive, _("读到“{member}”时断了，文件不完整或已损坏"), member=reached[-1]) from None
        raise _broken(archive, _("不是 tar.gz 文件，或从开头就已损坏")) from None


def _broken(archive: Path, reason: str, **params: str) -> Refusal:
    return Refusal("ops.archive_broken", path=archive, reason=reason.format(manifest=MANIFEST, **params))


def _members(archive: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """The members of an archive, one after another, each open for reading.

    Raises ops.archive_unsafe for one that is no plain file of a backup (an absolute path, "..", a link).
    """
    with tarfile.open(archive, "r|gz") as tar:
        for info in tar:
            file = tar.extractfile(info) if _belongs(info) else None
            if file is None:
                raise Refusal("ops.archive_unsafe", member=info.name)
            yield info, file


def _belongs(info: tarfile.TarInfo) -> bool:
    path = PurePosixPath(info.name)
    if not info.isreg() or path.is_absolute() or ".." in path.parts or "\\" in info.name or ":" in info.name:
        return False
    if len(path.parts) == 1:
        return info.name == MANIFEST or info.name in DATABASES.values()
    return path.parts[0] in FOLDERS and path.as_posix() == info.name


def hashed(file: IO[bytes]) -> str:
    """The SHA-256 of what is left of a file, as hex."""
    passing = Hashing(file)
    while passing.read(CHUNK):
        pass
    return passing.digest.hexdigest()


def _parsed(archive: Path, text: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(step) for step in detail["loc"])
        words = _("清单 {manifest} 的“{key}”：{wrong}") if key else _("清单 {manifest}：{wrong}")
        raise _broken(archive, words, key=key, wrong=str(reason_of(detail))) from None


def extract(archive: Path, manifest: Manifest, target: Path, advance: Advance) -> None:
    """Write every member below ``target``, hashing it once more. Raises as ``proved_manifest`` does."""
    with _whole(archive) as reached:
        for info, file in _members(archive):
            reached.append(info.name)
            if info.name != MANIFEST:
                known = manifest.members.get(info.name)
                if known is None or _written(target / info.name, file) != known.sha256:
                    raise Refusal("ops.archive_changed", member=info.name)
                advance(info.size)
    if hasattr(os, "sync"):
        os.sync()  # once for all of them, before anything is put in their place


def _written(path: Path, file: IO[bytes]) -> str:
    """Write a new file, readable by its owner alone; returns the SHA-256 of what was written."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = Hashing(file)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        while chunk := passing.read(CHUNK):
            output.write(chunk)
    return passing.digest.hexdigest()
