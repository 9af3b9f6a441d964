"""The response that shows the practice."""

from rest_framework import serializers


class LimitsSerializer(serializers.Serializer):
    """The most that a client can have or ask for."""

    hold_minutes = serializers.IntegerField(help_text="How long a hold lasts.")
    holds = serializers.IntegerField(help_text="Holds of a client at a time.")
    daily_holds = serializers.IntegerField(
        help_text="Holds of a client with one therapist in 24 hours."
    )
    upcoming = serializers.IntegerField(help_text="Upcoming appointments of a client.")
    series = serializers.IntegerField(help_text="Series to come of a client.")
    occurrences = serializers.IntegerField(help_text="Dates of a series.")
    weeks_between = serializers.IntegerField(help_text="Weeks between two dates.")
    shortest_minutes = serializers.IntegerField(
        help_text="The shortest appointment, in minutes."
    )
    longest_minutes = serializers.IntegerField(
        help_text="The longest appointment of any therapist, in minutes."
    )
    search_days = serializers.IntegerField(help_text="Days in one search for slots.")
    free_days = serializers.IntegerField(
        help_text="Days in one search for the times at which a therapist is free."
    )
    page_size = serializers.IntegerField(help_text="Results on a page.")


class PracticeSerializer(serializers.Serializer):
    """The practice, and its limits for clients."""

    name = serializers.CharField()
    time_zone = serializers.CharField(
        help_text="The IANA time zone of dates, and of times without an offset."
    )
    languages = serializers.ListField(child=serializers.CharField())
    limits = LimitsSerializer()
