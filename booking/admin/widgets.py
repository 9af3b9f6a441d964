"""Autocomplete widgets for the admin of all apps."""

from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)


class IgnoresMalformedIds:
    """Shows no option for a value that is not an id. Django's widget would crash."""

    def optgroups(self, name, value, attr=None):
        ids = [item for item in value if str(item).isdecimal()]
        return super().optgroups(name, ids, attr)


class IdSelect(IgnoresMalformedIds, AutocompleteSelect):
    pass


class IdSelectMultiple(IgnoresMalformedIds, AutocompleteSelectMultiple):
    pass


class AutocompletingAdmin(ModelAdmin):
    """A model admin whose `autocomplete_fields` accept any URL and any form."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = IdSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = IdSelectMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
