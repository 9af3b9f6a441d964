"""The promises of a page that a link opens."""

from abc import ABC, abstractmethod
from typing import Any

from django.http import QueryDict

from accounts.models import User


class LinkExpired(Exception):
    """The link has been used, or what it was for is no longer so."""


class ActionRefused(Exception):
    """The action is not possible. The message says why, in the reader's language."""


class LinkPage(ABC):
    """Asks whether to act, acts, and says what happened.

    `template` asks. Its context comes from `describe`, which raises `LinkExpired`.
    """

    template: str

    def __init__(self, facts: dict[str, Any]):
        self.facts = facts

    @abstractmethod
    def get_reader(self) -> User | None:
        """Return the account of the reader, which has their language and time zone."""

    @abstractmethod
    def describe(self) -> dict[str, Any]:
        """Return what the page shows before anything was done."""

    @abstractmethod
    def act(self, sent: QueryDict) -> str:
        """Act, and return a sentence about it. Raises `LinkExpired`, `ActionRefused`."""
