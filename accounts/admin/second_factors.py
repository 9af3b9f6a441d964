"""The page on which staff add and remove their own second factors."""

import segno
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse

from accounts.errors import NoSecondFactor, TooManySecondFactors, WrongCode
from accounts.forms import ConfirmationForm, NewFactorForm, ProofForm
from accounts.second_factors import (
    begin,
    confirm,
    get_pending,
    get_url,
    lacks_required_factor,
    make_recovery_codes,
    remove,
)
from accounts.staff_sessions import mark_verified

TEMPLATE = "accounts/second_factors.html"
# The refusals of a form, in the words of the API.
REFUSALS = (NoSecondFactor, TooManySecondFactors, WrongCode)


def show_second_factors(request, context):
    """Show the factors of the user, or do what the form says that was sent."""
    operation = OPERATIONS.get(request.POST.get("operation"))
    shown = {"new": NewFactorForm(request), "proof": ProofForm(request)}
    if operation:
        shown |= _run(operation, request)
    user = request.user
    context |= {
        "title": "Your second factors",
        "factors": user.second_factors.confirmed(),
        "codes_left": user.recovery_codes.count(),
        "is_missing": lacks_required_factor(user),
    }
    return TemplateResponse(request, TEMPLATE, context | shown)


def _run(operation, request):
    """Return what the page shows of the operation; of a refusal, only its words."""
    try:
        return operation(request)
    except REFUSALS as refusal:
        return {"errors": [refusal.default_detail]}
    except ValidationError as error:
        return {"errors": error.messages}


def _add(request):
    name = _read(NewFactorForm(request, data=request.POST))["name"]
    factor, secret = begin(request.user, name)
    picture = segno.make_qr(get_url(request.user, secret))
    return {
        "secret": secret,
        "picture": picture.svg_data_uri(scale=5, light="white"),
        "pending": factor,
        "confirmation": ConfirmationForm(),
    }


def _confirm(request):
    pending = get_pending(request.user).first()
    if pending is None:
        raise ValidationError("Begin again: this took too long.")
    code = _read(ConfirmationForm(data=request.POST))["code"]
    try:
        codes = confirm(pending, code)
    except WrongCode as refusal:
        confirmation = ConfirmationForm()
        return {
            "errors": [refusal.default_detail],
            "pending": pending,
            "confirmation": confirmation,
        }
    mark_verified(request, request.user)
    return {"recovery_codes": codes, "message": f"{pending.name} was added."}


def _remove(request):
    _read(ProofForm(request, data=request.POST))
    factors = request.user.second_factors.confirmed()
    id = request.POST.get("factor", "")
    factor = factors.filter(pk=id).first() if id.isdecimal() else None
    if factor is None:
        raise ValidationError("This second factor was removed before.")
    remove(factor, by=request.user)
    return {"message": f"{factor.name} was removed."}


def _renew_codes(request):
    _read(ProofForm(request, data=request.POST))
    return {"recovery_codes": make_recovery_codes(request.user)}


def _read(form):
    if not form.is_valid():
        raise ValidationError(
            [text for texts in form.errors.values() for text in texts]
        )
    return form.cleaned_data


OPERATIONS = {
    "add": _add,
    "confirm": _confirm,
    "remove": _remove,
    "renew_codes": _renew_codes,
}
