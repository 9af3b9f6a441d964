from rest_framework import serializers

from therapists.models import Offering, Specialism, Therapist


class SpecialismSerializer(serializers.ModelSerializer):
    class Meta:
        model = Specialism
        fields = ["id", "name"]


class OfferingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Offering
        fields = ["type", "duration"]


class TherapistSerializer(serializers.ModelSerializer):
    """What the public directory shows."""

    specialisms = serializers.SlugRelatedField("name", many=True, read_only=True)
    offerings = OfferingSerializer(many=True, read_only=True)

    class Meta:
        model = Therapist
        fields = ["id", "name", "time_zone", "specialisms", "offerings"]
