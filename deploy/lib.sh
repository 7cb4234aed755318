# What install.sh, upgrade.sh and manage.sh share; read by sh, never run.

home=/srv/alleviation
settings=/etc/alleviation/alleviation.env
units=/etc/systemd/system
# shellcheck disable=SC2034
wal=/var/lib/alleviation-wal

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# What the units set, then what the office sets: the same as systemd hands to the app.
load_settings() {
    set -a
    # shellcheck disable=SC1090
    eval "$(sed -n 's/^Environment=//p' "$units/alleviation-.service.d/10-common.conf" | tr ' ' '\n')"
    . "$settings"
    set +a
}

# copy_release SOURCE RELEASE: the code alone, no key and no data, readable by all and writable by root alone.
copy_release() {
    mkdir -p "$home/releases/$2"
    tar -C "$1" -cf - --exclude=./.git --exclude=./.venv --exclude='./.*-key' --exclude='./*.sqlite3*' \
        --exclude=./evidence-files --exclude=./import-files --exclude=./metrics-files --exclude=./staticfiles \
        --exclude=__pycache__ --exclude='./.*_cache' --exclude=./.hypothesis --exclude=./tests . |
        tar -C "$home/releases/$2" -xf - --no-same-owner
    chown -R root:root "$home/releases/$2"
    chmod -R u=rwX,go=rX "$home/releases/$2"
}

# furnish_release RELEASE: an environment of its own with exactly the packages of constraints.txt. From a folder of
# wheels instead of a registry: wheels=DIR.
furnish_release() (
    cd "$home/releases/$1"
    umask 022
    python3 -m venv .venv
    .venv/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
        > .venv/requirements.txt
    if [ -n "${wheels:-}" ]; then export PIP_NO_INDEX=1 PIP_FIND_LINKS="$wheels"; fi
    PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/pip install -q -c constraints.txt -r .venv/requirements.txt
    .venv/bin/python -m compileall -q alleviation projects beneficiaries .venv/lib > /dev/null || true
    load_settings
    .venv/bin/python manage.py collectstatic --noinput -v 0
    chmod -R go=rX .venv staticfiles
)

# manage RELEASE COMMAND...: as the app's user, with its settings.
manage() (
    load_settings
    umask 077
    cd "$home/releases/$1"
    shift
    exec runuser -u alleviation -- .venv/bin/python manage.py "$@"
)

# install_units RELEASE: what systemd runs, and the command `alleviation`.
install_units() {
    mkdir -p "$units/alleviation-.service.d"
    for unit in "$home/releases/$1"/deploy/systemd/alleviation*; do
        [ -d "$unit" ] || install -m 644 "$unit" "$units"
    done
    install -m 644 "$home/releases/$1"/deploy/systemd/alleviation-.service.d/* "$units/alleviation-.service.d"
    mkdir -p "$units/postgresql@.service.d"
    install -m 644 "$home/releases/$1"/deploy/systemd/postgresql@.service.d/* "$units/postgresql@.service.d"
    install -m 755 "$home/releases/$1/deploy/manage.sh" /usr/local/sbin/alleviation
    systemctl daemon-reload
}

# install_proxy RELEASE HOST
install_proxy() {
    sed "s/alleviation\.example\.org/$2/g" "$home/releases/$1/deploy/nginx/alleviation.conf" > /etc/nginx/conf.d/alleviation.conf
}

# point_to RELEASE: what `current` means, from one moment to the next.
point_to() {
    ln -sfn "releases/$1" "$home/current.next"
    mv -T "$home/current.next" "$home/current"
}

# answers: the app, asked at its socket as the proxy asks it.
answers() (
    load_settings
    cd "$home/current"
    python3 -m alleviation.operations.healthy
)
