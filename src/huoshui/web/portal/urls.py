"""Addresses of the public pages."""

from django.urls import path

from huoshui.web.portal import following, guides, public_notices

urlpatterns = [
    path("", guides.portal, name="portal"),
    path("notices/", public_notices.public_notices, name="portal_notices"),
    path("track/", following.enter, name="portal_enter"),
    path("track/<str:code>/", following.follow, name="portal_follow"),
    path("track/<str:code>/rate", following.rate, name="portal_rate"),
    path("<str:place>/", guides.site, name="portal_site"),
    path("<str:place>/<str:code>/", guides.guide, name="portal_guide"),
]
