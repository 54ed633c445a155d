from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huoshui.web"
    label = "web"
