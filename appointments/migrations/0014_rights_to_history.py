"""Practice managers and auditors view the history of the schedule."""

from django.db import migrations

from accounts.groups import give_rights


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0013_client_has_room"),
        ("therapists", "0003_history_of_schedule"),
    ]

    operations = [
        give_rights(
            "therapists.view_workinghoursevent",
            "therapists.view_absenceevent",
            "therapists.view_closureevent",
            "therapists.view_offeringevent",
            to=["Practice manager", "Auditor"],
        )
    ]
