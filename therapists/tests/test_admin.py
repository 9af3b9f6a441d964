from datetime import UTC, date, datetime, time

import pytest
from django.contrib.admin import ModelAdmin

from accounts.tests.factories import UserFactory
from appointments.tests.factories import AppointmentFactory
from therapists.models import (
    Absence,
    Closure,
    Offering,
    Specialism,
    Therapist,
    WorkingHours,
)
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    SpecialismFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

THERAPISTS = "/admin/therapists/therapist/"
SPECIALISMS = "/admin/therapists/specialism/"
CLOSURES = "/admin/therapists/closure/"

HOUR = {"type": "one-off", "duration": 60}
MORNING = {"weekday": 1, "start": "09:00", "end": "12:30"}
AWAY = {
    "start_0": "2030-01-07",
    "start_1": "09:00",
    "end_0": "2030-01-09",
    "end_1": "18:00",
}


@pytest.fixture
def london(settings):
    settings.PRACTICE_TIME_ZONE = "Europe/London"


def therapist(*offerings, hours=(), absences=(), **changes):
    """What staff write into the form, with its rows."""
    return {
        "name": "Ada",
        "is_active": "on",
        "time_zone": "Europe/London",
        "booking_mode": "any_time",
        "start_step_minutes": 30,
        "break_minutes": 10,
        "notice_hours": 24,
        "cancellation_notice_hours": 48,
        "horizon_days": 90,
        **rows("offerings", offerings),
        **rows("hours", hours),
        **rows("absences", absences),
    } | changes


def rows(prefix, written):
    """Rows of an inline; those with an id are there already and come first."""
    return {
        f"{prefix}-TOTAL_FORMS": len(written),
        f"{prefix}-INITIAL_FORMS": sum("id" in row for row in written),
        **{
            f"{prefix}-{number}-{name}": value
            for number, row in enumerate(written)
            for name, value in row.items()
        },
    }


def there(row, **values):
    """A row that is there already, as its inline sends it back."""
    return {"id": row.pk, "therapist": row.therapist_id} | values


def page(therapist):
    return f"{THERAPISTS}{therapist.pk}/change/"


def row_codes(response):
    """The codes of the only row with errors among all inlines."""
    [found] = [
        form.errors.as_data()
        for inline in response.context["inline_admin_formsets"]
        for form in inline.formset.forms
        if form.errors
    ]
    return {field: [e.code for e in errors] for field, errors in found.items()}


def codes(response):
    errors = response.context["adminform"].form.errors.as_data()
    return {field: [e.code for e in found] for field, found in errors.items()}


def test_staff_add_a_therapist_with_an_offering(staff):
    anxiety, user = SpecialismFactory(name="Anxiety"), UserFactory()
    data = therapist(HOUR, specialisms=[anxiety.pk], user=user.pk)

    response = staff.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 302, codes(response)
    added = Therapist.objects.get()
    assert (added.user, added.break_minutes) == (user, 10)
    assert list(added.specialisms.all()) == [anxiety]
    assert added.offerings.get().duration == 60


def test_staff_change_an_offering(staff):
    offering = OfferingFactory(duration=60)
    changed = there(offering, type="one-off", duration=50)

    response = staff.post(page(offering.therapist), therapist(changed))

    assert response.status_code == 302, codes(response)
    assert Offering.objects.get().duration == 50


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"time_zone": "Mars/Base"}, {"time_zone": ["unknown_time_zone"]}),
        ({"break_minutes": 241}, {"break_minutes": ["max_value"]}),
        ({"break_minutes": -1}, {"break_minutes": ["min_value"]}),
        ({"booking_mode": "never"}, {"booking_mode": ["invalid_choice"]}),
        ({"start_step_minutes": 0}, {"start_step_minutes": ["min_value"]}),
        ({"start_step_minutes": 1441}, {"start_step_minutes": ["max_value"]}),
        ({"notice_hours": -1}, {"notice_hours": ["min_value"]}),
        (
            {"cancellation_notice_hours": 24 * 365 + 1},
            {"cancellation_notice_hours": ["max_value"]},
        ),
        ({"horizon_days": 3651}, {"horizon_days": ["max_value"]}),
        ({"horizon_days": 0}, {"horizon_days": ["min_value"]}),
        ({"name": ""}, {"name": ["required"]}),
        ({"user": "9" * 20}, {"user": ["invalid_choice"]}),
    ],
    ids=str,
)
def test_a_refused_therapist_is_an_error_at_its_field(staff, changes, refused):
    response = staff.post(f"{THERAPISTS}add/", therapist(**changes))

    assert response.status_code == 200
    assert codes(response) == refused
    assert not Therapist.objects.exists()


def test_a_type_offered_twice_is_an_error_of_the_form(staff):
    response = staff.post(f"{THERAPISTS}add/", therapist(HOUR, HOUR))

    assert response.status_code == 200
    assert response.context["errors"]
    assert not Therapist.objects.exists()


def test_staff_write_the_hours_on_the_therapist_s_clock(staff):
    evening = {"weekday": 5, "start": "20:00", "end": "00:00"}
    term = {"valid_from": "2030-01-07", "valid_until": "2030-03-31"}
    data = therapist(
        HOUR,
        hours=[MORNING | term, evening],
        time_zone="Asia/Tokyo",
        booking_mode="working_hours",
        start_step_minutes=15,
    )

    response = staff.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 302, codes(response)
    added = Therapist.objects.get()
    assert (added.booking_mode, added.start_step_minutes) == ("working_hours", 15)
    morning, night = added.hours.all()
    assert (morning.weekday, morning.start, morning.end) == (1, time(9), time(12, 30))
    assert (morning.valid_from, morning.valid_until) == (
        date(2030, 1, 7),
        date(2030, 3, 31),
    )
    assert (night.weekday, night.start, night.end) == (5, time(20), time(0))
    form = staff.get(page(added)).content.decode()
    assert 'type="time" name="hours-0-start" value="09:00"' in form


def test_hours_are_changed_and_deleted(staff):
    monday = WorkingHoursFactory()
    tuesday = WorkingHoursFactory(therapist=monday.therapist, weekday=2)
    longer = there(monday, **MORNING | {"end": "13:00"})
    gone = there(tuesday, **MORNING, DELETE="on")

    response = staff.post(page(monday.therapist), therapist(hours=[longer, gone]))

    assert response.status_code == 302, codes(response)
    left = WorkingHours.objects.get()
    assert (left.pk, left.end) == (monday.pk, time(13))


@pytest.mark.usefixtures("london")
def test_absences_are_written_and_shown_on_the_practice_s_clock(staff):
    summer = AWAY | {"start_0": "2030-07-01", "end_0": "2030-07-01"}
    data = therapist(absences=[summer], time_zone="Asia/Tokyo")

    staff.post(f"{THERAPISTS}add/", data)

    absence = Absence.objects.get()
    assert absence.start == datetime(2030, 7, 1, 8, tzinfo=UTC)
    assert absence.end == datetime(2030, 7, 1, 17, tzinfo=UTC)
    form = staff.get(page(absence.therapist)).content.decode()
    assert 'name="absences-0-start_1" value="09:00"' in form


def test_absences_that_are_over_are_not_shown_and_stay(staff, clock):
    over = AbsenceFactory()
    clock.move_to(over.end)
    browser = staff
    browser.force_login(UserFactory(staff=True, is_superuser=True))

    shown = browser.get(page(over.therapist))
    response = browser.post(page(over.therapist), therapist())

    *_, absences = shown.context["inline_admin_formsets"]
    assert not absences.formset.initial_forms
    assert response.status_code == 302, codes(response)
    assert Absence.objects.get() == over


WHOLE_DAY = {"weekday": 7, "start": "00:00", "end": "00:00"}


@pytest.mark.parametrize("hours", [WHOLE_DAY, MORNING | {"end": "08:59"}], ids=str)
def test_a_window_may_be_a_whole_day_or_end_on_the_next(staff, hours):
    response = staff.post(f"{THERAPISTS}add/", therapist(hours=[hours]))

    assert response.status_code == 302, codes(response)
    assert WorkingHours.objects.exists()


INVERTED = {"valid_from": "2030-01-08", "valid_until": "2030-01-07"}


@pytest.mark.parametrize(
    ("inline", "row", "refused"),
    [
        ("hours", {"end": "09:00"}, {"end": ["empty_window"]}),
        ("hours", {"weekday": 0}, {"weekday": ["invalid_choice"]}),
        ("hours", {"weekday": 8}, {"weekday": ["invalid_choice"]}),
        ("hours", {"weekday": "x"}, {"weekday": ["invalid_choice"]}),
        ("hours", {"start": "25:00"}, {"start": ["invalid"]}),
        ("hours", {"start": ""}, {"start": ["required"]}),
        ("hours", {"end": "12:30:30"}, {"__all__": ["not_whole_minute"]}),
        ("hours", INVERTED, {"valid_until": ["inverted"]}),
        ("hours", {"valid_from": "2030-02-29"}, {"valid_from": ["invalid"]}),
        ("absences", {"end_0": "2030-01-06"}, {"end": ["ends_before_start"]}),
        (
            "absences",
            {"end_0": "2030-01-07", "end_1": "09:00"},
            {"end": ["ends_before_start"]},
        ),
        ("absences", {"end_1": ""}, {"end": ["required"]}),
        ("absences", {"start_1": "nine"}, {"start": ["invalid"]}),
        ("absences", {"start_1": "09:00:30"}, {"start": ["not_whole_minute"]}),
        ("offerings", {"duration": 4}, {"duration": ["min_value"]}),
        ("offerings", {"duration": 481}, {"duration": ["max_value"]}),
        ("offerings", {"type": "group"}, {"type": ["invalid_choice"]}),
    ],
    ids=str,
)
def test_a_refused_row_is_an_error_at_its_field(staff, inline, row, refused):
    valid = {"offerings": HOUR, "hours": MORNING, "absences": AWAY}[inline]
    data = therapist() | rows(inline, [valid | row])

    response = staff.post(f"{THERAPISTS}add/", data)

    assert response.status_code == 200
    assert row_codes(response) == refused
    assert not Therapist.objects.exists()


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize(
    ("date", "code"),
    [
        pytest.param("2030-03-31", "nonexistent_time", id="skipped"),
        pytest.param("2030-10-27", "ambiguous_time", id="occurs twice"),
    ],
)
def test_an_absence_from_no_moment_or_from_two_is_refused(staff, date, code):
    until = {"end_0": "2030-12-01", "end_1": "18:00"}
    away = AWAY | until | {"start_0": date, "start_1": "01:30"}

    response = staff.post(f"{THERAPISTS}add/", therapist(absences=[away]))

    assert row_codes(response) == {"start": [code]}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_an_absence_as_long_as_the_calendar_is_shown(staff, settings, zone):
    absence = AbsenceFactory(
        start=datetime(1, 1, 1, tzinfo=UTC),
        end=datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    )
    settings.PRACTICE_TIME_ZONE = zone

    response = staff.get(page(absence.therapist))

    assert response.status_code == 200
    assert "+00:00" in response.content.decode()


@pytest.mark.parametrize(
    ("factory", "inline", "row"),
    [
        (WorkingHoursFactory, "hours", MORNING),
        (AbsenceFactory, "absences", AWAY),
        (OfferingFactory, "offerings", HOUR),
    ],
)
def test_a_row_that_somebody_else_deleted_is_an_error_of_the_form(
    staff, factory, inline, row
):
    gone = factory()
    sent = therapist() | rows(inline, [there(gone, **row)])
    gone.delete()

    response = staff.post(page(gone.therapist), sent)

    assert response.status_code == 200
    assert "id" in row_codes(response)


def test_another_therapist_s_hours_are_not_changed_here(staff):
    foreign, mine = WorkingHoursFactory(), TherapistFactory()
    moved = there(foreign, **MORNING | {"end": "10:00"}) | {"therapist": mine.pk}

    staff.post(page(mine), therapist(hours=[moved]))

    left = WorkingHours.objects.get()
    assert (left.therapist, left.end) == (foreign.therapist, foreign.end)


def test_two_therapists_cannot_share_an_account(staff):
    taken = TherapistFactory(signs_in=True)

    response = staff.post(f"{THERAPISTS}add/", therapist(user=taken.user_id))

    assert response.status_code == 200
    assert codes(response) == {"user": ["unique"]}


def test_nobody_becomes_the_therapist_whose_client_they_are(staff):
    booked = AppointmentFactory()
    url = f"{THERAPISTS}{booked.therapist_id}/change/"

    response = staff.post(url, therapist(user=booked.client_id))

    assert response.status_code == 200
    assert codes(response) == {"user": ["own_client"]}
    assert Therapist.objects.get().user is None


def test_the_client_of_a_colleague_may_become_a_therapist(staff):
    client, other = AppointmentFactory().client, TherapistFactory()

    response = staff.post(f"{THERAPISTS}{other.pk}/change/", therapist(user=client.pk))

    assert response.status_code == 302, codes(response)


def test_a_specialism_that_exists_in_another_case_is_an_error_at_its_name(staff):
    SpecialismFactory(name="Anxiety")

    response = staff.post(f"{SPECIALISMS}add/", {"name": "ANXIETY"})

    assert response.status_code == 200
    assert codes(response) == {"name": ["unique"]}
    assert Specialism.objects.count() == 1


def test_a_therapist_without_appointments_is_deleted_with_the_diary(staff):
    pk = OfferingFactory().therapist_id
    WorkingHoursFactory(therapist=Therapist.objects.get())
    AbsenceFactory(therapist=Therapist.objects.get())

    response = staff.post(f"{THERAPISTS}{pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Therapist.objects.exists()
    for model in (Offering, WorkingHours, Absence):
        assert not model.objects.exists()


def test_the_list_needs_a_fixed_number_of_queries(staff, django_assert_num_queries):
    for number in range(10):
        TherapistFactory(signs_in=True, specialisms=["Anxiety", f"Special {number}"])

    # Session, user, two of permissions, two counts, the page, its specialisms, and
    # the specialisms to filter by.
    with django_assert_num_queries(9):
        response = staff.get(THERAPISTS)

    assert response.status_code == 200


def test_the_page_needs_a_fixed_number_of_queries(staff, django_assert_num_queries):
    ada = OfferingFactory().therapist
    for number in range(10):
        WorkingHoursFactory(therapist=ada, weekday=1 + number % 5)
        AbsenceFactory(therapist=ada)

    # Session, user, two of permissions, the therapist, the specialisms, and one for
    # each kind of row.
    with django_assert_num_queries(9):
        response = staff.get(page(ada))

    assert response.status_code == 200


def test_specialisms_show_how_many_therapists_work_with_them(staff):
    TherapistFactory(specialisms=["Anxiety"])
    TherapistFactory(specialisms=["Anxiety"])

    response = staff.get(SPECIALISMS)

    assert [s.therapist_count for s in response.context["cl"].queryset] == [2]


def test_therapists_are_found_by_name_and_filtered_by_specialism(staff):
    ada = TherapistFactory(name="Ada", specialisms=["Anxiety"])
    TherapistFactory(name="Bob")

    found = staff.get(THERAPISTS, {"q": "ad"})
    narrowed = staff.get(
        THERAPISTS, {"specialisms__id__exact": ada.specialisms.get().pk}
    )

    assert list(found.context["cl"].queryset) == [ada]
    assert list(narrowed.context["cl"].queryset) == [ada]


def closure(**changes):
    return {"name": "Easter", "start": "2030-04-19", "end": "2030-04-22"} | changes


def test_staff_add_change_and_delete_a_closure(staff):
    added = staff.post(f"{CLOSURES}add/", closure())
    row = Closure.objects.get()
    changed = staff.post(f"{CLOSURES}{row.pk}/change/", closure(end="2030-04-19"))
    row.refresh_from_db()
    deleted = staff.post(f"{CLOSURES}{row.pk}/delete/", {"post": "yes"})

    assert [r.status_code for r in (added, changed, deleted)] == [302] * 3
    assert (row.name, row.start, row.end) == (
        "Easter",
        date(2030, 4, 19),
        date(2030, 4, 19),
    )
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"end": "2030-04-18"}, {"end": ["ends_before_start"]}),
        ({"name": ""}, {"name": ["required"]}),
        ({"start": "2030-02-29"}, {"start": ["invalid"]}),
        ({"end": ""}, {"end": ["required"]}),
    ],
    ids=str,
)
def test_a_refused_closure_is_an_error_at_its_field(staff, changes, refused):
    response = staff.post(f"{CLOSURES}add/", closure(**changes))

    assert response.status_code == 200
    assert codes(response) == refused
    assert not Closure.objects.exists()


def test_a_closure_added_twice_is_an_error_at_its_name(staff):
    staff.post(f"{CLOSURES}add/", closure())

    response = staff.post(f"{CLOSURES}add/", closure())

    assert codes(response) == {"name": ["unique"]}
    assert Closure.objects.count() == 1


def test_the_list_of_closures_needs_a_fixed_number_of_queries(
    staff, django_assert_num_queries
):
    ClosureFactory.create_batch(10)

    # Session, user, two of permissions, two counts, two of the dates, and the page.
    with django_assert_num_queries(9):
        response = staff.get(CLOSURES)

    assert response.status_code == 200


@pytest.fixture
def overtaken(monkeypatch, at_once):
    """Let somebody else do something right before the next row is saved."""

    def by(call):
        calls, save = [call], ModelAdmin.save_model

        def save_later(*args):
            if calls:
                at_once(calls.pop())
            save(*args)

        monkeypatch.setattr(ModelAdmin, "save_model", save_later)

    return by


def test_of_two_who_add_a_specialism_at_once_one_is_told(overtaken, boss):
    overtaken(lambda: SpecialismFactory(name="Grief"))

    response = boss.post(f"{SPECIALISMS}add/", {"name": "grief"})

    assert response.status_code == 200
    assert codes(response) == {"name": ["unique"]}
    assert Specialism.objects.get().name == "Grief"


def test_of_two_who_add_an_account_at_once_one_is_told(overtaken, boss):
    overtaken(lambda: UserFactory(email="kit@example.com"))
    kit = {"email": "kit@example.com", "time_zone": "UTC", "usable_password": "false"}

    response = boss.post("/admin/accounts/user/add/", kit)

    assert response.status_code == 200
    assert codes(response) == {"email": ["unique"]}


def test_of_two_who_add_an_offering_at_once_one_is_told(overtaken, boss):
    ada = TherapistFactory(name="Ada")
    overtaken(lambda: OfferingFactory(therapist=ada, type=HOUR["type"]))

    response = boss.post(f"{THERAPISTS}{ada.pk}/change/", therapist(HOUR))

    assert response.status_code == 302
    page = boss.get(response["Location"])
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Offering.objects.count() == 1
