"""The WSGI application, for servers other than the built-in one."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.settings")
application = get_wsgi_application()
