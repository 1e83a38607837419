"""What the web server calls."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pebble.settings")
application = get_wsgi_application()

from markets import counting  # noqa: E402 - needs what the line above sets up
from pebble import warm  # noqa: E402

counting.keep_flushing()
warm.code()
# What is loaded by now stays. The board is made of a hundred thousand small objects, none of them in a circle, and looking at all of them for
# one held up an answer by 100 ms every few seconds.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
warm.board_soon()
