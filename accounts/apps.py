from django.apps import AppConfig
from django.contrib.admin import apps as admin


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"


class PracticeAdminConfig(admin.AdminConfig):
    default = False
    default_site = "accounts.site.PracticeAdminSite"
