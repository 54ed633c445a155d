"""What is done with activities."""

from huoshui.activities.actions.consents import record_consent, withdraw_consent
from huoshui.activities.actions.feeds import end_feed, open_feed
from huoshui.activities.actions.planning import cancel, change_plan, plan
from huoshui.activities.actions.recording import correct, record, record_at_once

__all__ = [
    "cancel",
    "change_plan",
    "correct",
    "end_feed",
    "open_feed",
    "plan",
    "record",
    "record_at_once",
    "record_consent",
    "withdraw_consent",
]
