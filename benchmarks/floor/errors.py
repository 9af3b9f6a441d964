"""The floor's refusals."""


class Refusal(Exception):
    status = 409
    code = "invalid"
    detail = "The request is malformed."


class Malformed(Refusal):
    status = 400


class Refused(Refusal):
    """A rule refuses the change; the floor does not say which."""


class TokenNotValid(Refusal):
    status = 401
    code = "token_not_valid"


class UserNotFound(Refusal):
    status = 401
    code = "user_not_found"


class NotFound(Refusal):
    status = 404
    code = "not_found"
    detail = "Not found."


class TherapistBusy(Refusal):
    code = "therapist_busy"
    detail = "The therapist is not free for the whole period."


class ClientBusy(Refusal):
    code = "client_busy"
    detail = "The client has another appointment in this period."


class IdempotencyKeyReused(Refusal):
    status = 422
    code = "idempotency_key_reused"
