"""The API with all its routers."""

from huoshui.web.api import places, rounds
from huoshui.web.api.core import api

api.add_router("", places.router, tags=["places"])
api.add_router("", rounds.router, tags=["rounds"])
