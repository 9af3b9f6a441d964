"""The diary: what can be booked, who sees it, and what changes it.

models/        appointment, series, constraints; statuses.TRANSITIONS: the allowed operations
availability/  what can be booked; reads only: rules, opening hours, slots, days, conflicts
services/      what changes the diary; a file per operation, its statement beside it
visibility.py  which appointments a user sees
history.py     the history of an appointment that a user may see
reads.py       the log of who opened whose appointments
filters/       query parameters of the list and of the searches
errors/        every refusal, one class each; rules.py and series.py: those of these alone
sql.py         fragments that several statements share, and the columns of a response
serializers/   requests and responses apart; one file per resource, as in views/ and openapi/
admin/         the practice's pages; they call the same services as views/

Imports go downwards: views and admin, openapi, serializers, services, visibility and
availability, models; then therapists, accounts and booking.
"""
