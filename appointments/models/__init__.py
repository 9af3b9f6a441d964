from appointments.models.appointment import Appointment
from appointments.models.refusals import ClientBusyRefusal
from appointments.models.series import Series

__all__ = ["Appointment", "ClientBusyRefusal", "Series"]
