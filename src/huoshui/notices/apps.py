from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "huoshui.notices"
    label = "notices"

    def ready(self) -> None:
        from huoshui.notices import access  # noqa: F401 - declares the permissions
        from huoshui.notices.texts import catalogue

        catalogue()  # a malformed text is found at start
