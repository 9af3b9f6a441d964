from django.apps import AppConfig
from django.contrib.admin import apps as admin


class BookingConfig(AppConfig):
    default = True
    name = "booking"


class PracticeAdminConfig(admin.AdminConfig):
    default = False
    default_site = "booking.admin.site.PracticeAdminSite"
