"""Codes that are sent by mail, and what they prove."""

from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.codes import request_message, use_code
from accounts.models import MessageKind, Purpose, User
from accounts.openapi import codes as openapi
from accounts.openapi.account import password_codes
from accounts.serializers.account import RegisteredSerializer
from accounts.serializers.codes import (
    AddressSerializer,
    CodeSerializer,
    ResetSerializer,
    SentSerializer,
)
from accounts.sessions import format_pair, reset_password, verify
from accounts.throttling import RegisterThrottle


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


@openapi.resend_code
class ResendView(SendView):
    kind = MessageKind.VERIFY


@openapi.forgot_password
class ForgotView(SendView):
    kind = MessageKind.RESET


@openapi.verify_address
class VerifyView(CodeView):
    serializer_class = CodeSerializer

    def post(self, request):
        fields = self.read()
        user = use_code(fields["email"], Purpose.VERIFY, fields["code"])
        token = verify(user)
        registered = RegisteredSerializer({"user": user} | format_pair(token))
        return Response(registered.data)


@password_codes("password")
@openapi.reset_password
class ResetView(CodeView):
    serializer_class = ResetSerializer

    def post(self, request):
        fields = self.read()
        user = use_code(fields["email"], Purpose.RESET, fields["code"])
        return Response(format_pair(reset_password(user, fields["password"])))
