"""Every action that the journal can name has words."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import huoshui
from huoshui.kernel.actions import ACTIONS
from huoshui.web.words import ACTION_WORDS


def test_every_action_has_words_and_no_words_are_left_over() -> None:
    for module in pkgutil.walk_packages(huoshui.__path__, "huoshui."):
        if not module.name.endswith(("wsgi", "__main__")) and ".migrations" not in module.name:
            import_module(module.name)
    declared = {name for name in ACTIONS if not name.startswith("tests.")}
    assert declared - ACTION_WORDS.keys() == set()
    assert ACTION_WORDS.keys() - declared == set()
