#!/bin/sh
# Makes a plain Debian server an office's server:   deploy/install.sh --host alleviation.example.org
# Run as root from an unpacked release. Run again, it changes nothing that is there: keys, database and certificate stay.
#   --database -     a PostgreSQL elsewhere, postgresql://user:password@host/name, read from the standard input, so that no
#                    list of processes shows the password; without it one is installed here, reached without any
#   --wheels DIR     packages from this folder, for a server without the internet
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

host='' database='' wheels=''
while [ $# -gt 0 ]; do
    case $1 in
        --host) host=$2; shift 2 ;;
        --database) database=$2; shift 2 ;;
        --wheels) wheels=$(cd "$2" && pwd); shift 2 ;;
        *) fail "there is no $1; it takes --host NAME, --database - and --wheels DIR" ;;
    esac
done
[ "$(id -u)" -eq 0 ] || fail "run it as root"
[ -n "$host" ] || fail "say which name people type: --host alleviation.example.org"
case $host in *[!a-z0-9.-]*) fail "$host is no name of a host" ;; esac
command -v apt-get > /dev/null || fail "this is no Debian; docs/operate.md says what to do by hand"

case $database in
    -)
        if [ -t 0 ]; then printf "The database's address, which is not shown: " >&2; stty -echo; fi
        IFS= read -r database || [ -n "$database" ] || fail "say the database's address on the standard input"
        if [ -t 0 ]; then stty echo; echo >&2; fi
        ;;
    *://*:*@*)
        echo "install.sh: ps and the shell's history show this password to others: change it, and say --database - next time" >&2
        ;;
esac
# Run again, the database is the one that it has.
[ -n "$database" ] || [ ! -e "$settings" ] || database=$(. "$settings" && echo "$DATABASE_URL")
case $database in '' | *host=/*) here_too=1 ;; *) here_too='' ;; esac

packages="nginx openssl python3 python3-venv"
# A backup needs the programs of a client too.
if [ -n "$here_too" ]; then packages="$packages postgresql age"
elif ! command -v pg_basebackup > /dev/null; then packages="$packages postgresql-client"; fi
lacking=''
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2> /dev/null | grep -qx installed || lacking="$lacking $package"
done
if [ -n "$lacking" ]; then
    say "Packages of Debian:$lacking"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $lacking
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed: Debian 12 or newer"

say "The user and the folders"
id alleviation > /dev/null 2>&1 ||
    useradd --system --user-group --home-dir /var/lib/alleviation --no-create-home --shell /usr/sbin/nologin alleviation
install -d -m 755 "$home" "$home/releases"
install -d -m 755 /etc/alleviation
install -d -m 750 /etc/alleviation/tls
for folder in '' /evidence /imports /metrics /anchors /backups; do
    install -d -m 750 -o alleviation -g alleviation "/var/lib/alleviation$folder"
done
install -d -m 750 -o alleviation -g alleviation /var/log/alleviation

if [ -n "$here_too" ]; then
    say "The database"
    systemctl start postgresql
    as_postgres() (cd / && runuser -u postgres -- "$@")
    as_postgres psql -qtAc "SELECT 1 FROM pg_roles WHERE rolname = 'alleviation'" | grep -q 1 ||
        as_postgres createuser --replication alleviation # so that it can take its own backups
    as_postgres psql -qtAc "SELECT 1 FROM pg_database WHERE datname = 'alleviation'" | grep -q 1 ||
        as_postgres createdb --owner alleviation --encoding UTF8 --template template0 alleviation
    # Where PostgreSQL may archive its log, once it is told to (docs/backup.md); the app reads it, and deletes what is old.
    [ -d "$wal" ] || install -d -m 2770 -o postgres -g alleviation "$wal"
    # By the socket, as the user of the same name: no password to keep, and no port to guard.
    database=${database:-postgresql://alleviation@/alleviation?host=/var/run/postgresql}
fi

say "Settings and keys"
if [ ! -e "$settings" ]; then
    (
        umask 077
        DATABASE=$database HOST=$host python3 - "$here/alleviation.env" > "$settings" <<'PY'
import os, pathlib, re, secrets, sys
told = {"DATABASE_URL": os.environ["DATABASE"], "HOST": os.environ["HOST"]}
if "'" in told["DATABASE_URL"]:
    sys.exit("A quote in the database's address is written as %27.")
text = pathlib.Path(sys.argv[1]).read_text()
print(re.sub(r"@([A-Z_]+)@", lambda found: told.get(found[1]) or secrets.token_urlsafe(64), text), end="")
PY
    ) || { rm -f "$settings"; exit 1; }
    echo "made $settings: copy its three keys to a safe, where the backups are not"
fi

say "The release"
if [ -e "$home/current" ]; then
    release=$(basename "$(readlink "$home/current")")
    echo "$release serves already; deploy/upgrade.sh brings the next"
else
    release=$(date -u +%Y%m%d-%H%M%S)
    copy_release "$(dirname "$here")" "$release"
fi
install_units "$release"
reach=$units/alleviation-.service.d/20-database.conf
if [ -z "$here_too" ] && [ ! -e "$reach" ]; then
    printf '[Service]\n# The database is on another machine: name its address instead of any.\nIPAddressAllow=any\n' > "$reach"
    systemctl daemon-reload
fi
if [ ! -e "$home/current" ]; then
    furnish_release "$release"
    manage "$release" check --deploy
    manage "$release" migrate --noinput -v 1
    manage "$release" load_reference
    point_to "$release"
fi

say "TLS and the proxy"
if [ ! -e /etc/alleviation/tls/fullchain.pem ]; then
    openssl req -x509 -newkey rsa:3072 -nodes -days 397 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout /etc/alleviation/tls/privkey.pem -out /etc/alleviation/tls/fullchain.pem 2> /dev/null
    chmod 600 /etc/alleviation/tls/privkey.pem
    echo "made a certificate that no browser trusts; put the office's in /etc/alleviation/tls and reload nginx"
fi
# The office's own directives; nothing of ours writes there.
install -d -m 755 /etc/nginx/alleviation.d /etc/nginx/alleviation.d/metrics
# Debian's welcome page claims the names that nobody else claims.
rm -f /etc/nginx/sites-enabled/default
install_proxy "$release" "$host"
nginx -t -q

say "Starting"
systemctl reset-failed "alleviation*" 2> /dev/null || true
# A socket that is gone comes back only before what it starts.
systemctl -q is-active alleviation.socket || systemctl stop alleviation
systemctl -q enable --now alleviation.socket
systemctl -q enable "alleviation-web@$release" alleviation-imports alleviation
systemctl start alleviation "alleviation-web@$release" alleviation-imports
for timer in "$units"/alleviation-*.timer; do systemctl -q enable --now "${timer##*/}"; done
systemctl -q enable nginx
systemctl reload-or-restart nginx
answers || fail "the app does not answer: journalctl -u 'alleviation*'"
systemctl start alleviation-anchor

cat <<END

It serves at https://$host/. What is left:
  alleviation createsuperuser       the first administrator
  /etc/alleviation/tls              the office's certificate
  docs/operate.md                   backups, anchors on another machine, and the next release
END
