"""The forms of therapists in the admin, as staff send them."""

THERAPISTS = "/admin/therapists/therapist/"
SPECIALISMS = "/admin/therapists/specialism/"
CLOSURES = "/admin/therapists/closure/"
HOUR = {"type": "one-off", "duration": 60}
MORNING = {"weekday": 1, "start": "09:00", "end": "12:30"}
ABSENCE = {
    "start_0": "2030-01-07",
    "start_1": "09:00",
    "end_0": "2030-01-09",
    "end_1": "18:00",
}


def therapist(*offerings, hours=(), absences=(), **changes):
    """Return the form of a therapist with its inline rows."""
    return {
        "name": "Ada",
        "is_active": "on",
        "time_zone": "Europe/London",
        "booking_mode": "any_time",
        "any_time_from": "06:00",
        "any_time_until": "22:00",
        "longest_minutes": 120,
        "start_step_minutes": 30,
        "break_minutes": 10,
        "notice_hours": 24,
        "cancellation_notice_hours": 48,
        "horizon_days": 90,
        **inline_rows("offerings", offerings),
        **inline_rows("hours", hours),
        **inline_rows("absences", absences),
    } | changes


def inline_rows(prefix, values):
    """Return the rows of an inline. Existing rows, which have an id, come first."""
    return {
        f"{prefix}-TOTAL_FORMS": len(values),
        f"{prefix}-INITIAL_FORMS": sum("id" in row for row in values),
        **{
            f"{prefix}-{number}-{name}": value
            for number, row in enumerate(values)
            for name, value in row.items()
        },
    }


def existing(row, **values):
    """Return an existing row with new values, as its inline sends it."""
    return {"id": row.pk, "therapist": row.therapist_id} | values


def get_page(therapist):
    return f"{THERAPISTS}{therapist.pk}/change/"
