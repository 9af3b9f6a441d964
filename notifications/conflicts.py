"""Telling staff of the appointments that changes of the schedule left outside the rules."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from appointments.availability.conflicts import find_conflicts
from appointments.models import Appointment, ScheduleConflict
from appointments.models.statuses import Right
from notifications.mail import make_mail
from notifications.models import Delivery, Kind
from notifications.notices import Notice
from notifications.wording import format_moment

# Changes that follow each other, such as of the hours of a week, are told together.
PATIENCE = timedelta(minutes=1)
# Without an end to it, the first one may never be told.
LONGEST_PATIENCE = timedelta(minutes=5)
MOST_CONFLICTS = 500
SOURCE = "conflicts-"


def take_conflicts() -> list[ScheduleConflict]:
    """Return the conflicts that are to be told now, in a transaction that marks them."""
    untold = ScheduleConflict.objects.filter(batch=None).order_by("pk")
    now = timezone.now()
    rows = untold.select_related("appointment")
    taken = list(rows.select_for_update(of=["self"], skip_locked=True)[:MOST_CONFLICTS])
    if not taken or (
        taken[-1].found_at > now - PATIENCE
        and taken[0].found_at > now - LONGEST_PATIENCE
    ):
        return []
    batch = taken[-1].pk
    for conflict in taken:
        conflict.batch = batch
    ScheduleConflict.objects.bulk_update(taken, ["batch"])
    return taken


def list_notices_of_conflicts(conflicts: list[ScheduleConflict]) -> list[Notice]:
    """Tell staff who may change appointments, but not the one who caused all of them."""
    if not conflicts:
        return []
    causes = {one.user_id for one in conflicts}
    return [
        Notice(Kind.APPOINTMENT_CONFLICT, person.pk, f"{SOURCE}{conflicts[0].batch}")
        for person in _list_staff()
        if causes != {person.pk}
    ]


def compose_conflicts(
    delivery: Delivery, reader: User
) -> EmailMultiAlternatives | None:
    """Return the mail about what is still outside the rules, or None if nothing is."""
    appointments = _list_appointments(int(delivery.source.removeprefix(SOURCE)))
    if not appointments:
        return None
    subject = _("Appointments outside the hours")
    facts = {"appointments": [_describe(one, reader) for one in appointments]}
    return make_mail(delivery, reader, subject, facts, "conflicts")


def _list_staff():
    able = ModelBackend().with_perm(Right.CHANGE_APPOINTMENT)
    return able.filter(is_staff=True)


def _list_appointments(batch):
    ids = ScheduleConflict.objects.filter(batch=batch).values("appointment")
    rows = Appointment.objects.filter(pk__in=ids).select_related("therapist")
    appointments = list(rows.order_by("start", "pk"))
    therapists = {one.therapist for one in appointments}
    outside = {id for therapist in therapists for id in find_conflicts(therapist)}
    return [one for one in appointments if one.pk in outside]


def _describe(appointment, reader):
    path = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    return {
        "moment": format_moment(appointment.start, reader.time_zone),
        "therapist": appointment.therapist.name,
        "url": f"{settings.PUBLIC_URL}{path}",
    }
