"""What a new practice is shown with: the fixtures, and open appointments.

Nothing here changes what somebody else wrote: the fixtures are loaded only into an
empty directory, and open appointments are published only for their therapists.
"""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from appointments.availability.slots import find_slots
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.services.locks import lock_diaries
from therapists.models import Absence, BookingMode, Therapist

PUBLIC = ["specialisms", "therapists", "appointments"]
DEMO = "demo_users"
# Hashed in the fixture.
DEMO_PASSWORD = "correct horse battery"  # noqa: S105
FOLDER = Path(__file__).parent / "fixtures"
THERAPISTS = FOLDER.parent.parent / "therapists" / "fixtures" / "therapists.json"

DAYS = 28
# Local hours at which the open appointments of a working day start.
HOURS = [9, 11, 14, 16]
# Which of the fixtures' therapists are away: in how many days, and for how many.
AWAY = {3: (10, 2), 4: (35, 14)}
# More than anybody has in that time.
ALL_SLOTS = 10_000


def load_fixtures(*, demo: bool) -> list[str]:
    """Load those for which there is room; return their names.

    They have fixed ids and addresses, so where somebody has begun a directory, or
    uses one of the demo addresses, they would overwrite it.
    """
    if Therapist.objects.exists():
        return []
    names = list(PUBLIC)
    if demo and not demo_users().exists():
        names.append(DEMO)
    call_command("loaddata", *names, verbosity=0)
    Absence.objects.bulk_create(_absences())
    return names


def _absences():
    for therapist in Therapist.objects.filter(pk__in=AWAY):
        days, length = AWAY[therapist.pk]
        zone = ZoneInfo(therapist.time_zone)
        first = timezone.localdate(timezone=zone) + timedelta(days=days)
        start, end = (
            datetime.combine(day, time(), zone)
            for day in (first, first + timedelta(days=length))
        )
        yield Absence(therapist=therapist, start=start, end=end)


def demo_users():
    """The demo accounts that exist, as the fixture names them."""
    people = _fields("accounts.user", FOLDER / f"{DEMO}.json").values()
    return User.objects.filter(email__in=[person["email"] for person in people])


def publish_open_appointments() -> int:
    """Offer times in the next four weeks of the fixtures' therapists; return how many it added.

    A time that was ever published is left alone, also when it was withdrawn since.
    Who has working hours publishes some of their slots. Therapists without offerings
    stay free, to be asked for any time.
    """
    therapists = [t for t in _therapists_of_fixtures() if t.offerings.all()]
    lock_diaries(therapist_ids=[t.pk for t in therapists], client_ids=[])
    return sum(
        len(Appointment.objects.bulk_create(_unpublished(therapist)))
        for therapist in therapists
    )


def _unpublished(therapist):
    """What was never published and overlaps nothing in the diary."""
    diary = therapist.appointments.filter(busy_until__gt=timezone.now())
    known = set(diary.values_list("start", flat=True))
    taken = list(
        diary.exclude(status=Status.CANCELLED).values_list("start", "busy_until")
    )
    for wanted in _open_appointments(therapist):
        is_free = all(
            wanted.start >= busy_until or wanted.busy_until <= start
            for start, busy_until in taken
        )
        if wanted.start not in known and is_free:
            taken.append((wanted.start, wanted.busy_until))
            yield wanted


def _therapists_of_fixtures():
    named = _fields("therapists.therapist", THERAPISTS, FOLDER / f"{DEMO}.json")
    found = Therapist.objects.filter(is_active=True).prefetch_related("offerings")
    # Of the same id alone it may be somebody else.
    return [t for t in found.filter(pk__in=named) if t.name == named[t.pk]["name"]]


def _open_appointments(therapist):
    wanted = [_open(therapist, *wish) for wish in _open_times(therapist)]
    if therapist.booking_mode == BookingMode.ANY_TIME:
        return wanted
    free = _slots(therapist)
    return [a for a in wanted if (a.type, a.start) in free]


def _slots(therapist):
    """The type and the start of each slot within the time to publish."""
    now = timezone.now()
    until = now + timedelta(days=DAYS, minutes=1)
    period = {"start": now, "end": until, "therapist_id": therapist.pk}
    return {
        (offering.type, slot.start)
        for offering in therapist.offerings.all()
        for slot in find_slots(period | {"type": offering.type}, limit=ALL_SLOTS)
    }


def _open_times(therapist):
    now, zone = timezone.now(), ZoneInfo(therapist.time_zone)
    earliest = now + timedelta(hours=therapist.notice_hours)
    latest = now + timedelta(days=min(DAYS, therapist.horizon_days))
    offerings = list(therapist.offerings.all())
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=days) for days in range(DAYS + 1)):
        if day.isoweekday() > 5:
            continue
        for number, hour in enumerate(HOURS):
            start = datetime.combine(day, time(hour), zone)
            if earliest <= start <= latest:
                offering = offerings[(day.toordinal() + number) % len(offerings)]
                yield offering, start


def _open(therapist, offering, start):
    end = start + timedelta(minutes=offering.duration)
    return Appointment(
        therapist=therapist,
        type=offering.type,
        status=Status.AVAILABLE,
        was_published=True,
        start=start,
        end=end,
        busy_until=end + therapist.break_after,
    )


def _fields(model, *fixtures):
    """The fields of one model in fixtures, by id or else by position."""
    rows = [row for path in fixtures for row in json.loads(path.read_text("utf-8"))]
    return {
        row.get("pk", position): row["fields"]
        for position, row in enumerate(rows)
        if row["model"] == model
    }
