"""All addresses: office pages, accounts, API, health."""

from django.urls import include, path
from django.views.i18n import set_language

from huoshui.web.api import v1
from huoshui.web.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("language", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", v1.api.urls),
    path("", include("huoshui.web.office.urls")),
]
