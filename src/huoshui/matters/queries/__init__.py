"""Reading matters. Everything goes through ``visible_to``."""

from huoshui.matters.columns import columns_for
from huoshui.matters.permits import people_at, people_for
from huoshui.matters.personal import read as personal_values
from huoshui.matters.queries.choices import owners_seen, sources_seen
from huoshui.matters.queries.filtering import (
    NO_LIGHT,
    OWN_DATES,
    LedgerFilter,
    ValueFilter,
    going_within,
    light_counts,
    running_lights,
)
from huoshui.matters.queries.ledger import (
    LedgerPage,
    LedgerRow,
    ledger,
    ledger_page,
    ledger_rows,
    matters_of_place,
    matters_of_source,
    profiles_of,
)
from huoshui.matters.queries.lit import came_back, due_first, first_lit, lit_matters, matters_by_key
from huoshui.matters.queries.order import sort_of_column, sortable_fields
from huoshui.matters.queries.publicised import Publicised, publicised
from huoshui.matters.queries.resting import resting_on, successors_for
from huoshui.matters.queries.story import StoryEvent, matter_story
from huoshui.matters.queries.today import (
    WaitingGroup,
    due_again_now,
    extensions_to_decide,
    falling_due_again,
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
    steps_by_role,
    who_opens,
    workflow_graph,
)

__all__ = [
    "NO_LIGHT",
    "OWN_DATES",
    "EvidenceState",
    "LedgerFilter",
    "LedgerPage",
    "LedgerRow",
    "Publicised",
    "StepField",
    "StepOption",
    "StoryEvent",
    "ValueFilter",
    "WaitingGroup",
    "available_transitions",
    "came_back",
    "columns_for",
    "due_again_now",
    "due_first",
    "edit_form",
    "extensions_to_decide",
    "falling_due_again",
    "first_lit",
    "going_within",
    "kinds_openable_by",
    "ledger",
    "ledger_page",
    "ledger_rows",
    "light_counts",
    "lit_matters",
    "matter_story",
    "matter_values",
    "matters_by_key",
    "matters_of_place",
    "matters_of_source",
    "owners_seen",
    "paths_to_open",
    "people_at",
    "people_for",
    "personal_values",
    "profiles_of",
    "publicised",
    "resting_on",
    "running_lights",
    "sort_of_column",
    "sortable_fields",
    "sources_seen",
    "steps_by_role",
    "successors_for",
    "waiting_for",
    "waiting_matters",
    "who_opens",
    "workflow_graph",
]
