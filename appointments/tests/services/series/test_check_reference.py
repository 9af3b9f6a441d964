"""The rules refuse a date of a series as they refuse it as a single booking."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from appointments.availability.rules import RULES, RULES_BY_CODE
from appointments.errors import TherapistBusy
from appointments.models.statuses import Role
from appointments.services.add import add
from appointments.services.series.check import check_dates
from appointments.services.series.occurrences import list_occurrences
from appointments.services.series.plan import SeriesPlan
from appointments.tests.reference.diaries import (
    EARLIER,
    diaries,
    rolled_back,
    store,
)
from booking.api.errors import RulesRefuse
from booking.tests.depth import examples

pytestmark = pytest.mark.django_db


@examples(sample=20, thorough=100)
@given(diaries(), st.integers(-2, 2), st.integers(0, 24 * 12 - 1), st.integers(1, 8))
def test_a_date_of_a_series_is_refused_like_a_single_booking(
    clock, example, days, at, weeks
):
    """The fourth date is within two days of a change of clocks."""
    clock.move_to(EARLIER)
    day, diary = example
    therapist, client = store(diary), UserFactory()
    local = datetime.combine(day, time(), ZoneInfo(diary.zone))
    start = local + timedelta(days=days - 3 * 7 * weeks, minutes=5 * at)
    plan = SeriesPlan(
        user=client,
        therapist=therapist,
        client_id=client.pk,
        role=Role.CLIENT,
        type="one-off",
        duration=diary.duration,
        dates=list_occurrences(
            start, diary.zone, every_weeks=weeks, numbers=range(1, 9)
        ),
    )

    dates = [date for date in check_dates(plan) if date.start is not None]

    note(repr((day, diary, start)))
    assert [_first_refusals(date.refusals) for date in dates] == [
        _refuse_alone(plan, date.start) for date in dates
    ]


def _first_refusals(refusals):
    """A single booking is refused as busy only if no rule refuses it."""
    return [refusal for refusal in refusals if refusal in RULES] or refusals


def _refuse_alone(plan, start):
    try:
        with rolled_back():
            add(
                user=plan.user,
                therapist_id=plan.therapist.pk,
                start=start,
                duration=plan.duration,
                type=plan.type,
            )
    except RulesRefuse as refused:
        return [RULES_BY_CODE[detail.code] for detail in refused.detail]
    except TherapistBusy as busy:
        return [type(busy)]
    return []
