"""The admin's format of date and time: Mon 7 Jan 2030, 09:00."""

DATETIME_FORMAT = "D j M Y, H:i"
