"""No address of the admin, and no form, is a crash."""

import pytest
from django.contrib import admin

from appointments.tests.factories import AppointmentFactory, SeriesFactory
from booking.tests.admin import get_url
from booking.tests.depth import choose
from therapists.tests.factories import (
    AbsenceFactory,
    ClosureFactory,
    OfferingFactory,
    TherapistFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db

HUGE = "9" * 30
RUBBISH = ["", "0", HUGE, "a\x00b", "²"]
# A lookup of each kind: it compares, it takes apart, it needs an extension.
LOOKUPS = {
    "": [HUGE, "x", "a\x00b", "2030-02-30", "²"],
    "__gte": ["9999-12-31"],
    "__year": ["0", "9999", HUGE],
    "__in": [f"x,{HUGE}"],
    "__range": ["x"],
    "__regex": ["("],
    "__unaccent": ["x"],
    "__nowhere": ["x"],
}
SAMPLE = {"": [HUGE], "__year": ["9999"], "__range": ["x"]}
CONTROLS = ["p", "o", "q", "when", "_to_field", "_popup"]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.model_name)


@pytest.fixture(autouse=True)
def rows(db):
    therapist = TherapistFactory(signs_in=True, specialisms=["Addiction"])
    for factory in (WorkingHoursFactory, AbsenceFactory, OfferingFactory):
        factory(therapist=therapist)
    ClosureFactory()
    AppointmentFactory(therapist=therapist)
    SeriesFactory(therapist=therapist)


@pytest.fixture
def open_page(boss):
    """Open a page, follow where it leads, and return the final status."""
    boss.raise_request_exception = False

    def open_with(url, parameters=None, method="get"):
        response = getattr(boss, method)(url, parameters, follow=True)
        return response.status_code

    return open_with


def get_filters(model):
    """Yield rubbish for each lookup of one field of each type, then parts of a date."""
    for name in {type(field): field.name for field in model._meta.fields}.values():
        for lookup, values in choose(sample=SAMPLE, thorough=LOOKUPS).items():
            yield from ({name + lookup: value} for value in values)
        year, month, day = (f"{name}__{part}" for part in ("year", "month", "day"))
        yield from [{year: "2030", month: "13"}, {year: "2030", month: "2", day: "31"}]


@pytest.mark.depth
@every_model
def test_no_filter_of_a_list_is_a_crash(open_page, model):
    url = get_url(model, "changelist")

    crashes = [q for q in get_filters(model) if open_page(url, q) >= 500]

    assert not crashes


@every_model
def test_no_control_of_a_list_is_a_crash(open_page, model):
    url = get_url(model, "changelist")

    queries = [{name: value} for name in CONTROLS for value in RUBBISH]

    assert not [query for query in queries if open_page(url, query) >= 500]


@every_model
def test_no_id_is_a_crash(open_page, model):
    for page in ("change", "delete", "history"):
        for id in ("0", HUGE, "x", "_00", "_FF", "²", "1/change"):
            assert open_page(get_url(model, page, id)) < 500


@every_model
def test_no_form_is_a_crash(open_page, model):
    row = model.objects.first()
    names = {field.name for field in model._meta.get_fields()}
    parts = {f"{name}_{n}" for name in names for n in (0, 1)}

    for value in RUBBISH:
        form = dict.fromkeys(names | parts | {"seen", "duration"}, value)
        assert open_page(get_url(model, "add"), form) < 500
        assert open_page(get_url(model, "add"), form, "post") < 500
        if row is not None:
            assert open_page(get_url(model, "change", row.pk), form, "post") < 500


@every_model
def test_no_action_is_a_crash(open_page, model):
    url = get_url(model, "changelist")
    actions = [(action, id) for action in ("delete_selected", "x") for id in RUBBISH]

    for action, id in actions:
        form = {"action": action, "_selected_action": id, "index": id}
        assert open_page(url, form, "post") < 500


@pytest.mark.parametrize(
    "name", ["term", "app_label", "model_name", "field_name", "page"]
)
def test_no_search_of_a_field_is_a_crash(open_page, name):
    field = {
        "app_label": "appointments",
        "model_name": "appointment",
        "field_name": "client",
    }

    for value in RUBBISH:
        assert open_page("/admin/autocomplete/", field | {name: value}) < 500


@every_model
def test_no_relation_is_a_crash_as_a_field(open_page, model):
    label, name = model._meta.app_label, model._meta.model_name

    for field in model._meta.get_fields():
        names = {"app_label": label, "model_name": name, "field_name": field.name}
        assert open_page("/admin/autocomplete/", names) < 500


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "url",
    [
        "/admin",
        "/admin/accounts/user",
        "/admin/nowhere",
        "/admin/nowhere/",
        f"/admin/r/{HUGE}/1/",
        f"/admin/r/1/{HUGE}/",
        "/admin/r/1/x/",
        f"/admin/accounts/user/{HUGE}/password/",
        "/admin/login/?next=//evil.example",
        "/admin/jsi18n/?x=%FF",
        "/admin/password_change/?x=%FF",
    ],
)
@pytest.mark.parametrize("debug", [False, True], ids=["production", "debugging"])
def test_no_other_address_is_a_crash(open_page, settings, method, url, debug):
    settings.DEBUG = debug

    assert open_page(url, method=method) < 500


def test_a_list_that_its_query_breaks_is_shown_without_it(boss, caplog):
    response = boss.get("/admin/therapists/closure/?start__year=9999", follow=True)

    assert response.status_code == 200
    assert response.redirect_chain == [("/admin/therapists/closure/", 302)]
    assert b"cannot be used" in response.content
    [record] = [r for r in caplog.records if r.name == "booking.admin.queries"]
    # The traceback tells a bug from a query that nobody can answer.
    assert record.exc_info[0] is ValueError
