from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.views import TokenObtainPairView

from accounts.authentication import TokenAuthentication
from accounts.openapi import account as openapi
from accounts.serializers.account import (
    AccountSerializer,
    LoginSerializer,
    PasswordSerializer,
    RefreshTokenSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
)
from accounts.serializers.codes import SentSerializer
from accounts.sessions import (
    change_password,
    end_session,
    format_pair,
    rotate,
    start_session,
)
from accounts.throttling import RegisterThrottle


@openapi.password_codes("password")
@openapi.register
class RegisterView(generics.GenericAPIView):
    serializer_class = RegistrationSerializer
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RegisterThrottle,)

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if settings.REQUIRE_VERIFIED_EMAIL:
            serializer.create_unseen()
            sent = SentSerializer({"email": serializer.validated_data["email"]})
            return Response(sent.data, status=202)
        # One transaction: a client that gets no tokens can register again.
        with transaction.atomic():
            user = serializer.save()
            token = start_session(user)
        registered = RegisteredSerializer({"user": user} | format_pair(token))
        return Response(registered.data, status=201)


@openapi.log_in
class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer


class RefreshTokenView(generics.GenericAPIView):
    """A view that uses a refresh token, which is all that it asks for."""

    serializer_class = RefreshTokenSerializer
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request):
        # Without authentication classes, DRF would answer 403.
        return TokenAuthentication().authenticate_header(request)

    def use_token(self, operation: Callable):
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        try:
            return operation(serializer.validated_data["refresh"])
        except TokenError as error:
            raise InvalidToken(error.args[0]) from error


@openapi.refresh
class RefreshView(RefreshTokenView):
    def post(self, request):
        token = self.use_token(rotate)
        return Response(format_pair(token))


@openapi.log_out
class LogoutView(RefreshTokenView):
    def post(self, request):
        self.use_token(end_session)
        return Response({})


@openapi.password_codes("new_password")
@openapi.change_password
class PasswordView(generics.GenericAPIView):
    serializer_class = PasswordSerializer

    # Not idempotent: a stored response would hold tokens that work. Sent again, the
    # request is refused, because its access token has ended.
    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        new_password = serializer.validated_data["new_password"]
        token = change_password(request.user, new_password)
        return Response(format_pair(token))


@openapi.show_or_change_account
class MeView(generics.RetrieveUpdateAPIView):
    serializer_class = AccountSerializer
    serves_enrolment = True
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self):
        return self.request.user
