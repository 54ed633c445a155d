"""Business actions of services. Each authorises, acts in one transaction, and declares its journal entry."""

from huoshui.services.actions.offers import change_offer, end_offer, publish_offer
from huoshui.services.actions.promises import recompute_promise, recompute_promises, tick
from huoshui.services.actions.ratings import rate, rate_by_code
from huoshui.services.actions.requests import hand_in_materials, print_slip, take_bundle, take_request

__all__ = [
    "change_offer",
    "end_offer",
    "hand_in_materials",
    "print_slip",
    "publish_offer",
    "rate",
    "rate_by_code",
    "recompute_promise",
    "recompute_promises",
    "take_bundle",
    "take_request",
    "tick",
]
