from rest_framework import viewsets
from rest_framework.permissions import AllowAny

from accounts.throttling import SearchThrottle
from therapists import openapi
from therapists.filters import SpecialismFilterSet, TherapistFilterSet
from therapists.models import Specialism, Therapist
from therapists.serializers import SpecialismSerializer, TherapistSerializer


@openapi.therapists
class TherapistViewSet(viewsets.ReadOnlyModelViewSet):
    """The public directory of active therapists."""

    queryset = Therapist.objects.listed().with_details()
    serializer_class = TherapistSerializer
    filterset_class = TherapistFilterSet
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (SearchThrottle,)


@openapi.specialisms
class SpecialismViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Specialism.objects.all()
    serializer_class = SpecialismSerializer
    filterset_class = SpecialismFilterSet
    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (SearchThrottle,)
