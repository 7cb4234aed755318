"""A server that counts, for one test."""

import os

import pytest
from prometheus_client import values

from alleviation.operations.metrics.measures import Measures, measures
from alleviation.operations.metrics.sign_ins import OUTCOMES

TOKEN = "gH2vXq0pTz7LmB4sYw9KcR1nJd6FaUe3WoIi5VbQxZt8MyCk-of-tests"


@pytest.fixture
def counting(settings, tmp_path, monkeypatch) -> Measures:
    """With a token, and measures that are this test's own."""
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = TOKEN, tmp_path / "metrics"
    settings.EVIDENCE_ROOT, settings.IMPORT_ROOT = tmp_path / "evidence", tmp_path / "imports"
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setitem(os.environ, "PROMETHEUS_MULTIPROC_DIR", "")
    measures.cache_clear()
    yield measures()
    measures.cache_clear()
    values.close_all_multiprocess_files()
    for signal in OUTCOMES.values():
        signal.disconnect(dispatch_uid="metrics")
