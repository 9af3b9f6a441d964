from appointments.models.appointment import Appointment
from appointments.models.series import Series

__all__ = ["Appointment", "Series"]
