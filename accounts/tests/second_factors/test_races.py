"""Codes that are sent at once."""

import pytest

from accounts.errors import WrongCode
from accounts.models import ThrottleCounter
from accounts.second_factors import use_code

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_simultaneous_requests_with_one_code_one_signs_in(
    user, enrol, log_in, send_code, at_once
):
    app, recovery = enrol(user)
    token = log_in(user).data["second_factor"]

    for code in (app.show(), recovery[0]):
        responses = at_once(*[lambda code=code: send_code(token, code)] * 4)

        statuses = sorted(response.status_code for response in responses)
        assert statuses == [200, 400, 400, 400]


def test_a_code_is_looked_at_after_it_was_used(user, enrol, overtaken):
    app, _ = enrol(user)
    code = app.show()

    with (
        overtaken(lambda: use_code(user, code), before="FOR NO KEY UPDATE") as others,
        pytest.raises(WrongCode),
    ):
        use_code(user, code)

    assert others == ["app"]


def test_simultaneous_wrong_codes_all_count(user, enrol, log_in, send_code, at_once):
    app, _ = enrol(user)
    token, wrong = log_in(user).data["second_factor"], app.show_another()

    responses = at_once(*[lambda: send_code(token, wrong)] * 8)

    statuses = sorted(response.status_code for response in responses)
    assert statuses == [400] * 5 + [429] * 3
    assert ThrottleCounter.objects.count() == 1
