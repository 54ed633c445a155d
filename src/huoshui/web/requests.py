"""The request of somebody who is signed in, as views behind ``login_required`` and API tokens get it."""

from __future__ import annotations

from django.http import HttpRequest

from huoshui.duties.models import Account


class SignedInRequest(HttpRequest):
    """A request whose user is an account."""

    user: Account
