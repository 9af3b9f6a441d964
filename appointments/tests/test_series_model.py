"""Of many dates at once the rules say what they say of each alone."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.judging import Wanted, judged
from appointments.recurrence import dates
from appointments.tests.test_slots_model import EARLIER, diaries, stored

pytestmark = pytest.mark.django_db


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(diaries(), st.integers(-2, 2), st.integers(0, 24 * 12 - 1), st.integers(1, 8))
def test_a_date_is_judged_alike_alone_and_in_a_series(clock, made, days, at, weeks):
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

    together = judged(wish)

    note(repr((day, diary, start)))
    alone = [judged(replace(wish, dates=[date])) for date in wish.dates]
    assert together == [one for [one] in alone]
