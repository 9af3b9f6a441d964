from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.views import TokenObtainPairView

from accounts import code_openapi, openapi
from accounts.authentication import TokenAuthentication
from accounts.code_serializers import (
    AddressSerializer,
    CodeSerializer,
    ResetSerializer,
    SentSerializer,
)
from accounts.codes import request_message, use_code
from accounts.models import MessageKind, Purpose, User
from accounts.serializers import (
    AccountSerializer,
    LoginSerializer,
    PasswordSerializer,
    RefreshTokenSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
)
from accounts.sessions import (
    change_password,
    end_session,
    format_pair,
    reset_password,
    rotate,
    start_session,
    verify,
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


class CodeView(generics.GenericAPIView):
    """A view that is open to anyone, and as limited as registering is."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RegisterThrottle,)

    def read(self):
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class SendView(CodeView):
    """Sends a message to an address that has an account; nobody learns whether it has."""

    serializer_class = AddressSerializer
    kind: MessageKind

    def post(self, request):
        email = self.read()["email"]
        user = User.objects.filter(email=email, is_active=True).first()
        if user is not None and not (
            self.kind == MessageKind.VERIFY and user.email_verified
        ):
            request_message(user, self.kind)
        return Response(SentSerializer({"email": email}).data, status=202)


@code_openapi.resend_code
class ResendView(SendView):
    kind = MessageKind.VERIFY


@code_openapi.forgot_password
class ForgotView(SendView):
    kind = MessageKind.RESET


@code_openapi.verify_address
class VerifyView(CodeView):
    serializer_class = CodeSerializer

    def post(self, request):
        fields = self.read()
        user = use_code(fields["email"], Purpose.VERIFY, fields["code"])
        token = verify(user)
        registered = RegisteredSerializer({"user": user} | format_pair(token))
        return Response(registered.data)


@openapi.password_codes("password")
@code_openapi.reset_password
class ResetView(CodeView):
    serializer_class = ResetSerializer

    def post(self, request):
        fields = self.read()
        user = use_code(fields["email"], Purpose.RESET, fields["code"])
        return Response(format_pair(reset_password(user, fields["password"])))


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
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self):
        return self.request.user
