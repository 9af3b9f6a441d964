"""Registers the models of the diary, and those of the schedule with their conflicts."""

from appointments.admin import appointments, logs, schedule, series

__all__ = ["appointments", "logs", "schedule", "series"]
