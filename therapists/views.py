from rest_framework import viewsets
from rest_framework.permissions import AllowAny

from booking.api.filters import ListFilters
from therapists import schema
from therapists.filters import SpecialismFilterSet, TherapistFilterSet
from therapists.models import Specialism, Therapist
from therapists.serializers import SpecialismSerializer, TherapistSerializer


@schema.therapists
class TherapistViewSet(viewsets.ReadOnlyModelViewSet):
    """The public directory of active therapists."""

    queryset = Therapist.objects.listed().with_details()
    serializer_class = TherapistSerializer
    filter_backends = (ListFilters,)
    filterset_class = TherapistFilterSet
    permission_classes = (AllowAny,)
    authentication_classes = ()


@schema.specialisms
class SpecialismViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Specialism.objects.all()
    serializer_class = SpecialismSerializer
    filter_backends = (ListFilters,)
    filterset_class = SpecialismFilterSet
    permission_classes = (AllowAny,)
    authentication_classes = ()
