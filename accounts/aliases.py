"""The original contract's names for the same views."""

from django.urls import re_path

from accounts import views

urlpatterns = [
    re_path(r"^register/?$", views.RegisterView.as_view()),
    re_path(r"^login/?$", views.LoginView.as_view()),
]
