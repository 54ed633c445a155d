from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "huoshui.visits"
    label = "visits"

    def ready(self) -> None:
        from huoshui.packs.contract import register
        from huoshui.schedules.targets import register_target
        from huoshui.search.registry import register as register_searchable
        from huoshui.visits import access  # noqa: F401 - declares the permissions
        from huoshui.visits.cadence import TARGET
        from huoshui.visits.checks import SECTION
        from huoshui.visits.searchables import SEARCHABLES

        register(SECTION)
        register_target(TARGET)
        for searchable in SEARCHABLES:
            register_searchable(searchable)
