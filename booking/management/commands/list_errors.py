"""Writes the page of all error codes."""

from pathlib import Path

from django.core.management.base import BaseCommand
from drf_spectacular.generators import SchemaGenerator

from booking.api.openapi.codes import write_page


class Command(BaseCommand):
    help = "Writes every error code with its meaning, as docs/errors.md has them."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--save",
            metavar="FILE",
            type=Path,
            help="Write it there, not to the output.",
        )

    def handle(self, *, save, **options):
        page = write_page(SchemaGenerator().get_schema(public=True))
        if save:
            save.write_text(page, "utf-8")
        else:
            self.stdout.write(page)
