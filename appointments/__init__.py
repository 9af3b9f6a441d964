"""The diary: what can be booked, who sees it, and what changes it.

models/        appointment, series, constraints, and statuses.TRANSITIONS: what may follow what
availability/  what can be booked; reads only: rules, opening hours, slots, conflicts
services/      what changes the diary; one file per operation, its statement beside it
visibility.py  which appointments a user sees
history.py     what happened to an appointment, as far as a user may know
errors.py      every refusal, one class each
sql.py         fragments that several statements share, and the columns of a response
serializers/   requests and responses; views/ and openapi/ have the same files
admin/         the practice's pages; they call the same services as views/

Imports go downwards: views and admin, openapi, serializers, services, visibility and
availability, models; then therapists, accounts and booking.
"""
