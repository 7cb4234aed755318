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
serving() { basename "$(readlink "$home/current")"; }
old=$(serving)

# There while the tables are neither wholly those of the release before nor of the one after; what it names was stopped.
halfway=$home/halfway
new='' changed='' at_hand=''

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

# hand_back OLD NEW: undoes what take_over has done of its work.
hand_back() {
    echo "$2 does not answer; back to $1" >&2
    systemctl start "alleviation-web@$1" || true
    systemctl -q enable "alleviation-web@$1" || true
    point_to "$1"
    systemctl -q disable "alleviation-web@$2" || true
    systemctl stop "alleviation-web@$2" || true
    install_units "$1"
    systemctl restart alleviation-imports || true
}

# migrated: which migrations the database has.
migrated() { manage "$new" showmigrations --plan; }

# start_again: the release that was stopped, where the tables are still as it knows them.
start_again() {
    if [ -n "$at_hand" ] && [ "$(migrated)" = "$at_hand" ]; then
        rm -f "$halfway"
        systemctl start "alleviation-web@$old" alleviation-imports
    else
        # Nor after a restart of the machine.
        systemctl -q disable "alleviation-web@$old" || true
    fi
}

# ended: says what is so, however this came to an end.
ended() {
    code=$?
    trap - EXIT INT TERM HUP
    [ "$code" -ne 0 ] || exit 0
    set +e
    [ "$1" != stopped ] || [ -n "$changed" ] || start_again
    if answers; then
        [ -z "$new" ] || [ "$new" = "$(serving)" ] || can_go="; $home/releases/$new can go"
        echo "upgrade.sh: $(serving) serves on${can_go:-}" >&2
    elif [ -e "$halfway" ]; then
        cat >&2 <<END

upgrade.sh: NOTHING SERVES. Migrations of $new were made, as far as can be told, and $old cannot run on such tables.
Either mend what is said above and bring the mended release, which goes on from there:  deploy/upgrade.sh --stopped
or restore the backup from before it (docs/backup.md), and have $old serve again:
  rm $halfway && systemctl enable --now alleviation-web@$old && systemctl start alleviation-imports
END
    else
        echo "upgrade.sh: NOTHING SERVES. See why: journalctl -u alleviation-web@$(serving)" >&2
    fi
    exit "$code"
}

# watch WHAT: from now on, however this ends.
watch() {
    # shellcheck disable=SC2064
    trap "ended $1" EXIT
    trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM
}

if [ -n "$back" ]; then
    before=$(cat "$home/before" 2> /dev/null || true)
    [ -n "$before" ] && [ -d "$home/releases/$before" ] || fail "there is no release before $old"
    [ ! -e "$halfway" ] || fail "an upgrade broke off within its migrations: deploy/upgrade.sh --stopped with a mended release"
    [ "$(cat "$home/releases/$old/not-back-to" 2> /dev/null || true)" != "$before" ] ||
        fail "$before cannot run on the tables of $old, which came with --stopped; docs/operate.md says what helps"
    say "Back from $old to $before"
    watch running
    manage "$before" check --deploy
    install_units "$before"
    if ! take_over "$before" "$old"; then
        hand_back "$old" "$before"
        exit 1
    fi
    echo "$old" > "$home/before"
    exit 0
fi

[ -n "$stopped$plan" ] || [ ! -e "$halfway" ] ||
    fail "an upgrade broke off within its migrations: deploy/upgrade.sh --stopped with a mended release"
new=$(date -u +%Y%m%d-%H%M%S)
say "The release $new beside $old"
copy_release "$(dirname "$here")" "$new"
watch running
furnish_release "$new"
manage "$new" check --deploy

say "The database"
if [ -n "$plan" ]; then
    manage "$new" migrate_beside --plan || true
    rm -rf "$home/releases/$new"
    exit 0
fi
if [ -n "$stopped" ]; then
    # Where a former attempt broke off, the tables are those of the release that serves no more.
    [ -e "$halfway" ] || at_hand=$(migrated)
    echo "$old" > "$halfway"
    watch stopped
    systemctl stop "alleviation-web@$old" alleviation-imports
    manage "$new" migrate_beside --stopped
    if [ "$(migrated)" != "$at_hand" ]; then
        changed=1
        echo "$old" > "$home/releases/$new/not-back-to"
    fi
else
    manage "$new" migrate_beside
fi

say "From $old to $new"
install_units "$new"
if ! take_over "$new" "$old"; then
    if [ -z "$changed" ]; then
        hand_back "$old" "$new"
    else
        # These tables are its own: commands and jobs run by it, and whatever comes next comes after it.
        echo "$new does not answer, and $old cannot run on its tables: mend the cause, or bring a mended release" >&2
        point_to "$new"
        systemctl -q enable "alleviation-web@$new" || true
        systemctl -q disable "alleviation-web@$old" || true
        echo "$old" > "$home/before"
    fi
    rm -f "$halfway"
    exit 1
fi
rm -f "$halfway"
echo "$old" > "$home/before"
for timer in "$units"/alleviation-*.timer; do systemctl -q enable --now "${timer##*/}"; done

# This one, the one before, and one more.
ls -1d "$home"/releases/* | sort | head -n -3 | while read -r stale; do
    case ${stale##*/} in "$new" | "$old") ;; *) rm -rf "$stale" ;; esac
done
if [ -n "$changed" ]; then say "$new serves; there is no way back to $old, which cannot run on these tables"
else say "$new serves; deploy/upgrade.sh --back returns to $old"
fi
