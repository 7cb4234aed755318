#!/bin/sh
# Brings the next release, from the folder it was unpacked to, while the one before goes on serving:
#   deploy/upgrade.sh               no request fails, nobody is signed out; downloads have two minutes to end
#   deploy/upgrade.sh --plan        what it would do to the database, and nothing else
#   deploy/upgrade.sh --stopped     for migrations that the release before could not bear: the server is away meanwhile
#   deploy/upgrade.sh --back        to the release before this one; the database stays as it is
#   --wheels DIR                    packages from this folder, for a server without the internet
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

plan='' stopped='' back='' wheels=''
while [ $# -gt 0 ]; do
    case $1 in
        --plan) plan=1; shift ;;
        --stopped) stopped=1; shift ;;
        --back) back=1; shift ;;
        --wheels) wheels=$(cd "$2" && pwd); shift 2 ;;
        *) fail "there is no $1; it takes --plan, --stopped, --back and --wheels DIR" ;;
    esac
done
[ "$(id -u)" -eq 0 ] || fail "run it as root"
[ -L "$home/current" ] || fail "nothing is installed yet: deploy/install.sh"
old=$(basename "$(readlink "$home/current")")

# take_over NEW OLD: both ask the same socket for work; then the older takes no more, and ends what it has begun.
take_over() {
    systemctl start "alleviation-web@$1" &&
        answers &&
        point_to "$1" &&
        systemctl -q enable "alleviation-web@$1" &&
        systemctl -q disable "alleviation-web@$2" &&
        systemctl stop "alleviation-web@$2" &&
        answers &&
        systemctl restart alleviation-imports
}

if [ -n "$back" ]; then
    before=$(cat "$home/before" 2> /dev/null || true)
    [ -n "$before" ] && [ -d "$home/releases/$before" ] || fail "there is no release before $old"
    say "Back from $old to $before"
    install_units "$before"
    take_over "$before" "$old"
    echo "$old" > "$home/before"
    exit 0
fi

new=$(date -u +%Y%m%d-%H%M%S)
say "The release $new beside $old"
copy_release "$(dirname "$here")" "$new"
trap 'code=$?; [ $code -eq 0 ] || echo "upgrade.sh: $old serves on; $home/releases/$new can go" >&2; exit $code' EXIT
furnish_release "$new"
manage "$new" check --deploy

say "The database"
if [ -n "$plan" ]; then
    manage "$new" migrate_beside --plan || true
    rm -rf "$home/releases/$new"
    exit 0
fi
if [ -n "$stopped" ]; then
    systemctl stop "alleviation-web@$old" alleviation-imports
    manage "$new" migrate_beside --stopped
else
    manage "$new" migrate_beside
fi

say "From $old to $new"
install_units "$new"
if ! take_over "$new" "$old"; then
    echo "$new does not answer; back to $old" >&2
    systemctl start "alleviation-web@$old"
    systemctl -q enable "alleviation-web@$old"
    point_to "$old"
    systemctl -q disable "alleviation-web@$new" || true
    systemctl stop "alleviation-web@$new" || true
    install_units "$old"
    exit 1
fi
echo "$old" > "$home/before"
for timer in "$units"/alleviation-*.timer; do systemctl -q enable --now "${timer##*/}"; done

# This one, the one before, and one more.
ls -1d "$home"/releases/* | sort | head -n -3 | while read -r stale; do
    case ${stale##*/} in "$new" | "$old") ;; *) rm -rf "$stale" ;; esac
done
say "$new serves; deploy/upgrade.sh --back returns to $old"
