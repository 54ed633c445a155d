"""The same write sent twice counts once: the first answer is kept and given again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.canonical import canonical
from huoshui.kernel.models import IdempotencyKey


@transaction.atomic
def once(
    *, actor_id: UUID, key: str, request: dict[str, Any], write: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Run ``write`` unless this actor's ``key`` was answered before; return its (kept) JSON answer.

    Key and write commit together. Without a key it just writes. Raises idempotency.reused when the key came
    with another request; a refusal of ``write`` keeps nothing, so that the request may be sent again.
    """
    if not key:
        return write()
    digest = hashlib.sha256(canonical(request).encode()).hexdigest()
    # select_for_update cannot lock a row that is not there yet: the unique constraint decides such a race,
    # and the loser's transaction is rolled back whole.
    known = IdempotencyKey.objects.filter(actor_id=actor_id, key=key).first()
    if known:
        if known.digest != digest:
            raise Refusal("idempotency.reused", field="Idempotency-Key")
        answer: dict[str, Any] = known.answer
        return answer
    answer = write()
    IdempotencyKey.objects.create(actor_id=actor_id, key=key, digest=digest, answer=answer)
    return answer
