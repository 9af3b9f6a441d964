from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join


def changes_table(entries):
    """Each change with who made it; raw SQL's too, without a name."""
    rows = [
        (
            _day_and_time(entry.at),
            entry.what,
            _day_and_time(entry.start),
            entry.user_email or "",
            entry.role or "",
            entry.request_id or "",
        )
        for entry in entries
    ]
    return format_html(
        "<table><tr><th>When<th>What<th>Start<th>Who<th>As<th>Request</tr>{}</table>",
        format_html_join("", f"<tr>{'<td>{}</td>' * 6}</tr>", rows),
    )


def _day_and_time(moment):
    if moment is None:
        return ""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
