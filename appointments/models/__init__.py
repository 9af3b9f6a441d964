from appointments.models.appointment import Appointment
from appointments.models.conflict import ScheduleConflict
from appointments.models.invitation import Invitation
from appointments.models.reads import AppointmentRead
from appointments.models.refusals import ClientBusyRefusal
from appointments.models.series import Series

__all__ = [
    "Appointment",
    "AppointmentRead",
    "ClientBusyRefusal",
    "Invitation",
    "ScheduleConflict",
    "Series",
]
