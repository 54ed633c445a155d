"""Matters to be found."""

from tests.matters.conftest import open_item  # noqa: F401 - a fixture
