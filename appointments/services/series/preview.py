from appointments.services.limits import refuse_series_beyond
from appointments.services.series.alternatives import Alternatives, find_alternatives
from appointments.services.series.check import CheckedDate, preview_dates
from appointments.services.series.plan import SeriesPlan


def preview_series(
    plan: SeriesPlan,
) -> list[tuple[CheckedDate, Alternatives | None]]:
    """Check every date, and find alternatives for those that fail; nothing is booked.

    Raises `RulesRefuse` if the client may not have so much ahead, as booking would.
    """
    dates = preview_dates(plan)
    failing = [date for date in dates if date.refusals]
    if not plan.manages:
        refuse_series_beyond(plan.client_id, added=len(dates) - len(failing))
    alternatives = find_alternatives(plan, failing)
    return [(date, alternatives.get(date.occurrence)) for date in dates]
