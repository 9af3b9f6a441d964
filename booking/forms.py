"""What the forms of several apps share."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS


class RefusalsAtFieldsForm(forms.ModelForm):
    """A model form that shows what constraints refuse at the field to mend.

    Django knows no field for them and shows them above the form. `refused_at` names
    the field for each code.
    """

    refused_at = {}

    def add_error(self, field, error):
        for refusal in getattr(error, "error_dict", {}).pop(NON_FIELD_ERRORS, []):
            super().add_error(self.refused_at.get(refusal.code), refusal)
        super().add_error(field, error)
