from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "huoshui.activities"
    label = "activities"

    def ready(self) -> None:
        from huoshui.activities import access  # noqa: F401 - declares the permissions
        from huoshui.activities.cadence import TARGET
        from huoshui.activities.schema import section
        from huoshui.activities.searchables import SEARCHABLES
        from huoshui.activities.standing import planned_activities
        from huoshui.packs.contract import register, register_stands_on
        from huoshui.schedules.targets import register_target
        from huoshui.search.registry import register as register_searchable

        register(section())
        register_stands_on(planned_activities)
        register_target(TARGET)
        for searchable in SEARCHABLES:
            register_searchable(searchable)
