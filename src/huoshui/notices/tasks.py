"""What notices have done beside the web server, by the worker of django-tasks."""

from __future__ import annotations

from django_tasks import task


@task()
def send_due() -> int:
    """Send what is due, outside any transaction; returns how many messages were tried."""
    from huoshui.notices.outbox import deliver_due

    return deliver_due()
