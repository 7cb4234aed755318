#!/bin/sh
# The jobs of compose.yaml, at the hours of the timers in deploy/systemd: what fails is told, and the next go on.
job() { python manage.py "$@" || echo "jobs.sh: $1 ended with $?" >&2; }
while :; do
    sleep $((3600 - $(date +%s) % 3600))
    job export_anchor --to "$ANCHOR_FILE"
    case $(date +%H) in
        00) job backup --to "$BACKUP_FOLDER" --keep-days 30 ;;
        01)
            job forget_logs
            [ "${PERSONAL_YEARS:-0}" -eq 0 ] || job forget_persons
            ;;
        02)
            job verify --anchor "$ANCHOR_FILE"
            job rebuild_rollups --check
            ;;
    esac
done
