"""What visits have done beside the web server, by the worker of django-tasks."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from huoshui.duties.queries import system_account


@task()
def analyse_fairness(analysis_id: str) -> None:
    """Compute an analysis that was asked for, outside any transaction, and keep it."""
    from huoshui.visits.actions.fairness import keep_fairness
    from huoshui.visits.fairness.findings import findings_of
    from huoshui.visits.models import FairnessAnalysis

    analysis = FairnessAnalysis.objects.select_related("round__pack_version").filter(pk=UUID(analysis_id)).first()
    if analysis and not analysis.done_at:
        keep_fairness(by=system_account(), analysis=analysis, findings=findings_of(analysis.round))


@task()
def plan_tour(tour_id: str) -> None:
    """Compute a plan that was asked for, outside any transaction, and keep it; of what holds no longer, nothing."""
    from huoshui.visits.actions.touring import keep_tour
    from huoshui.visits.models import TourPlan
    from huoshui.visits.tour.inputs import inputs_of, plan_of
    from huoshui.visits.tour.terms import Terms

    tour = TourPlan.objects.select_related("round__place").filter(pk=UUID(tour_id), done_at__isnull=True).first()
    if tour is None:
        return
    inputs = inputs_of(tour.round, Terms(**tour.terms))
    if inputs.digest == tour.digest and not inputs.problems:
        keep_tour(by=system_account(), tour=tour, plan=plan_of(inputs))
