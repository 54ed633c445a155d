from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "huoshui.notices"
    label = "notices"
