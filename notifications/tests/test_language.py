"""The language of mails, and whether to be reminded."""

import pytest

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from booking.tests import refusals

pytestmark = pytest.mark.django_db

ME, REGISTER = "/api/v1/auth/me", "/api/v1/auth/register"


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("\x00rubbish;;;", "en"),
        (None, "en"),
    ],
)
def test_who_registers_gets_the_language_of_the_browser(api, asked, language):
    headers = {"Accept-Language": asked} if asked else {}
    body = {"email": "kit@example.com", "password": PASSWORD}

    response = api().post(REGISTER, body, headers=headers)

    assert response.status_code == 201, response.data
    assert response.json()["user"]["language"] == language
    # The API itself is in English, in any case.
    refused = api().post(REGISTER, body, headers=headers)
    detail = refused.json()["errors"][0]["detail"]
    assert detail == "This address is already registered."


def test_a_language_that_is_chosen_wins(api):
    body = {"email": "kit@example.com", "password": PASSWORD, "language": "en"}

    response = api().post(REGISTER, body, headers={"Accept-Language": "de"})

    assert response.json()["user"]["language"] == "en"


def test_users_choose_their_language_and_reminders(api):
    user = UserFactory()

    response = api(user).patch(ME, {"language": "de", "reminders": False})

    assert (response.json()["language"], response.json()["reminders"]) == ("de", False)
    user = User.objects.get(pk=user.pk)
    assert (user.language, user.reminders) == ("de", False)


@pytest.mark.parametrize("language", ["fr", "", None, "DE", 1])
def test_an_unknown_language_is_refused(api, language):
    response = api(UserFactory()).patch(ME, {"language": language})

    assert response.status_code == 400
    assert refusals(response)[0][0] == "language"


def test_the_practice_names_its_languages(api):
    assert api().get("/api/v1/practice").json()["languages"] == ["en", "de"]
