"""Business actions of matters. Each authorises, acts in one transaction, and declares its journal entry."""

from huoshui.matters.actions.assigning import assign
from huoshui.matters.actions.dividing import put_under
from huoshui.matters.actions.editing import edit_fields
from huoshui.matters.actions.extending import ask_extension, decide_extension
from huoshui.matters.actions.opening import Source, open_failing, open_found, open_matter
from huoshui.matters.actions.rejoining import rejoin
from huoshui.matters.actions.steps import advance
from huoshui.matters.actions.taking_over import take_over
from huoshui.matters.actions.timer import (
    climb_ladder,
    recompute_due,
    recompute_provisional,
    remind_again,
    run_again,
    run_ladder,
    tick,
)
from huoshui.matters.actions.views import change_view, choose_default_view, delete_view, save_view

__all__ = [
    "Source",
    "advance",
    "ask_extension",
    "assign",
    "change_view",
    "choose_default_view",
    "climb_ladder",
    "decide_extension",
    "delete_view",
    "edit_fields",
    "open_failing",
    "open_found",
    "open_matter",
    "put_under",
    "recompute_due",
    "recompute_provisional",
    "rejoin",
    "remind_again",
    "run_again",
    "run_ladder",
    "save_view",
    "take_over",
    "tick",
]
