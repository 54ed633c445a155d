"""Three different signers."""

from __future__ import annotations

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.visits import actions, queries
from huoshui.visits.models import Signature
from tests.visits.staging import Stage


def test_the_signature_holds_the_digest_of_what_was_seen(stage: Stage) -> None:
    round = stage.computed()
    digest = queries.digest_to_sign(round)
    signature = actions.sign_round(by=stage.cast.leader, round=round, role="leader", seen_digest=digest)
    assert (signature.digest, signature.account) == (digest, stage.cast.leader)


def test_results_that_changed_meanwhile_are_not_signed(stage: Stage) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.sign_round(by=stage.cast.leader, round=stage.computed(), role="leader", seen_digest="0" * 64)
    assert refusal.value.code == "round.results_changed"


@pytest.mark.parametrize(
    ("who", "role", "code"),
    [
        ("leader", "scrutineer", "access.denied"),
        ("review_lead", "leader", "access.denied"),
        ("tally_clerk", "leader", "access.denied"),
        ("leader", "mayor", "signature.role"),
    ],
)
def test_each_role_has_its_permission(stage: Stage, who: str, role: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        actions.sign_round(by=getattr(stage.cast, who), round=stage.computed(), role=role)
    assert refusal.value.code == code


def test_one_person_signs_once(stage: Stage) -> None:
    cast, round = stage.cast, stage.computed()
    duties.grant_duty(by=system_account(), account=cast.leader, role="scrutineer", place=stage.land.district)
    actions.sign_round(by=cast.leader, round=round, role="leader")
    with pytest.raises(Refusal) as refusal:
        actions.sign_round(by=cast.leader, round=round, role="scrutineer")
    assert refusal.value.code == "signature.same_person"


def test_a_role_is_signed_once(stage: Stage) -> None:
    round = stage.computed()
    actions.sign_round(by=stage.cast.leader, round=round, role="leader")
    with pytest.raises(Refusal) as refusal:
        actions.sign_round(by=stage.cast.leader, round=round, role="leader")
    assert refusal.value.code == "signature.signed"


def test_a_judge_is_no_scrutineer(stage: Stage) -> None:
    judge, round = stage.cast.judges[0], stage.computed()
    duties.grant_duty(by=system_account(), account=judge, role="scrutineer", place=stage.land.district)
    judge.__dict__.pop("_grants", None)
    with pytest.raises(Refusal) as refusal:
        actions.sign_round(by=judge, round=round, role="scrutineer")
    assert refusal.value.code == "signature.judge"


def test_only_computed_results_are_signed(stage: Stage) -> None:
    for round in (stage.locked(), stage.sealed()):
        with pytest.raises(Refusal) as refusal:
            actions.sign_round(by=stage.cast.leader, round=round, role="leader")
        assert refusal.value.code == "round.state"


def test_after_a_new_computation_all_sign_again(stage: Stage) -> None:
    round = stage.signed()
    actions.compute_round(by=stage.lead, round=round)
    actions.sign_round(by=stage.cast.leader, round=round, role="leader")
    assert Signature.objects.filter(round=round, role="leader").count() == 2
