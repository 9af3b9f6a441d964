"""Runs the jobs: mails, reminders, the clearing away of what expired."""

import asyncio
import logging
import os

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from notifications.jobs import CLOCK_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE
from notifications.relay import MOST_CHANGES, relay

# Changes are looked for this often, and stalled jobs after each so many looks.
SECONDS_BETWEEN_LOOKS, LOOKS_BETWEEN_RESCUES = 1, 15
# A worker that gave no sign of life for so many seconds is dead.
STALLED_SECONDS = 30
# Mail can wait for requests. Two workers with ten thousand reminders made the median response
# of a server beside them three times as slow; at the lowest priority, by a quarter.
NICENESS = 19
WEBHOOKS_AT_ONCE = 4
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs the jobs. Several may run at once, on any machines."

    def add_arguments(self, parser):
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *, concurrency, **options):
        os.nice(NICENESS)
        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(_work(concurrency))


async def _work(concurrency):
    async with app.open_async():
        looking = asyncio.create_task(_look_for_changes())
        workers = [
            # This one hears the signals to stop.
            asyncio.create_task(_run([MAIL_QUEUE, CLOCK_QUEUE], concurrency, True)),
            asyncio.create_task(_run([WEBHOOK_QUEUE], WEBHOOKS_AT_ONCE, False)),
        ]
        # If one ends, the process does, and what has started it starts it again.
        ended, others = await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        for task in (looking, *others):
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for task in ended:
            task.result()


async def _run(queues, concurrency, hears_signals):
    """Run the jobs of the queues. Endpoints that are slow keep no mail waiting."""
    await app.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        delete_jobs="successful",
        install_signal_handlers=hears_signals,
        update_heartbeat_interval=5,
        stalled_worker_timeout=STALLED_SECONDS,
        shutdown_graceful_timeout=20,
    )


async def _look_for_changes():
    looks = 0
    while True:
        try:
            if looks % LOOKS_BETWEEN_RESCUES == 0:
                await _rescue_stalled_jobs()
            relayed = await sync_to_async(_relay)()
        except (Error, ConnectorException) as error:
            # The database is away; the next look is soon.
            logger.warning("Cannot look for changes: %s", type(error).__name__)
            relayed = 0
        except Exception:
            # Nothing may end this loop: no mail would be sent until a restart.
            logger.exception("Cannot look for changes")
            relayed = 0
        looks += 1
        if relayed < MOST_CHANGES:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def _relay():
    close_old_connections()
    try:
        return relay()
    finally:
        close_old_connections()


async def _rescue_stalled_jobs():
    """Run again what a worker had begun before it died."""
    stalled = await app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=STALLED_SECONDS
    )
    for job in stalled:
        logger.warning("Job %s of a dead worker runs again", job.id)
        await app.job_manager.retry_job(job)
