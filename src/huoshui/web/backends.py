"""Who is signed in: allauth's backend, and with the account what every page asks of the database, in one query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Value
from django.db.models.functions import Coalesce

from huoshui.duties.models import Account
from huoshui.kernel.reading import marks_as_columns, remember_marks
from huoshui.notices.queries import unread_as_column


class SignedInBackend(AuthenticationBackend):
    """Reads the account of a session."""

    def get_user(self, user_id: Any) -> Account | None:
        """The account with ``unread_then``, its unread notices; the marks are read with it. None for one that may not
        sign in any more."""
        newest, reference = marks_as_columns()
        rows = Account.objects.get_queryset().filter(pk=user_id)
        unread = Coalesce(unread_as_column(), Value(0))
        account: Any = rows.annotate(unread_then=unread, newest=newest, reference=reference).first()
        if account is None or not self.user_can_authenticate(account):
            return None
        remember_marks(account.newest, account.reference)
        return account  # type: ignore[no-any-return]
