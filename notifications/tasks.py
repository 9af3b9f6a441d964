"""The jobs. Each is told an id, and reads what is true when it runs."""

from django.core.management import call_command
from procrastinate.contrib.django import app

from notifications.jobs import MAIL_QUEUE, SEND
from notifications.reminders import add_reminders
from notifications.sending import delete_old_deliveries, send_delivery


@app.task(name=SEND, queue=MAIL_QUEUE)
def send(delivery_id: int) -> None:
    """Send the delivery, or put it off."""
    send_delivery(delivery_id)


@app.periodic(cron="* * * * *")
@app.task(queue="clock", queueing_lock="remind")
def remind(timestamp: int) -> None:
    """Make deliveries of the reminders that are due."""
    add_reminders()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="clock", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Release expired holds, and delete what expired or was kept long enough."""
    call_command("sweep", verbosity=0)
    delete_old_deliveries()
