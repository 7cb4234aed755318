#!/bin/sh
# manage.py of the release that serves, with the settings of the server and as its user:   alleviation verify
# Installed as /usr/local/sbin/alleviation. Root alone reads the settings.
set -eu
[ "$(id -u)" -eq 0 ] || { echo "alleviation: run it as root: sudo alleviation $*" >&2; exit 1; }
. /srv/alleviation/current/deploy/lib.sh
load_settings
umask 077
cd /srv/alleviation/current
exec runuser -u alleviation -- .venv/bin/python manage.py "$@"
