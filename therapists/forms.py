from accounts.forms import TimeZoneSelect
from booking.forms import RefusalsAtFieldsForm
from therapists.models import Specialism, Therapist


class SpecialismForm(RefusalsAtFieldsForm):
    refused_at = {"unique": "name"}

    class Meta:
        model = Specialism
        fields = ["name"]


class TherapistForm(RefusalsAtFieldsForm):
    class Meta:
        model = Therapist
        fields = "__all__"
        widgets = {"time_zone": TimeZoneSelect}
