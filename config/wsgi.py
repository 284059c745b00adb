"""What a web server serves: ``gunicorn config.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

from config.celery import app as celery_app
from recordsets import asking

__all__ = ["application", "celery_app"]  # the queue's app is here so that pages can send tasks to it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
asking.at_rest(asking.NOBODY)
