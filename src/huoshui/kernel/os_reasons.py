"""Why the system refused a file or an address, in the words of an office; needed before Django has a language."""

from __future__ import annotations

import errno
import socket

from django.utils.translation import get_language

REASONS = {
    errno.ENOENT: ("没有这个文件或文件夹", "no such file or folder"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "a part of the path is no folder"),
    errno.EISDIR: ("这是文件夹，不是文件", "this is a folder, not a file"),
    errno.EEXIST: ("已有同名的文件", "a file has this name already"),
    errno.EACCES: ("没有权限", "permission denied"),
    errno.EPERM: ("没有权限", "permission denied"),
    errno.EROFS: ("磁盘只能读", "the disk is read-only"),
    errno.ENOSPC: ("磁盘已满", "the disk is full"),
    errno.EDQUOT: ("磁盘配额已用完", "the disk quota is used up"),
    errno.EFBIG: ("超过了一个文件可有的大小", "larger than a file may be"),
    errno.EIO: ("磁盘读写出错", "the disk failed"),
    errno.EADDRINUSE: ("已被占用", "it is in use"),
    errno.EADDRNOTAVAIL: ("本机没有这个地址", "this machine has no such address"),
}
NO_HOST = ("没有这个主机名", "no such host name")


def reason_of(error: OSError, language: str | None = None) -> str:
    """The reason in ``language`` ("zh…" or "en"; default: the active one); the system's own words for a rare one."""
    pair = NO_HOST if isinstance(error, socket.gaierror) else REASONS.get(error.errno or 0)
    if pair is None:
        return error.strerror or str(error)
    return pair[(language or get_language() or "zh").startswith("en")]
