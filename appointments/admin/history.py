from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join


def make_changes_table(entries):
    """Return a table of the changes, each with its actor; raw SQL has none."""
    rows = [
        (
            _format_moment(entry.at),
            entry.what,
            _format_moment(entry.start),
            entry.user_email or "",
            entry.role or "",
            entry.request_id or "",
            entry.server_request_id or "",
        )
        for entry in entries
    ]
    return format_html(
        "<table><tr><th>Time<th>Change<th>Start<th>User<th>Role<th>Request<th>Our id</tr>{}</table>",
        format_html_join("", f"<tr>{'<td>{}</td>' * 7}</tr>", rows),
    )


def _format_moment(moment):
    if moment is None:
        return ""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
