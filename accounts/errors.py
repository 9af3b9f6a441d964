"""Every refusal of an account: one class with its status, code, sentence and field."""

from rest_framework_simplejwt.exceptions import AuthenticationFailed

from booking.api.errors import Conflict, InvalidField, TooManyRequests


class AddressTaken(InvalidField):
    field = "email"
    constraint = "accounts_user_email_key"
    default_code = "unique"
    default_detail = "This address is already registered."


class NoActiveAccount(AuthenticationFailed):
    """Raised by Simple JWT's serializer; it stands here for the OpenAPI document."""

    default_code = "no_active_account"
    default_detail = (
        "The address or the password is wrong, or the account is deactivated."
    )


class EmailNotVerified(AuthenticationFailed):
    default_code = "email_not_verified"
    default_detail = "Verify your address first, with the code that we sent to it."


class InvalidCode(InvalidField):
    field = "code"
    default_code = "invalid_code"
    default_detail = "This code is wrong, used or too old. Ask for another."


class WrongCode(InvalidCode):
    default_detail = "This code is wrong, or was used before. Wait for the next one."


class TooManySecondFactors(Conflict):
    default_code = "too_many_second_factors"
    default_detail = "You have as many second factors as possible. Remove one first."


class NoSecondFactor(Conflict):
    default_code = "no_second_factor"
    default_detail = "Recovery codes are for those who have a second factor. Add one."


class TooManyFailures(TooManyRequests):
    default_detail = "Too many failed attempts to sign in."


class TooManySignIns(TooManyRequests):
    default_detail = "Too many people sign in at this moment."


class WrongPassword(InvalidField):
    field = "password"
    default_code = "wrong_password"
    default_detail = "This is not your password."


class WrongOldPassword(WrongPassword):
    field = "old_password"
