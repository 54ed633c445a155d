from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CellsConfig(AppConfig):
    name = "huoshui.figures.cells"
    label = "figure_cells"

    def ready(self) -> None:
        from huoshui.figures.cells.marking import put_triggers

        # After every migration: SQLite forgets the triggers of a table that a migration makes anew.
        post_migrate.connect(put_triggers, sender=self)
