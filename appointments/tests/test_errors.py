"""Every refusal of the diary is one that a declared operation may raise."""

from inspect import getmembers, isclass

from rest_framework.exceptions import APIException

from appointments import errors
from appointments.errors import clients, rules, series
from appointments.views.appointments import AppointmentViewSet
from appointments.views.clients import ClientViewSet
from appointments.views.series import SeriesViewSet
from appointments.views.slots import FreeView, SlotViewSet

VIEWS = (AppointmentViewSet, ClientViewSet, FreeView, SeriesViewSet, SlotViewSet)
# A response to it consists of the refusals of the dates.
COMPOSED = {series.SeriesRefused}


def test_some_operation_declares_each_refusal():
    refusals = {
        one
        for module in (errors, clients, rules, series)
        for _, one in getmembers(module, isclass)
        if issubclass(one, APIException) and one.__module__ == module.__name__
    }
    declared = {
        refusal
        for view_set in VIEWS
        for handler in vars(view_set).values()
        for refusal in getattr(handler, "refusals", ())
    }

    assert refusals - COMPOSED <= declared
