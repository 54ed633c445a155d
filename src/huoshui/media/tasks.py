"""What the worker of django-tasks does of media."""

from __future__ import annotations

from django_tasks import task


@task()
def preview(sha256: str) -> None:
    """Make the preview of a document that was attached."""
    from huoshui.media.previews import make_preview

    make_preview(sha256)
