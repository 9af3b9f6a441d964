"""Responses follow from the fields of a serializer and the columns of a row."""

from datetime import UTC, datetime

import orjson
import pytest
from drf_orjson_renderer.renderers import ORJSONRenderer

from appointments.serializers.appointments import AppointmentSerializer
from appointments.sql import AppointmentRow
from booking.api.serializers import RowSerializer

ROW = AppointmentRow(*AppointmentRow._fields)


def list_columns(serializer, prefix=""):
    for name, field in serializer.fields.items():
        if isinstance(field, RowSerializer):
            yield from list_columns(field, f"{prefix}{name}_")
        else:
            yield prefix + name


def test_every_column_but_the_version_has_a_field():
    columns = list(list_columns(AppointmentSerializer()))

    assert [*columns, "version"] == list(AppointmentRow._fields)


def test_a_field_shows_the_column_of_its_name():
    response = AppointmentSerializer(ROW).data

    assert response["start"] == "start"
    assert response["client"] == {
        "id": "client_id",
        "name": "client_name",
        "email": "client_email",
        "phone": "client_phone",
    }


def test_a_nested_field_is_null_without_an_id():
    response = AppointmentSerializer(ROW._replace(client_id=None)).data

    assert response["client"] is None
    assert response["series"]["occurrence"] == "series_occurrence"


def test_the_example_has_the_fields_of_the_response():
    example, response = (
        AppointmentSerializer().get_initial(),
        AppointmentSerializer(ROW),
    )

    assert example.keys() == response.data.keys()
    assert example["client"].keys() == response.data["client"].keys()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2030, 1, 7, 9, tzinfo=UTC), "2030-01-07T09:00:00Z"),
        (datetime(2030, 1, 7, 9, 0, 0, 1, tzinfo=UTC), "2030-01-07T09:00:00.000001Z"),
    ],
)
def test_moments_are_written_in_utc(moment, text):
    body = ORJSONRenderer().render({"start": moment})

    assert orjson.loads(body) == {"start": text}
