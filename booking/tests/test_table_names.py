from django.apps import apps

WORDS = ("attempt", "failure", "throttle", "rate")


def test_only_counters_are_named_after_what_they_limit():
    tables = {model._meta.db_table for model in apps.get_models()}

    named = {table for table in tables if any(word in table for word in WORDS)}

    assert named == {"accounts_throttlecounter"}
