"""Adding jobs, in the transaction of what causes them."""

import random
from collections.abc import Iterable
from datetime import timedelta

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

SEND, MAIL_QUEUE = "notifications.tasks.send", "mail"
SEND_WEBHOOK, WEBHOOK_QUEUE = "notifications.tasks.send_webhook", "webhooks"
CLOCK_QUEUE = "clock"
# Adds jobs by Django's connection, and so in its transaction. A worker has another one.
JOBS = JobManager(DjangoConnector())
# An attempt that failed is repeated after a minute, then after twice as long each time.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=24)
MOST_ATTEMPTS = 14


def defer_sending(ids: Iterable[int], wait: timedelta = timedelta()) -> None:
    """Add a job that sends each of these deliveries after the wait."""
    _defer(SEND, MAIL_QUEUE, ids, wait)


def defer_webhooks(ids: Iterable[int], wait: timedelta = timedelta()) -> None:
    """Add a job that sends each of these webhook deliveries after the wait."""
    _defer(SEND_WEBHOOK, WEBHOOK_QUEUE, ids, wait)


def _defer(task, queue, ids, wait):
    jobs = [{"delivery_id": id} for id in ids]
    if jobs:
        schedule = {"schedule_in": {"seconds": wait.total_seconds()}} if wait else {}
        deferrer = configure_task(name=task, job_manager=JOBS, queue=queue, **schedule)
        deferrer.batch_defer(*jobs)


def get_wait(attempts: int) -> timedelta | None:
    """Return how long to wait after so many attempts; None after the last.

    Up to a tenth of it is random, so that what failed together is not repeated together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return wait * random.uniform(1, 1.1)  # noqa: S311
