from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import staff_sessions
        from accounts.security_log import on_failed_sign_in, on_sign_in

        user_logged_in.connect(on_sign_in)
        user_logged_in.connect(staff_sessions.on_sign_in)
        user_login_failed.connect(on_failed_sign_in)
