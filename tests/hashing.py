"""Passwords hashed quickly."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    """Argon2 as in the product, at its least cost."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
