AWAY = {"start": "2030-01-07T00:00:00Z", "end": "2030-01-08T00:00:00Z"}
HOLIDAY = {"start": "2030-01-07", "end": "2030-01-07", "name": "Kings"}


def get_schedule_url(therapist, kind, row=None):
    base = f"/api/v1/therapists/{therapist.pk}/{kind}"
    return f"{base}/{row.pk}" if row else base
