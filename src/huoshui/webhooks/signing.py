"""What a webhook carries, and its signature by Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets

from django.conf import settings
from standardwebhooks import Webhook as Signer

from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from huoshui.vault.queries import key_of, plain_values
from huoshui.webhooks.events import TEST_EVENT
from huoshui.webhooks.models import Telling, Webhook

SECRET, PREVIOUS = "secret", "previous"
OVERLAP = dt.timedelta(hours=24)
"""How long a replaced secret signs beside the new one, so that the receiver can change over."""
SECRET_BYTES = 32


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it: whsec_ and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def secrets_of(webhook: Webhook) -> list[str]:
    """The secrets that sign now, the newest first."""
    key = key_of(webhook)
    kept = plain_values(key) if key else {}
    overlapping = webhook.rotated_at is not None and clock.now() - webhook.rotated_at < OVERLAP
    wanted = [SECRET, PREVIOUS] if overlapping else [SECRET]
    return [kept[code] for code in wanted if kept.get(code)]


def body_of(telling: Telling, entry: Entry | None) -> bytes:
    """What is sent: type, time, id and a link. What was written stays here, to be read with one's own rights."""
    at = entry.at if entry else telling.created_at
    data = (
        {
            "entry": entry.seq,
            "kind": entry.subject_kind,
            "id": str(entry.subject_id),
            "link": f"{settings.CONFIG.site_url}/journal/{entry.seq}",
        }
        if entry
        else {"webhook": str(telling.webhook_id), "link": f"{settings.CONFIG.site_url}/webhooks/{telling.webhook_id}/"}
    )
    told = {
        "type": entry.action if entry else TEST_EVENT,
        "timestamp": at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(telling: Telling, body: bytes) -> dict[str, str]:
    """The headers of one attempt. Raises IndexError when the webhook has no secret any more."""
    now, known = clock.now().astimezone(dt.UTC), secrets_of(telling.webhook)
    identifier = f"msg_{telling.pk}"
    if not known:
        raise IndexError("no secret")
    return {
        "Content-Type": "application/json",
        "User-Agent": "Huoshui-Webhooks",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(identifier, now, body.decode()) for secret in known),
    }
