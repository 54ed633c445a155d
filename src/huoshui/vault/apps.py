from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "huoshui.vault"
    label = "vault"

    def ready(self) -> None:
        from huoshui.vault import access  # noqa: F401 - declares the permissions
