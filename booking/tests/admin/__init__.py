"""Error codes of the forms of the admin."""


def form_codes(response):
    """Return the codes of each field of the page's main form."""
    errors = response.context["adminform"].form.errors.as_data()
    return {field: [e.code for e in found] for field, found in errors.items()}
