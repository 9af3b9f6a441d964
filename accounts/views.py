from django.db import transaction
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)

from accounts import openapi
from accounts.serializers import (
    AccountSerializer,
    LoginSerializer,
    LogoutSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
    RotationSerializer,
)
from accounts.throttling import LoginThrottle, RegisterThrottle


@openapi.password_codes
@openapi.register
class RegisterView(generics.GenericAPIView):
    serializer_class = RegistrationSerializer
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RegisterThrottle,)

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        # One transaction: a client that gets no tokens can register again.
        with transaction.atomic():
            user = serializer.save()
            refresh = RefreshToken.for_user(user)
        tokens = {"access": str(refresh.access_token), "refresh": str(refresh)}
        registered = RegisteredSerializer({"user": user} | tokens)
        return Response(registered.data, status=201)


@openapi.log_in
class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer
    throttle_classes = (LoginThrottle,)


@openapi.refresh
class RefreshView(TokenRefreshView):
    serializer_class = RotationSerializer


@openapi.log_out
class LogoutView(TokenBlacklistView):
    serializer_class = LogoutSerializer


@openapi.show_or_change_account
class MeView(generics.RetrieveUpdateAPIView):
    serializer_class = AccountSerializer
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self):
        return self.request.user
