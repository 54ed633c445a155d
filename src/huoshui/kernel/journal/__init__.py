"""The journal: every action's entry, append-only, chained by one sealer, checkpoints kept outside.

``record`` is called inside an action (see kernel.actions); ``seal_pending`` by the timer of ``serve`` and at the
end of long commands; ``verify`` by ``huoshui journal verify``.
"""

from huoshui.kernel.journal.record import FOR, about, about_each, history_of, record, snapshot
from huoshui.kernel.journal.sealer import seal_pending
from huoshui.kernel.journal.verify import Finding, VerifyReport, verify, verify_heads

__all__ = [
    "FOR",
    "Finding",
    "VerifyReport",
    "about",
    "about_each",
    "history_of",
    "record",
    "seal_pending",
    "snapshot",
    "verify",
    "verify_heads",
]
