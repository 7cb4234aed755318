"""Counts who comes in and who does not; never who it was."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_login_failed

from alleviation.operations.metrics.measures import Measures

OUTCOMES = {"signed_in": user_logged_in, "refused": user_login_failed, "made_to_wait": user_locked_out}


def count_sign_ins(kept: Measures) -> None:
    """From now on; listening twice counts once."""
    for outcome, signal in OUTCOMES.items():
        counter = kept.sign_ins.labels(outcome)

        def count(_counter: Any = counter, **_rest: Any) -> None:
            _counter.inc()

        signal.connect(count, weak=False, dispatch_uid="metrics")
