"""Today."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render

from huoshui.web.requests import SignedInRequest


@login_required
def today(request: SignedInRequest) -> HttpResponse:
    """What waits for the signed-in person."""
    return render(request, "office/today.html", {})
