"""Signing in: allauth without self-service sign-up, locked by django-axes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.duties.actions import set_password
from huoshui.duties.models import Account
from huoshui.kernel.errors import Problem


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: Account, password: str) -> None:
        """One's own new password, by the same journalled action as everywhere."""
        set_password(by=user, account=user, password=password)
        user.refresh_from_db()


def locked_out(request: HttpRequest, credentials: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """What a locked account is told."""
    from django.conf import settings

    problem = Problem("account.locked", params={"minutes": settings.CONFIG.lockout_minutes})
    return render(request, "refused.html", {"problems": [problem]}, status=429)
