"""The jobs. Each is told an id, and reads what is true when it runs."""

from django.core.management import call_command
from procrastinate.contrib.django import app

from notifications.jobs import (
    CLOCK_QUEUE,
    MAIL_QUEUE,
    SEND,
    SEND_WEBHOOK,
    WEBHOOK_QUEUE,
)
from notifications.reminders import add_reminders
from notifications.sending import delete_old_deliveries, send_delivery
from notifications.webhooks import endpoints, sending


@app.task(name=SEND, queue=MAIL_QUEUE)
def send(delivery_id: int) -> None:
    """Send the delivery, or put it off."""
    send_delivery(delivery_id)


@app.task(name=SEND_WEBHOOK, queue=WEBHOOK_QUEUE)
def send_webhook(delivery_id: int) -> None:
    """Send the webhook delivery, or put it off."""
    sending.send_webhook(delivery_id)


@app.periodic(cron="* * * * *")
@app.task(queue=CLOCK_QUEUE, queueing_lock="remind")
def remind(timestamp: int) -> None:
    """Make deliveries of the reminders that are due."""
    add_reminders()


@app.periodic(cron="*/5 * * * *")
@app.task(queue=CLOCK_QUEUE, queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Release expired holds, and delete what expired or was kept long enough."""
    call_command("sweep", verbosity=0)
    delete_old_deliveries()
    sending.delete_old_webhook_deliveries()
    endpoints.renew_secrets()
