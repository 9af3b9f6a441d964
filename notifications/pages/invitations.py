"""The page on which an invited person accepts an appointment or declines it."""

from functools import cached_property

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException

from accounts.errors import InvalidCode
from accounts.models import User
from accounts.sessions import verify
from appointments.errors import ClientBusy, HoldExpired
from appointments.models import Invitation
from appointments.services.accept import accept
from appointments.services.decline import decline
from booking.names import validate_name
from notifications.pages.page import ActionRefused, LinkExpired, LinkPage
from notifications.wording import format_at_therapist, format_moment

NAME = forms.CharField(
    max_length=User._meta.get_field("name").max_length, validators=[validate_name]
)


class InvitationPage(LinkPage):
    template = "invitation"

    @cached_property
    def invitation(self):
        rows = Invitation.objects.select_related("appointment__therapist").filter(
            appointment=self.facts["appointment"],
            email=self.facts["email"],
            expires_at__gt=timezone.now(),
        )
        if not (found := rows.first()):
            raise LinkExpired
        return found

    def get_reader(self):
        return User.objects.filter(email=self.facts["email"]).first()

    def describe(self):
        appointment, reader = self.invitation.appointment, self.get_reader()
        time_zone = reader.time_zone if reader else appointment.therapist.time_zone
        return {
            "moment": format_moment(appointment.start, time_zone),
            "other_moment": reader and format_at_therapist(appointment, reader),
            "minutes": (appointment.end - appointment.start).seconds // 60,
            "person": appointment.therapist.name,
            "address": settings.PRACTICE_ADDRESS,
            "until": format_moment(self.invitation.expires_at, time_zone),
            "is_new": reader is None,
        }

    def act(self, sent):
        answer, id = sent.get("answer"), self.invitation.appointment_id
        operation = {"accept": self._accept, "decline": self._decline}.get(answer)
        if operation is None:
            raise ActionRefused(_("Choose one of the two."))
        try:
            return operation(id, sent.get("name", ""))
        except (InvalidCode, HoldExpired) as error:
            raise LinkExpired from error
        except ClientBusy as error:
            message = _("You have another appointment at that time.")
            raise ActionRefused(message) from error
        except ValidationError as error:
            raise ActionRefused(" ".join(error.messages)) from error
        except (APIException, IntegrityError) as error:
            message = _("This is not possible now. Please call the practice.")
            raise ActionRefused(message) from error

    def _accept(self, id, name):
        with transaction.atomic():
            user = self.get_reader() or self._add_account(NAME.clean(name))
            if not user.email_verified:
                verify(user, chose_password=False)
            accept(user=user, id=id, code=self.facts["code"])
        return _("The appointment is yours. A mail with the details is on its way.")

    def _decline(self, id, name):
        # An address without an account stays without.
        user = self.get_reader() or User(email=self.facts["email"])
        decline(user=user, id=id, code=self.facts["code"])
        return _("You have declined. The time is free again.")

    def _add_account(self, name):
        """Return an account for the address, without a password; a code signs in."""
        return User.objects.create_user(
            self.facts["email"],
            name=name,
            language=translation.get_language(),
            time_zone=self.invitation.appointment.therapist.time_zone,
        )
