"""The API with all its routers."""

from huoshui.web.api import journal, matters, places, rounds
from huoshui.web.api.core import api

api.add_router("", places.router, tags=["places"])
api.add_router("", rounds.router, tags=["rounds"])
api.add_router("", matters.router, tags=["matters"])
api.add_router("", journal.router, tags=["journal"])
