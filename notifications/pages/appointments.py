"""Pages on which a client cancels an appointment, or confirms to come."""

from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound

from accounts.models import User
from appointments.models import Appointment
from appointments.models.statuses import Status
from appointments.services.cancel import cancel, is_late
from booking.api.conditional import Precondition
from booking.api.errors import Conflict, RulesRefuse
from notifications.models import Delivery, Kind
from notifications.pages.page import ActionRefused, LinkExpired, LinkPage
from notifications.wording import format_at_therapist, format_moment


class AppointmentPage(LinkPage):
    """About one start of an appointment. After a move, its link has expired."""

    def get_reader(self):
        return User.objects.filter(pk=self.facts["user"], is_active=True).first()

    @cached_property
    def appointment(self):
        rows = Appointment.objects.select_related("therapist").filter(
            pk=self.facts["appointment"],
            client=self.facts["user"],
            status=Status.BOOKED,
            start__gt=timezone.now(),
        )
        found = rows.first()
        if found is None or int(found.start.timestamp()) != self.facts["start"]:
            raise LinkExpired
        return found

    def describe(self):
        appointment, reader = self.appointment, self.get_reader()
        if reader is None:
            raise LinkExpired
        return {
            "moment": format_moment(appointment.start, reader.time_zone),
            "other_moment": format_at_therapist(appointment, reader),
            "minutes": (appointment.end - appointment.start).seconds // 60,
            "person": appointment.therapist.name,
            "address": settings.PRACTICE_ADDRESS,
        }


class CancelPage(AppointmentPage):
    template = "cancel"

    def describe(self):
        facts = super().describe()
        notice, start = self.appointment.therapist.notice, self.appointment.start
        return facts | {"is_late": is_late(timezone.now(), start, notice)}

    def act(self, sent):
        # Any version of this start will do.
        version = Precondition("*")
        self.describe()
        try:
            cancel(user=self.get_reader(), id=self.appointment.pk, precondition=version)
        except (NotFound, Conflict) as error:
            raise LinkExpired from error
        except RulesRefuse as error:
            message = _("It is too late to cancel here. Please call the practice.")
            raise ActionRefused(message) from error
        return _("Your appointment is cancelled.")


class ConfirmPage(AppointmentPage):
    template = "confirm"

    def act(self, sent):
        self.describe()
        Delivery.objects.filter(
            kind=Kind.APPOINTMENT_REMINDER,
            user=self.facts["user"],
            appointment_id=self.appointment.pk,
            start=self.appointment.start,
            confirmed_at=None,
        ).update(confirmed_at=timezone.now())
        return _("Thank you. The practice knows that you will come.")
