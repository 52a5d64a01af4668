"""Errors whose message is written for the person at the screen."""

from __future__ import annotations


class GxviewError(Exception):
    """The work failed for a reason that a user can understand and mend.

    The message is one sentence: what is wrong, where (file, line, region) and what to do.
    The command line prints it and exits with 1; the window shows it as a notification.
    """


class UsageError(GxviewError):
    """The request itself makes no sense (exit code 2)."""


class Cancelled(GxviewError):
    """The user stopped the work; nothing was written."""
