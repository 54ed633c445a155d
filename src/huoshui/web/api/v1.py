"""The API with all its routers."""

from huoshui.web.api import places
from huoshui.web.api.core import api

api.add_router("", places.router, tags=["places"])
