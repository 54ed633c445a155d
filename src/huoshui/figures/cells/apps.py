from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CellsConfig(AppConfig):
    name = "huoshui.figures.cells"
    label = "figure_cells"

    def ready(self) -> None:
        from huoshui.figures.cells.marking import put_triggers, take_triggers_down

        # SQLite makes no table anew that a trigger of another names, and forgets the triggers of the one it does.
        pre_migrate.connect(take_triggers_down, sender=self)
        post_migrate.connect(put_triggers, sender=self)
