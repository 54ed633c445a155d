"""What webhooks have done beside the web server, by the worker of django-tasks."""

from __future__ import annotations

from django_tasks import task


@task()
def send_due() -> int:
    """Send what is due, outside any transaction; returns how many events were tried."""
    from huoshui.webhooks.outbox import deliver_due

    return deliver_due()
