from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.views import (
    TokenBlacklistView,
    TokenObtainPairView,
    TokenRefreshView,
)

from accounts.serializers import (
    AccountSerializer,
    LoginSerializer,
    RegisteredSerializer,
    RegistrationSerializer,
    RotationSerializer,
)
from accounts.throttling import (
    LoginByAccount,
    LoginByAddress,
    RegisterByAccount,
    RegisterByAddress,
)


class RegisterView(generics.GenericAPIView):
    serializer_class = RegistrationSerializer
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RegisterByAddress, RegisterByAccount)

    def post(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = serializer.save()
        refresh = RefreshToken.for_user(user)
        tokens = {"access": str(refresh.access_token), "refresh": str(refresh)}
        answer = RegisteredSerializer({"user": user} | tokens)
        return Response(answer.data, status=201)


class LoginView(TokenObtainPairView):
    serializer_class = LoginSerializer
    throttle_classes = (LoginByAddress, LoginByAccount)


class RefreshView(TokenRefreshView):
    serializer_class = RotationSerializer


class LogoutView(TokenBlacklistView):
    pass


class MeView(generics.RetrieveUpdateAPIView):
    serializer_class = AccountSerializer
    http_method_names = ["get", "patch", "head", "options"]

    def get_object(self):
        return self.request.user
