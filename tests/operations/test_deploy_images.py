"""The image and compose.yaml: what is in them and what not, and the image itself where an engine can build it."""

import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.house.ground import ROOT, project_files

yaml = pytest.importorskip("yaml", reason="!!! PyYAML is not here: nobody has read compose.yaml")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))

OFFICE = {
    "DATABASE_URL": "sqlite:////data/office.sqlite3",
    "ALLOWED_HOSTS": "office.example.org",
    **dict.fromkeys(("HTTPS", "BEHIND_PROXY"), "true"),
}
# What the image has to come to within a container that compose.yaml would make of it.
WITHIN = """
    [ "$(id -u):$(id -g)" = 10001:10001 ] && ! touch /app/x && ! ls -d /app/tests /app/.*-key &&
    python manage.py check --deploy && python manage.py migrate -v 0 --noinput &&
    ls staticfiles/css/app.css.gz && { gunicorn alleviation.wsgi --bind unix:/run/alleviation/web.sock --preload & } &&
    for _try in $(seq 60); do sleep 1; python -m alleviation.operations.healthy && echo WELL && exit 0; done; exit 1
"""


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


def test_the_jobs_keep_the_hours_of_the_offices_clock_and_end_when_they_are_asked_to(tmp_path):
    # An hour begins at once, once; it is 16:00 by the world's clock, and midnight in Shanghai.
    told = {
        "sleep": f"[ -e {tmp_path}/slept ] && exec /bin/sleep 60; touch {tmp_path}/slept",
        "date": f'exec {shutil.which("date")} -d @57600 "$@"',
        "python": f'echo "$2" >> {tmp_path}/done; [ "$2" != export_anchor ]',
    }
    for name, words in told.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{words}\n")
        (tmp_path / name).chmod(0o755)
    settings = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ANCHOR_FILE": "a", "BACKUP_FOLDER": "b"}
    settings["JOBS_FOLDER"] = str(tmp_path / "days")

    jobs = subprocess.Popen(["sh", str(ROOT / "deploy" / "jobs.sh")], env=settings, stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    try:
        said = "".join(jobs.stderr.readline().decode() for _anchor in range(2))
        while not (tmp_path / "days" / "backup").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        jobs.terminate()
        said += jobs.communicate(timeout=10)[1].decode()
    finally:
        jobs.kill()

    assert jobs.returncode == 0
    assert said == "jobs.sh: export_anchor ended with 1\n" * 2
    assert sorted((tmp_path / "done").read_text().split()) == ["backup", "export_anchor", "export_anchor"]


def image_settings() -> dict[str, str]:
    """What the image sets for the app."""
    last = DOCKERFILE[DOCKERFILE.rindex("\nENV PATH") :].replace("\\\n", " ").splitlines()[1]
    return dict(pair.split("=", 1) for pair in last.removeprefix("ENV ").split())


def test_what_one_service_tells_another_lies_where_both_see_it():
    """The jobs say in METRICS_FOLDER how they ended, and forget segments of the log that the database has archived."""
    services, settings = COMPOSE["services"], image_settings()
    seen = {name: {mount.split(":")[1] for mount in one.get("volumes", [])} for name, one in services.items()}
    lost = {name: [mount.split(":")[0] for mount in one.get("tmpfs", [])] for name, one in services.items()}

    for name in ("app", "imports", "jobs"):
        assert ({"/data", "/wal"} <= seen[name], lost[name]) == (True, ["/tmp"])
    assert "/wal" in seen["database"]
    shared = ("METRICS_FOLDER", "BACKUP_FOLDER", "ANCHOR_FILE", "LOG_FOLDER", "EVIDENCE_ROOT", "IMPORT_ROOT")
    assert {settings[name].split("/")[1] for name in shared} == {"data"}
    assert settings["WAL_FOLDER"] == "/wal"


def test_the_log_is_handed_out_within_minutes_and_its_folder_is_of_both_groups():
    command = COMPOSE["services"]["database"]["command"]
    made = re.findall(r"install -d -m (\d+) -o (\w+) -g (\w+) /wal", DOCKERFILE)

    assert {"archive_mode=on", "archive_timeout=300"} <= set(command)
    assert made == [("2770", "postgres", "10001"), ("2770", "999", "alleviation")]
    assert "--gid 10001 alleviation" in DOCKERFILE


def test_measures_of_a_container_are_told_to_this_machine_alone():
    proxy = COMPOSE["services"]["proxy"]

    assert proxy["ports"] == ["80:80", "443:443", "127.0.0.1:9108:9108"]
    # Within the container the address is another than this machine's.
    assert "s/listen 127.0.0.1:9108/listen 9108/" in proxy["command"][-1]


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


def engine() -> str:
    """Docker or Podman, where one runs and has what the image begins with: a test loads nothing from a registry."""
    base = DOCKERFILE[DOCKERFILE.index("\nFROM ") :].split()[1]
    for program in filter(shutil.which, ("docker", "podman")):
        if not subprocess.run([program, "image", "inspect", base], capture_output=True, check=False).returncode:
            return program
    pytest.skip(f"!!! no engine of containers that has {base} is here: nobody has built the image")


@pytest.mark.slow
@pytest.mark.long
def test_the_image_is_built_and_serves_as_nobody_from_a_file_system_that_is_read_only():
    """Where packages come through another registry: IMAGE_BUILD_OPTIONS="--volume /etc/pip.conf:/etc/pip.conf:ro"."""
    program, name = engine(), "alleviation:of-a-test"
    options = shlex.split(os.environ.get("IMAGE_BUILD_OPTIONS", ""))
    keys = {key: secrets.token_urlsafe(64) for key in ("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS")}
    told = [f"--env={one}={value}" for one, value in (OFFICE | keys).items()]
    bare = ["--network=none", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"]

    build = [program, "build", *options, "--target", "app", "-t", name, str(ROOT)]
    built = subprocess.run(build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert built.returncode == 0, built.stdout[-4000:]
    run = [program, "run", "--rm", *bare, *told, name, "sh", "-c", WITHIN]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    subprocess.run([program, "image", "rm", name], capture_output=True, check=False)

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["WELL"]), done.stdout + done.stderr
