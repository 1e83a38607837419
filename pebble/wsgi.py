"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pebble.settings")
application = get_wsgi_application()

from markets import counting  # noqa: E402 - needs what the line above sets up

counting.keep_flushing()
