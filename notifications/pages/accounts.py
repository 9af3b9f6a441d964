"""Pages on which the reader of an address verifies it, or sets a new password."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.codes import fits, use_code
from accounts.errors import AddressTaken, InvalidCode
from accounts.hashers import give_back_connection
from accounts.models import Code, Purpose
from accounts.sessions import change_address, reset_password, verify
from notifications.pages.page import ActionRefused, LinkExpired, LinkPage


class CodePage(LinkPage):
    """About a code, which the link has too. It expires with the code."""

    purposes: tuple[Purpose, ...]

    def get_reader(self):
        email, code = self.facts["email"], self.facts["code"]
        to_address = Q(user__email=email) | Q(new_email=email)
        valid = Code.objects.filter(
            to_address, purpose__in=self.purposes, expires_at__gt=timezone.now()
        )
        # The digits of an earlier mail have no page: trying them would count as a guess.
        fitting = (one for one in valid.select_related("user") if fits(one, code))
        return next((one.user for one in fitting), None)

    def describe(self):
        if self.get_reader() is None:
            raise LinkExpired
        return {"email": self.facts["email"]}

    def use_code(self):
        if self.get_reader() is None:
            raise LinkExpired
        email, code = self.facts["email"], self.facts["code"]
        try:
            return use_code(email, self.purposes[0], code)
        except InvalidCode as error:
            raise LinkExpired from error


class VerifyPage(CodePage):
    template = "verify"
    purposes = (Purpose.VERIFY, Purpose.SIGN_IN, Purpose.EMAIL)

    def act(self, sent):
        used = self.use_code()
        if not used.new_email:
            verify(used.user, chose_password=used.purpose == Purpose.VERIFY)
            return _("Your address is confirmed. You can sign in now.")
        try:
            change_address(used.user, used.new_email)
        except AddressTaken as error:
            raise LinkExpired from error
        return _("Your address has changed. Sign in with the new one from now on.")


class ResetPage(CodePage):
    template = "reset"
    purposes = (Purpose.RESET,)

    def act(self, sent):
        password = sent.get("password", "")
        reader = self.get_reader()
        if reader is None:
            raise LinkExpired
        try:
            validate_password(password, reader)
        except ValidationError as error:
            raise ActionRefused(" ".join(error.messages)) from error
        # Hashed before the transaction, because hashing may wait.
        give_back_connection()
        hashed = make_password(password)
        reset_password(self.use_code().user, hashed)
        return _("Your password has changed. Sign in with the new one.")
