from django.contrib import admin

from accounts.admin import security_log, users
from accounts.admin.second_factors import show_second_factors
from accounts.forms import LoginForm, PasswordForm
from accounts.second_factors import lacks_required_factor
from accounts.staff_sessions import is_verified

__all__ = ["security_log", "users"]

admin.site.login_form = LoginForm
admin.site.login_template = "accounts/login.html"
admin.site.password_form = PasswordForm
admin.site.is_verified = is_verified
admin.site.lacks_required_factor = lacks_required_factor
admin.site.second_factors_page = show_second_factors
