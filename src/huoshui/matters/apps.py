from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class MattersConfig(AppConfig):
    name = "huoshui.matters"
    label = "matters"

    def ready(self) -> None:
        from huoshui.matters import access  # noqa: F401 - declares the permissions
        from huoshui.matters.counting import put_triggers, take_triggers_down
        from huoshui.matters.schema import section
        from huoshui.packs.contract import register

        register(section())
        pre_migrate.connect(take_triggers_down, sender=self)
        post_migrate.connect(put_triggers, sender=self)
