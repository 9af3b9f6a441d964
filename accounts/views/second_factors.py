"""Second factors: the second step of a sign-in, and what its user has."""

from rest_framework import generics, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts.authentication import TokenAuthentication
from accounts.models import SecondFactor
from accounts.openapi import second_factors as openapi
from accounts.second_factors import (
    begin,
    confirm,
    get_pending,
    get_url,
    make_recovery_codes,
    remove,
)
from accounts.second_step import answer_second_step
from accounts.serializers.second_factors import (
    ConfirmationSerializer,
    ConfirmedSerializer,
    EnrolmentSerializer,
    NewSecondFactorSerializer,
    ProofSerializer,
    RecoveryCodesLeftSerializer,
    RecoveryCodesSerializer,
    SecondFactorSerializer,
    SecondStepRequestSerializer,
)
from accounts.tokens import SESSION_CLAIM
from booking.api.filters import StrictFilterSet


class RequestReader:
    def read(self, serializer_class):
        """Return what the request has, as this serializer validates it."""
        context = self.get_serializer_context()
        serializer = serializer_class(data=self.request.data, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


@openapi.take_second_step
class SecondStepView(RequestReader, generics.GenericAPIView):
    """Takes a code from somebody who has shown one factor, and has a token for it."""

    serializer_class = SecondStepRequestSerializer
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_authenticate_header(self, request):
        # Without authentication classes, DRF would answer 403.
        return TokenAuthentication().authenticate_header(request)

    def post(self, request):
        return Response(answer_second_step(**self.read(self.serializer_class)))


class SecondFactorViewSet(RequestReader, ListModelMixin, viewsets.GenericViewSet):
    """The second factors of the user.

    Nothing here is idempotent: a stored response would hold secrets that work, or a hash
    of the password.
    """

    queryset = SecondFactor.objects.none()
    serializer_class = SecondFactorSerializer
    serves_enrolment = True
    filterset_class = StrictFilterSet
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("created_at", "id")

    def get_queryset(self):
        return self.request.user.second_factors.confirmed()

    @openapi.list_second_factors
    def list(self, request):
        return super().list(request)

    @openapi.add_second_factor
    def create(self, request):
        fields = self.read(NewSecondFactorSerializer)
        factor, secret = begin(request.user, fields["name"])
        enrolment = {
            "id": factor.pk,
            "name": factor.name,
            "url": get_url(request.user, secret),
            "secret": secret,
        }
        return Response(EnrolmentSerializer(enrolment).data, status=201)

    @openapi.confirm_second_factor
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        code = self.read(ConfirmationSerializer)["code"]
        factor = get_object_or_404(get_pending(request.user), pk=pk)
        session = request.auth and request.auth.get(SESSION_CLAIM)
        factor.recovery_codes = confirm(factor, code, session)
        factor.refresh_from_db(fields=["confirmed_at"])
        return Response(ConfirmedSerializer(factor).data)

    @openapi.remove_second_factor
    def destroy(self, request, pk):
        self.read(ProofSerializer)
        remove(self.get_object(), by=request.user)
        return Response(status=204)


class RecoveryCodesView(RequestReader, generics.GenericAPIView):
    serializer_class = ProofSerializer
    serves_enrolment = True

    @openapi.count_recovery_codes
    def get(self, request):
        left = request.user.recovery_codes.count()
        return Response(RecoveryCodesLeftSerializer({"left": left}).data)

    # Not idempotent, for the same reason.
    @openapi.make_recovery_codes
    def post(self, request):
        self.read(ProofSerializer)
        codes = make_recovery_codes(request.user)
        return Response(RecoveryCodesSerializer({"recovery_codes": codes}).data)
