"""Who acts on which domain event, and who on a change of places: the two lists.

Each runs in the transaction of the action that raised it.
"""

from huoshui.kernel.events import (
    DelegationTold,
    DutyEnded,
    Event,
    MatterMoved,
    MoneyMoves,
    OccasionsTold,
    PromiseMoved,
    RatedLow,
    RequestTaken,
    RoundSealed,
    TermEnded,
    VisitHandedIn,
)

REACTIONS: list[tuple[type[Event], str]] = [
    (RoundSealed, "huoshui.matters.reactions.open_matters_for_failing_items"),
    (VisitHandedIn, "huoshui.matters.reactions.open_matters_of_visit"),
    (DutyEnded, "huoshui.matters.reactions.hand_over_what_rests"),
    (TermEnded, "huoshui.matters.reactions.ask_for_what_rests"),
    (DelegationTold, "huoshui.notices.reactions.tell_both"),
    (OccasionsTold, "huoshui.notices.reactions.remind_places"),
    (RequestTaken, "huoshui.matters.reactions.open_matter_of_request"),
    (PromiseMoved, "huoshui.matters.reactions.follow_promise_of_request"),
    (RatedLow, "huoshui.matters.reactions.open_correction_of_rating"),
    (MatterMoved, "huoshui.services.reactions.follow_matter"),
    (MoneyMoves, "huoshui.subsidies.reactions.hold_to_the_claim"),
]

CARRIERS: list[str] = [
    "huoshui.places.changes.children.CARRIER",
    "huoshui.duties.place_changes.UNITS",
    "huoshui.duties.place_changes.DUTIES",
    "huoshui.matters.place_changes.CARRIER",
    "huoshui.visits.place_changes.CARRIER",
    "huoshui.activities.place_changes.CARRIER",
    "huoshui.services.place_changes.CARRIER",
]
"""What goes along when places are merged, split or moved, in this order: people before what they answer for."""
