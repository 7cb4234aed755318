"""Each alert fires, asked by Prometheus itself over what a scraper keeps of a server: our labels, and its own."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from alleviation.common.outcomes import outcome
from tests.house.ground import ROOT
from tests.operations.conftest import TOKEN

yaml = pytest.importorskip("yaml", reason="!!! PyYAML is not here: nobody has read the alerts")
FILE = ROOT / "deploy" / "prometheus" / "alerts.yml"
RULES = [rule for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]
# What Prometheus adds to each series; a label of ours with such a name would be renamed.
SERVERS = {"job": "alleviation", "instance": "127.0.0.1:9108"}
SERIES = re.compile(r"(\w+)(?:\{(.*)\})?")
LABEL = re.compile(r'(\w+)(?:=~|!~|!=|=)"')
# What each alert is about: series with their values each minute, until when, and the labels that it then carries.
DAY, HOUR = 1440, 60
JOB = "alleviation_job_good_at_seconds"
DISK = "alleviation_disk_{}_bytes"
CASES: dict[str, tuple[dict[str, str], int, dict[str, str]]] = {
    "SiteDoesNotAnswer": ({"up": "0x10"}, 5, {}),
    "DatabaseDoesNotAnswer": ({"alleviation_database_up": "0x10"}, 5, {}),
    "PagesFail": (
        {
            'alleviation_requests_total{method="GET",route="dashboards:home",status="2xx"}': "0+90x60",
            'alleviation_requests_total{method="GET",route="dashboards:home",status="5xx"}': "0+10x60",
        },
        30,
        {},
    ),
    "DiskFillsUp": (
        {
            f'{DISK.format("free")}{{folder="evidence"}}': "4x60",
            f'{DISK.format("size")}{{folder="evidence"}}': "100x60",
        },
        30,
        {"folder": "evidence"},
    ),
    "TrailIsShorter": ({"alleviation_trail_head": "100x10 90x10"}, 15, {}),
    "RecordsAreNotAsTold": ({'alleviation_job_good{task="verify"}': "1x10 0x10"}, 15, {"task": "verify"}),
    "PagesAreSlow": (
        {
            'alleviation_request_seconds_bucket{le="2.5",route="dashboards:home"}': "0+50x60",
            'alleviation_request_seconds_bucket{le="10.0",route="dashboards:home"}': "0+100x60",
            'alleviation_request_seconds_bucket{le="+Inf",route="dashboards:home"}': "0+100x60",
        },
        HOUR,
        {},
    ),
    "DatabaseInTrouble": ({'alleviation_trouble_total{kind="busy"}': "0+1x30"}, 20, {"kind": "busy"}),
    "ConnectionsRunOut": (
        {"alleviation_database_connections": "95x30", "alleviation_database_connections_most": "100x30"},
        15,
        {},
    ),
    "DiskWillFillUp": (
        {f'{DISK.format("free")}{{folder="evidence"}}': "9000-1x3000"},
        2 * DAY,
        {"folder": "evidence"},
    ),
    "BackupsFillUp": (
        {f'{DISK.format("free")}{{folder="backups"}}': "9x90", f'{DISK.format("size")}{{folder="backups"}}': "100x90"},
        80,
        {"folder": "backups"},
    ),
    "ImportsWait": ({"alleviation_import_queue_oldest_seconds": "0+60x60"}, HOUR, {}),
    "NoImportWorker": ({"alleviation_import_worker_up": "0x30"}, 20, {}),
    "NotVerified": ({f'{JOB}{{task="verify"}}': "60x4000"}, 2 * DAY + 70, {"task": "verify"}),
    "NotAnchored": ({f'{JOB}{{task="anchor"}}': "60x400"}, 5 * HOUR, {"task": "anchor"}),
    "NotBackedUp": ({f'{JOB}{{task="backup"}}': "60x4000"}, 2 * DAY + 70, {"task": "backup"}),
    "ManySignInsRefused": (
        {'alleviation_sign_ins_total{outcome="refused"}': "0+10x30"},
        20,
        {"outcome": "refused"},
    ),
    "ReplicaIsLate": ({"alleviation_replica_up": "0x30"}, 20, {}),
}
# Sums over all series of a server; what comes out of them has not its labels.
SUMS = {"PagesFail", "PagesAreSlow", "DatabaseInTrouble"}
# Told by PostgreSQL and with a replica alone; without labels of ours (alleviation/operations/metrics).
ELSEWHERE = {f"alleviation_{name}" for name in ("database_connections", "database_connections_most", "replica_up")}


def scraped(series: str) -> str:
    """A series as Prometheus keeps it, its own labels beside ours."""
    name, labels = SERIES.fullmatch(series).groups()
    own = ",".join(f'{key}="{value}"' for key, value in SERVERS.items())
    return f"{name}{{{own}{',' + labels if labels else ''}}}"


def expected(rule: dict[str, Any], labels: dict[str, str]) -> dict[str, Any]:
    """The alert, its words filled in."""
    words = re.sub(r"\{\{ \$labels\.(\w+) \}\}", r"${\1}", rule["annotations"]["summary"])
    own = {} if rule["alert"] in SUMS else SERVERS
    return {
        "exp_labels": rule["labels"] | own | labels,
        "exp_annotations": {"summary": Template(words).substitute(labels)},
    }


def trial(rule: dict[str, Any]) -> dict[str, Any]:
    series, until, labels = CASES[rule["alert"]]
    return {
        "name": rule["alert"],
        "interval": "1m",
        "input_series": [{"series": scraped(one), "values": values} for one, values in series.items()],
        "alert_rule_test": [
            {"alertname": rule["alert"], "eval_time": f"{until}m", "exp_alerts": [expected(rule, labels)]},
            # Nothing of it at the beginning.
            {"alertname": rule["alert"], "eval_time": "0m", "exp_alerts": []},
        ],
    }


def test_every_alert_has_a_case():
    assert [rule["alert"] for rule in RULES] == list(CASES)


@pytest.mark.skipif(not shutil.which("promtool"), reason="!!! promtool is not here: nobody has seen an alert fire")
def test_each_alert_fires_over_what_prometheus_keeps(tmp_path: Path):
    cases = {"rule_files": [str(FILE)], "evaluation_interval": "1m", "tests": [trial(rule) for rule in RULES]}
    path = tmp_path / "cases.yml"
    path.write_text(json.dumps(cases), encoding="utf-8")

    done = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_case_has_the_labels_that_the_server_tells(counting, db):
    """Else an alert would be seen to fire over what no server says."""
    counting.requests.labels("dashboards:home", "GET", "2xx").inc()
    counting.seconds.labels("dashboards:home").observe(1)
    counting.trouble.labels("busy").inc()
    with outcome("verify"):
        pass
    text = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    told = {one.name: set(one.labels) for family in text_string_to_metric_families(text) for one in family.samples}
    asked = [SERIES.fullmatch(one).groups() for series, _until, _labels in CASES.values() for one in series]

    wrong = {
        name: labels
        for name, labels in asked
        if name != "up" and name not in ELSEWHERE and told.get(name) != set(LABEL.findall(labels or ""))
    }

    assert (wrong, len(asked) > len(RULES)) == ({}, True)


def test_no_label_of_ours_is_one_that_prometheus_sets(counting, db):
    text = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()

    labels = {name for family in text_string_to_metric_families(text) for one in family.samples for name in one.labels}

    assert labels & set(SERVERS) == set()
    assert {"task", "folder"} <= labels
