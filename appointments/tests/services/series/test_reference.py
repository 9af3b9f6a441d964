"""Of the dates of a series the rules say what they say of each as a booking."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.errors import RULES, TherapistBusy
from appointments.services import add as services
from appointments.services.series.check import Wanted, judged
from appointments.services.series.occurrences import dates
from appointments.tests.availability.test_reference import (
    EARLIER,
    diaries,
    stored,
    undone,
)
from booking.api.errors import RulesRefuse

pytestmark = pytest.mark.django_db


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(diaries(), st.integers(-2, 2), st.integers(0, 24 * 12 - 1), st.integers(1, 8))
def test_a_date_is_judged_in_a_series_as_it_is_booked_alone(
    clock, made, days, at, weeks
):
    """The fourth date is within two days of a change of clocks."""
    clock.move_to(EARLIER)
    day, diary = made
    therapist, client = stored(diary), UserFactory()
    local = datetime.combine(day, time(), ZoneInfo(diary.zone))
    start = local + timedelta(days=days - 3 * 7 * weeks, minutes=5 * at)
    wish = Wanted(
        user=client,
        therapist=therapist,
        client_id=client.pk,
        manages=False,
        type="one-off",
        duration=diary.duration,
        dates=dates(start, diary.zone, every_weeks=weeks, occurrences=range(1, 9)),
    )

    found = [date for date in judged(wish) if date.start is not None]

    note(repr((day, diary, start)))
    assert [_told_first(date.codes) for date in found] == [
        _refusals(wish, date.start) for date in found
    ]


def _told_first(codes):
    """Who books alone hears that somebody is busy only if no rule refuses."""
    return [code for code in codes if code in RULES] or codes


def _refusals(wish, start):
    try:
        with undone():
            services.add(
                user=wish.user,
                therapist_id=wish.therapist.pk,
                start=start,
                duration=wish.duration,
                type=wish.type,
            )
    except RulesRefuse as refused:
        return [detail.code for detail in refused.detail]
    except TherapistBusy as busy:
        return [busy.default_code]
    return []
