"""What the admin of several apps shares."""

from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)


class IdsOnly:
    """An autocomplete that shows nothing for what is no id; Django's asks for it."""

    def optgroups(self, name, value, attr=None):
        ids = [one for one in value if str(one).isdecimal()]
        return super().optgroups(name, ids, attr)


class OneOfMany(IdsOnly, AutocompleteSelect):
    pass


class SomeOfMany(IdsOnly, AutocompleteSelectMultiple):
    pass


class AutocompletingAdmin(ModelAdmin):
    """For models with `autocomplete_fields`, whatever stands in an address or a form."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = OneOfMany(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SomeOfMany(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
