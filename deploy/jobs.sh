#!/bin/sh
# The jobs of compose.yaml, at the hours of the timers in deploy/systemd, by the clock of TIME_ZONE: what fails is told,
# and the next go on. As the first process of a container it has to end by itself when it is asked to, and at once:
# hence all that takes time is waited for.
# What was done on which day; so what a long job or a restart kept from its hour is done afterwards, once.
days=${JOBS_FOLDER:-/data/jobs}
mkdir -p "$days"

clock() { TZ="${TIME_ZONE:-Asia/Shanghai}" date "+$1"; }
job() {
    python manage.py "$@" &
    wait "$!" || echo "jobs.sh: $1 ended with $?" >&2
}

backup() { job backup --to "$BACKUP_FOLDER" --keep-days 30; }
forget() {
    job forget_logs
    [ "${PERSONAL_YEARS:-0}" -eq 0 ] || job forget_persons
}
verify() {
    job verify --anchor "$ANCHOR_FILE"
    job rebuild_rollups --check
}

# daily NAME HOUR: from its hour on, once a day.
daily() {
    today=$(clock %F)
    [ "$(clock %H)" -ge "$2" ] && [ "$(cat "$days/$1" 2> /dev/null)" != "$today" ] || return 0
    "$1"
    echo "$today" > "$days/$1"
}
end() {
    # What was begun this very moment does not hear it yet: each is asked again after another program's time.
    for _time in 1 2 3; do
        kill "$!" $nightly 2> /dev/null
        date > /dev/null
    done
    wait
    exit 0
}
night() {
    nightly=''
    trap end TERM INT
    daily backup 0
    daily forget 1
    daily verify 2
}

nightly=''
trap end TERM INT
while :; do
    # One after another, however long they take, while anchors go on by the hour.
    if [ -z "$nightly" ] || ! kill -0 "$nightly" 2> /dev/null; then
        night &
        nightly=$!
    fi
    job export_anchor --to "$ANCHOR_FILE"
    sleep $((3600 - $(date +%s) % 3600)) &
    wait "$!"
done
