"""The code that confirms an address: sent to it, typed in the product. It is computed, and stored nowhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.conf import settings

from huoshui.notices.models import Channel

VALID = dt.timedelta(minutes=30)
PAUSE = dt.timedelta(minutes=1)
"""Between two codes or tests to one address."""
MOST_CODES = 5
"""Codes that one address is sent at all: whoever types a stranger's address cannot flood it."""


LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""The 32 that are not mistaken for one another."""


def code_of(channel: Channel) -> str:
    """Eight letters (40 bits), others for each code that is sent; by the installation's secret, not to be guessed."""
    facts = f"notice channel {channel.pk} {channel.codes_sent}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), facts, hashlib.sha256).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:8])


def is_right(channel: Channel, code: str) -> bool:
    """Whether a code, however it was typed, is the last one that the channel was sent."""
    typed = "".join(code.upper().split()).replace("-", "")
    return hmac.compare_digest(typed.encode(), code_of(channel).encode())
