"""The same application for servers that speak ASGI; Pebble itself serves WSGI, which costs half the CPU here."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pebble.settings")
application = get_asgi_application()
