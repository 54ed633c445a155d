"""Every business action of rounds and visits: keyword-only, authorised, journalled, in one transaction.

Points that an action takes are numerals in points ("1.5"); what is stored is thousandths of a point.
"""

from huoshui.visits.actions.checklists import check_checklist, edit_checklist
from huoshui.visits.actions.fairness import ask_fairness, keep_fairness
from huoshui.visits.actions.planning import (
    amend_round,
    appoint_judges,
    dismiss_judge,
    open_round,
    plan_round,
    set_places,
    withdraw_round,
)
from huoshui.visits.actions.reminding import remind_survey
from huoshui.visits.actions.sealing import correct_result, seal_round, sign_round
from huoshui.visits.actions.sheets import (
    open_sheet,
    save_answers,
    start_visit,
    submit_visit,
    take_back_visit,
)
from huoshui.visits.actions.tallying import (
    admit_late_visit,
    compute_round,
    lock_round,
    record_adjustment,
    withdraw_adjustment,
    withdraw_results,
)
from huoshui.visits.actions.touring import adopt_tour, ask_tour, keep_distances, keep_tour, move_stop

__all__ = [
    "admit_late_visit",
    "adopt_tour",
    "amend_round",
    "appoint_judges",
    "ask_fairness",
    "ask_tour",
    "check_checklist",
    "compute_round",
    "correct_result",
    "dismiss_judge",
    "edit_checklist",
    "keep_distances",
    "keep_fairness",
    "keep_tour",
    "lock_round",
    "move_stop",
    "open_round",
    "open_sheet",
    "plan_round",
    "record_adjustment",
    "remind_survey",
    "save_answers",
    "seal_round",
    "set_places",
    "sign_round",
    "start_visit",
    "submit_visit",
    "take_back_visit",
    "withdraw_adjustment",
    "withdraw_results",
    "withdraw_round",
]
