from django.urls import re_path

from accounts.views import account, codes
from accounts.views.second_factors import (
    RecoveryCodesView,
    SecondFactorViewSet,
    SecondStepView,
)
from accounts.views.sessions import SessionViewSet
from booking.api.routers import Router

# The original names of these routes. They work at the root too.
original_names = [
    re_path(r"^register/?$", account.RegisterView.as_view()),
    re_path(r"^login/?$", account.LoginView.as_view()),
]

router = Router()
router.register("auth/sessions", SessionViewSet, "session")
router.register("auth/second_factors", SecondFactorViewSet, "second-factor")

urlpatterns = [
    re_path(r"^auth/register/?$", account.RegisterView.as_view(), name="register"),
    re_path(r"^auth/login/?$", account.LoginView.as_view(), name="login"),
    re_path(r"^auth/second_factor/?$", SecondStepView.as_view(), name="second-step"),
    re_path(
        r"^auth/second_factors/recovery_codes/?$",
        RecoveryCodesView.as_view(),
        name="recovery-codes",
    ),
    re_path(r"^auth/refresh/?$", account.RefreshView.as_view(), name="refresh"),
    re_path(r"^auth/logout/?$", account.LogoutView.as_view(), name="logout"),
    re_path(r"^auth/password/?$", account.PasswordView.as_view(), name="password"),
    re_path(r"^auth/me/?$", account.MeView.as_view(), name="me"),
    re_path(r"^auth/verify/?$", codes.VerifyView.as_view(), name="verify"),
    re_path(r"^auth/verify/resend/?$", codes.ResendView.as_view(), name="resend"),
    re_path(r"^auth/code/?$", codes.SignInByCodeView.as_view(), name="code"),
    re_path(r"^auth/email/?$", codes.NewAddressView.as_view(), name="email"),
    re_path(r"^auth/forgot/?$", codes.ForgotView.as_view(), name="forgot"),
    re_path(r"^auth/reset/?$", codes.ResetView.as_view(), name="reset"),
    *router.urls,
    *original_names,
]
