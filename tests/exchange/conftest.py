"""What the tests of matters use, for those of the figures counted from them."""

from tests.matters.conftest import item, open_item

__all__ = ["item", "open_item"]
