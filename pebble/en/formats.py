"""How the admin writes times. Django asks the language before the settings, so they stand here.

Polls are seconds apart: a time without its second says little. Day before month, 24 hours, as on the pages.
"""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i:s"
DATETIME_FORMAT = "j M Y H:i:s"
