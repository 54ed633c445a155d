"""What every office page needs: the rail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def office(request: HttpRequest) -> dict[str, Any]:
    """The rail's entries, filtered by duty."""
    return {"rail": []}
