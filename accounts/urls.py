from django.urls import re_path

from accounts import views

# The original names of these routes. They work at the root too.
original_names = [
    re_path(r"^register/?$", views.RegisterView.as_view()),
    re_path(r"^login/?$", views.LoginView.as_view()),
]

urlpatterns = [
    re_path(r"^auth/register/?$", views.RegisterView.as_view(), name="register"),
    re_path(r"^auth/login/?$", views.LoginView.as_view(), name="login"),
    re_path(r"^auth/refresh/?$", views.RefreshView.as_view(), name="refresh"),
    re_path(r"^auth/logout/?$", views.LogoutView.as_view(), name="logout"),
    re_path(r"^auth/password/?$", views.PasswordView.as_view(), name="password"),
    re_path(r"^auth/me/?$", views.MeView.as_view(), name="me"),
    re_path(r"^auth/verify/?$", views.VerifyView.as_view(), name="verify"),
    re_path(r"^auth/verify/resend/?$", views.ResendView.as_view(), name="resend"),
    re_path(r"^auth/forgot/?$", views.ForgotView.as_view(), name="forgot"),
    re_path(r"^auth/reset/?$", views.ResetView.as_view(), name="reset"),
    *original_names,
]
