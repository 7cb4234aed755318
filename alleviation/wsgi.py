"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from alleviation.accounts.walls.telling import shut_outside_requests
from alleviation.common.bounded import bound
from alleviation.common.plain_requests import plain_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")

application = plain_requests(get_wsgi_application())
# Pages alone are in a hurry: commands and workers make connections of their own, without this.
connection_created.connect(bound, dispatch_uid="bound")
# Whoever is not answered here has nothing to look for in the rows of areas.
shut_outside_requests()
