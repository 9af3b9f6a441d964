from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.utils import timezone

from accounts.second_factors import begin, confirm
from accounts.tests.factories import PASSWORD, UserFactory

AUTH = "/api/v1/auth"
FACTORS = f"{AUTH}/second_factors"
STEP = 30


class App:
    """An authenticator app on somebody's phone, which has read an address."""

    def __init__(self, url):
        [secret] = parse_qs(urlsplit(url).query)["secret"]
        self.totp = pyotp.TOTP(secret)

    def show(self, later=0):
        """Return the code of this moment, or of so many seconds later."""
        return self.totp.at(timezone.now(), counter_offset=later // STEP)

    def show_another(self):
        return f"{(int(self.show()) + 1) % 10**6:06}"


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def enrol(clock):
    """Give the user a factor that counts. Returns their app and their recovery codes."""

    def add(user, name="Phone"):
        factor, secret = begin(user, name)
        app = App(f"otpauth://totp/x?secret={secret}")
        codes = confirm(factor, app.show())
        # The code that confirmed it is used up.
        clock.shift(STEP)
        return app, codes

    return add


@pytest.fixture
def log_in(api):
    def post(user, password=PASSWORD):
        body = {"email": user.email, "password": password}
        return api().post(f"{AUTH}/login", body)

    return post


@pytest.fixture
def send_code(api):
    def post(token, code):
        return api().post(f"{AUTH}/second_factor", {"token": token, "code": code})

    return post
