"""The image and compose.yaml, as far as they can be looked at where no engine runs: what is in them, what not."""

import os
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.ground import ROOT, project_files

yaml = pytest.importorskip("yaml", reason="!!! PyYAML is not here: nobody has read compose.yaml")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def sent() -> list[Path]:
    """The files that .dockerignore lets into an image: it begins with everything, and names what comes back."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    wanted = [line[1:] for line in lines if line.startswith("!")]
    again = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    names = [path.relative_to(ROOT) for path in project_files()]
    return [
        name
        for name in names
        if any(name == Path(one) or Path(one) in name.parents for one in wanted)
        and not any(fnmatch(part, pattern) for part in name.parts for pattern in again)
    ]


def test_an_image_has_the_code_and_neither_tests_nor_keys_nor_data():
    tops = {path.parts[0] for path in sent()}

    assert "*" in (ROOT / ".dockerignore").read_text().splitlines()
    assert tops == {
        *("alleviation", "beneficiaries", "projects", "locale", "static", "templates", "docs", "deploy"),
        *("gunicorn.conf.py", "manage.py", "pyproject.toml", "constraints.txt", "LICENSE"),
    }
    assert {str(path) for path in sent() if path.parts[0] == "deploy"} == {"deploy/archive-wal", "deploy/jobs.sh"}


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is():
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]

    assert "\nUSER alleviation\n" in last
    assert '"-m", "alleviation.operations.healthy"' in last
    assert "KEY" not in last
    assert [line for line in DOCKERFILE.splitlines() if line.startswith("FROM") and "/" in line] == []


def test_every_service_is_as_bare_as_it_can_be():
    services = COMPOSE["services"]

    assert set(services) == {"database", "migrate", "app", "imports", "jobs", "proxy"}
    for name, service in services.items():
        assert (name, service["read_only"], service["cap_drop"]) == (name, True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    with_network = [name for name, service in services.items() if service.get("network_mode") != "none"]
    with_keys = [name for name, service in services.items() if "env_file" in service]
    assert (with_network, sorted(with_keys)) == (["proxy"], ["app", "imports", "jobs", "migrate"])


def test_every_volume_and_file_that_is_used_is_there():
    mounts = [mount.split(":")[0] for one in COMPOSE["services"].values() for mount in one.get("volumes", [])]
    files = [mount for mount in mounts if mount.startswith("./") and mount != "./tls"]

    assert {mount for mount in mounts if not mount.startswith(".")} == set(COMPOSE["volumes"])
    assert [file for file in files if not (ROOT / file).exists()] == []


@pytest.mark.slow
def test_the_steps_of_the_build_work_on_what_is_sent_and_make_no_key(tmp_path):
    for name in sent():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    settings = {"PATH": os.environ["PATH"], **dict.fromkeys(("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS"), "none")}

    done = subprocess.run(
        [sys.executable, "-B", "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "staticfiles" / "css" / "app.css.gz").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".") or "sqlite" in path.name] == []
