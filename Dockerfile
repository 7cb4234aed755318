# The app as an image: docker compose up (compose.yaml), or docker build -t alleviation .
# No key is made while it is built, nothing in it is writable by the app, and it starts with a file system that is
# read-only. docs/operate.md says which folders it needs.

FROM python:3.12-slim-bookworm AS wheels
WORKDIR /build
COPY pyproject.toml constraints.txt ./
RUN python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > requirements.txt \
    && pip wheel --no-cache-dir --wheel-dir wheels -c constraints.txt -r requirements.txt

FROM python:3.12-slim-bookworm AS code
COPY --from=wheels /build /build
RUN python -m venv /app/.venv \
    && /app/.venv/bin/pip install --no-cache-dir --no-index --no-deps /build/wheels/*.whl \
    && /app/.venv/bin/pip uninstall --yes --quiet pip
WORKDIR /app
COPY . .
# Keys of nobody, for this one command: the settings make none of their own where there are some.
RUN SECRET_KEY=none TRAIL_KEY=none PERSONAL_KEYS=none .venv/bin/python manage.py collectstatic --noinput -v 0 \
    && .venv/bin/python -m compileall -q alleviation projects beneficiaries

# PostgreSQL with the tool that encrypts its log before it is archived (docs/backup.md).
FROM postgres:15-bookworm AS database
RUN apt-get update && apt-get install -y --no-install-recommends age && rm -rf /var/lib/apt/lists/* \
    # The server archives there, and the app's group (below) reads it and deletes what no backup needs any more.
    && install -d -m 2770 -o postgres -g 10001 /wal
COPY --chmod=755 deploy/archive-wal /usr/local/bin/archive-wal

FROM python:3.12-slim-bookworm AS app
# pg_basebackup, of the same release as the database above.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 alleviation \
    && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin alleviation \
    && install -d -m 750 -o alleviation -g alleviation /data /data/evidence /data/imports /data/anchors /data/backups \
       /data/logs /data/metrics \
    && install -d -m 2770 -o 999 -g alleviation /wal \
    && install -d -m 755 -o alleviation -g alleviation /run/alleviation
COPY --from=code /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    DJANGO_SETTINGS_MODULE=alleviation.settings STATIC_COLLECTED=true \
    EVIDENCE_ROOT=/data/evidence IMPORT_ROOT=/data/imports METRICS_FOLDER=/data/metrics LOG_FOLDER=/data/logs \
    ANCHOR_FILE=/data/anchors/anchors.jsonl BACKUP_FOLDER=/data/backups WAL_FOLDER=/wal \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER alleviation
VOLUME ["/data", "/wal", "/run/alleviation"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "alleviation.operations.healthy"]
CMD ["gunicorn", "alleviation.wsgi", "--bind", "unix:/run/alleviation/web.sock", "--preload", "--threads", "8", \
     "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "120"]
