"""Who acts on which domain event: the one list. Each runs in the transaction of the action that raised it."""

from huoshui.kernel.events import DutyEnded, Event, RoundSealed

REACTIONS: list[tuple[type[Event], str]] = [
    (RoundSealed, "huoshui.matters.reactions.open_matters_for_failing_items"),
    (DutyEnded, "huoshui.matters.reactions.hand_over_what_rests"),
]
