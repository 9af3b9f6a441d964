"""Our words for what DRF refuses in a field. People read them."""

from rest_framework import serializers

# Only where a field has DRF's own words: ours say more.
SENTENCES = {
    serializers.BooleanField: {"invalid": "Send true or false."},
    serializers.CharField: {"invalid": "Send a text."},
    serializers.DateField: {
        "invalid": "Write it like 2027-06-06.",
        "datetime": "Write it like 2027-06-06, without a time.",
    },
    serializers.IntegerField: {
        "invalid": "Send a whole number.",
        "max_string_length": "This number is too long.",
    },
    serializers.TimeField: {"invalid": "Write it like 09:00."},
}


def reword(field: serializers.Field) -> None:
    for kind, sentences in SENTENCES.items():
        if not isinstance(field, kind):
            continue
        for code, sentence in sentences.items():
            if field.error_messages.get(code) == kind.default_error_messages[code]:
                field.error_messages[code] = sentence
    if isinstance(field, serializers.ChoiceField):
        choices = ", ".join(str(choice) for choice in field.choices)
        field.error_messages["invalid_choice"] = f"Choose one of: {choices}."
