"""Codes by which people follow their request: unguessable, short enough to type, checked before anything is looked up.

Ten letters of Crockford's Base32 (50 bits) and a check letter (Luhn's algorithm, modulo 32). A code follows from the
request's id under the installation's key, so that a slip can be printed again; the database keeps its SHA-256 alone.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from huoshui.vault.crypto import master_key

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
PURPOSE = b"services.request:"
_MISREAD = str.maketrans("OIL", "011", " -－—")


def code_of(request_id: UUID) -> str:
    """The code of a request, in groups of four as it is printed."""
    number = int.from_bytes(hmac.new(master_key(), PURPOSE + request_id.bytes, hashlib.sha256).digest()[:8], "big")
    letters = "".join(LETTERS[(number >> (5 * at)) & 31] for at in range(LENGTH))
    whole = letters + check_letter(letters)
    return "-".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def check_letter(letters: str) -> str:
    """The letter that follows others, by which a wrong or (nearly always) a transposed one is found."""
    total = 0
    for at, letter in enumerate(reversed(letters)):
        double = LETTERS.index(letter) * (2 if at % 2 == 0 else 1)
        total += double // 32 + double % 32
    return LETTERS[-total % 32]


def plain(code: str) -> str:
    """A code as it is kept, however it was typed; "" for what cannot be one."""
    letters = code.strip().upper().translate(_MISREAD)
    if len(letters) != LENGTH + 1 or any(letter not in LETTERS for letter in letters):
        return ""
    return letters if check_letter(letters[:-1]) == letters[-1] else ""


def digest_of(code: str) -> str:
    """What is kept of a code; "" for what cannot be one."""
    letters = plain(code)
    return hashlib.sha256(letters.encode()).hexdigest() if letters else ""
