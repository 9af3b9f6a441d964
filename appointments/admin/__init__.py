"""Registers the models of the diary, and those of the schedule with their conflicts."""

from appointments.admin import appointments, logs, refusals, schedule, series

__all__ = ["appointments", "logs", "refusals", "schedule", "series"]
