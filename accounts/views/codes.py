"""Codes that are sent by mail, and what they prove."""

from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.codes import request_message, request_new_address, use_code
from accounts.models import MessageKind, Purpose, User
from accounts.openapi import codes as openapi
from accounts.openapi.account import password_codes
from accounts.second_step import answer_sign_in
from accounts.serializers.account import RegisteredSerializer
from accounts.serializers.codes import (
    AddressSerializer,
    CodeSerializer,
    NewAddressSerializer,
    ResetSerializer,
    SentSerializer,
)
from accounts.sessions import (
    change_address,
    reset_password,
    verify,
)
from accounts.throttling import ChangeThrottle, RegisterThrottle


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
    kind = MessageKind.VERIFY

    def get_users(self):
        return User.objects.filter(is_active=True)

    def post(self, request):
        email = self.read()["email"]
        if user := self.get_users().filter(email=email).first():
            request_message(user, self.kind)
        return Response(SentSerializer({"email": email}).data, status=202)


@openapi.resend_code
class ResendView(SendView):
    def get_users(self):
        return super().get_users().filter(verified_at=None)


@openapi.sign_in_by_code
class SignInByCodeView(SendView):
    """Sends a code, which signs in without a password."""

    kind = MessageKind.SIGN_IN


@openapi.forgot_password
class ForgotView(SendView):
    kind = MessageKind.RESET


@openapi.change_address
class NewAddressView(generics.GenericAPIView):
    serializer_class = NewAddressSerializer
    # It sends mail to an address that may be anybody's.
    throttle_classes = (ChangeThrottle, RegisterThrottle)

    # Not idempotent: it would store a hash of the request, and so of the password.
    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        email = serializer.validated_data["email"]
        request_new_address(request.user, email)
        return Response(SentSerializer({"email": email}).data, status=202)


@openapi.verify_address
class VerifyView(CodeView):
    serializer_class = CodeSerializer

    def post(self, request):
        fields = self.read()
        used = use_code(fields["email"], Purpose.VERIFY, fields["code"])
        user, new_email = used.user, used.new_email
        if new_email:
            change_address(user, new_email)
        else:
            verify(user, chose_password=used.purpose == Purpose.VERIFY)
        answer = answer_sign_in(user)
        if "second_factor" in answer:
            return Response(answer)
        return Response(RegisteredSerializer({"user": user} | answer).data)


@password_codes("password")
@openapi.reset_password
class ResetView(CodeView):
    serializer_class = ResetSerializer

    def post(self, request):
        fields = self.read()
        used = use_code(fields["email"], Purpose.RESET, fields["code"])
        reset_password(used.user, fields["password"])
        return Response(answer_sign_in(used.user))
