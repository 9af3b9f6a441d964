"""The forms of accounts in the admin, as staff send them."""

USERS = "/admin/accounts/user/"
NEW_PASSWORD = "another horse battery"


def account(**changes):
    return {
        "email": "new@example.com",
        "name": "New Person",
        "time_zone": "Europe/London",
        "language": "en",
        "usable_password": "true",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    } | changes


def change(person, **changes):
    shown = {
        "email": person.email,
        "name": person.name,
        "time_zone": "UTC",
        "language": "en",
    }
    return shown | {"is_active": "on"} | changes
