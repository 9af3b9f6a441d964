"""The mail that invites the reader of an address to an appointment."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from appointments.models import Invitation
from appointments.services.invitations import make_code
from notifications.links import LinkPurpose, make_link
from notifications.mail import make_mail
from notifications.models import Delivery
from notifications.wording import format_at_therapist, format_moment, name_subject


def compose_invitation(delivery: Delivery) -> EmailMultiAlternatives | None:
    """Return the mail, or None if the invitation has ended.

    A code is made here, so that only the mail has its digits.
    """
    open_ones = Invitation.objects.filter(expires_at__gt=timezone.now())
    found = open_ones.select_related("appointment__therapist").filter(
        appointment=delivery.appointment_id, email=delivery.address
    )
    if not (invitation := found.first()):
        return None
    reader = _get_reader(invitation)
    with translation.override(reader.language):
        return _compose(delivery, invitation, reader)


def _get_reader(invitation):
    """Return the account of the address, or one that is not stored."""
    found = User.objects.filter(email=invitation.email).first()
    return found or User(
        email=invitation.email,
        language=settings.LANGUAGE_CODE,
        time_zone=invitation.appointment.therapist.time_zone,
    )


def _compose(delivery, invitation, reader):
    appointment = invitation.appointment
    code = make_code(invitation)
    link = {
        "appointment": appointment.pk,
        "email": invitation.email,
        "code": code,
    }
    facts = {
        "url": make_link(LinkPurpose.INVITATION, **link),
        "intro": _("This appointment is kept for you. Accept it with this code:"),
        "code": code,
        "moment": format_moment(appointment.start, reader.time_zone),
        "other_moment": format_at_therapist(appointment, reader),
        "minutes": (appointment.end - appointment.start).seconds // 60,
        "person": appointment.therapist.name,
        "until": format_moment(invitation.expires_at, reader.time_zone),
    }
    subject = name_subject(delivery.kind, appointment.start, reader.time_zone)
    return make_mail(delivery, reader, subject, facts, "invitation")
