"""The pages of the admin, and the error codes of their forms."""

from django.urls import reverse


def get_url(model, page, *args):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=args)


def form_codes(response):
    """Return the codes of each field of the page's main form."""
    errors = response.context["adminform"].form.errors.as_data()
    return {field: [e.code for e in found] for field, found in errors.items()}


def row_codes(response):
    """Return the codes of each field of the only inline row with errors."""
    [found] = [
        form.errors.as_data()
        for inline in response.context["inline_admin_formsets"]
        for form in inline.formset.forms
        if form.errors
    ]
    return {field: [e.code for e in errors] for field, errors in found.items()}
