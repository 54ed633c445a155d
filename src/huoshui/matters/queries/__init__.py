"""Reading matters. Everything goes through ``visible_to``."""

from huoshui.matters.columns import columns_for
from huoshui.matters.permits import people_at, people_for
from huoshui.matters.personal import read as personal_values
from huoshui.matters.queries.ledger import (
    NO_LIGHT,
    LedgerFilter,
    LedgerRow,
    ledger,
    ledger_rows,
    light_counts,
    matters_of_place,
    matters_of_source,
)
from huoshui.matters.queries.resting import resting_on, successors_for
from huoshui.matters.queries.story import StoryEvent, matter_story
from huoshui.matters.queries.today import (
    WaitingGroup,
    came_back,
    extensions_to_decide,
    lit_matters,
    waiting_for,
    waiting_matters,
)
from huoshui.matters.queries.workflow import (
    EvidenceState,
    StepField,
    StepOption,
    available_transitions,
    edit_form,
    kinds_openable_by,
    matter_values,
    paths_to_open,
    who_opens,
)
from huoshui.matters.schema import workflow_graph

__all__ = [
    "NO_LIGHT",
    "EvidenceState",
    "LedgerFilter",
    "LedgerRow",
    "StepField",
    "StepOption",
    "StoryEvent",
    "WaitingGroup",
    "available_transitions",
    "came_back",
    "columns_for",
    "edit_form",
    "extensions_to_decide",
    "kinds_openable_by",
    "ledger",
    "ledger_rows",
    "light_counts",
    "lit_matters",
    "matter_story",
    "matter_values",
    "matters_of_place",
    "matters_of_source",
    "paths_to_open",
    "people_at",
    "people_for",
    "personal_values",
    "resting_on",
    "successors_for",
    "waiting_for",
    "waiting_matters",
    "who_opens",
    "workflow_graph",
]
