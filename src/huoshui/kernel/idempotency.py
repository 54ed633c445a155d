"""The same write sent twice counts once: the first answer is kept and given again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.models import IdempotencyKey

KEPT = dt.timedelta(days=400)
"""A phone may lie in a drawer for a winter before it sends what it holds."""

Answer = dict[str, Any]


def once(*, actor_id: UUID, key: str, request: dict[str, Any], write: Callable[[], Answer]) -> Answer:
    """Run ``write`` unless this actor's ``key`` was answered before; return its (kept) JSON answer.

    Key and write commit together. Without a key it just writes. Raises idempotency.reused when the key came
    with another request; a refusal of ``write`` keeps nothing, so that the request may be sent again.
    """
    if not key:
        with transaction.atomic():
            return write()
    digest = _digest(request)
    try:
        with transaction.atomic():
            answer = _kept_answer(actor_id, key, digest)
            return _written(actor_id, key, digest, write) if answer is None else answer
    except IntegrityError:
        # Two at once: the unique constraint decided, this one was rolled back whole, the other's answer stands.
        answer = _kept_answer(actor_id, key, digest)
        if answer is None:
            raise
        return answer


def answered(*, actor_id: UUID, key: str, request: dict[str, Any]) -> Answer | None:
    """The kept answer to this request, None when it was not answered yet (or has no key).

    For whoever has long work to do before ``once``. Raises idempotency.reused.
    """
    return _kept_answer(actor_id, key, _digest(request)) if key else None


def _digest(request: dict[str, Any]) -> str:
    """Keyed: a request may hold personal values, which a plain hash would let somebody guess."""
    return salted_hmac("huoshui.idempotency", canonical(request), algorithm="sha256").hexdigest()


def _kept_answer(actor_id: UUID, key: str, digest: str) -> Answer | None:
    known = IdempotencyKey.objects.filter(actor_id=actor_id, key=key).first()
    if known is None:
        return None
    if known.digest != digest:
        raise Refusal("idempotency.reused", field="Idempotency-Key")
    answer: Answer = known.answer
    return answer


def _written(actor_id: UUID, key: str, digest: str, write: Callable[[], Answer]) -> Answer:
    answer = write()
    IdempotencyKey.objects.create(actor_id=actor_id, key=key, digest=digest, answer=answer)
    return answer


def forget_old() -> int:
    """Delete the keys older than KEPT; returns how many. Run daily by the timer."""
    deleted, _ = IdempotencyKey.objects.filter(at__lt=clock.now() - KEPT).delete()
    return deleted
