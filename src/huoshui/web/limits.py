"""How often one address may use a public page."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import wraps

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from huoshui.kernel.errors import Refusal

View = Callable[..., HttpResponse]
MINUTE = 60


def limited(
    name: str, times: int, *, per: int = MINUTE, methods: tuple[str, ...] = ("GET", "POST")
) -> Callable[[View], View]:
    """A view that one address may use so many times in ``per`` seconds. Raises service.too_often beyond that.

    A whole office or village may share one address, so the limits are wide: a code of 50 bits is not found by them
    in any time. Of the address only a digest is kept, for as long as it counts.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, **parts: object) -> HttpResponse:
            if request.method in methods:
                _count(name, request.META.get("REMOTE_ADDR", ""), times, per)
            return view(request, **parts)

        return counted

    return decorate


def _count(name: str, address: str, times: int, per: int) -> None:
    now = int(time.time())
    key = f"limit-{name}-{now // per}-{hashlib.sha256(address.encode()).hexdigest()[:32]}"
    cache.add(key, 0, timeout=per)
    try:
        used = cache.incr(key)
    except ValueError:  # it ran out between the two
        used = 1
    if used > times:
        raise Refusal("service.too_often", seconds=per - now % per)
