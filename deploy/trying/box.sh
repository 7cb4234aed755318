#!/bin/sh
# The first process of a machine within the machine: everything that is there can be read, and whatever is written goes
# with it. Its own processes, network, host name and folders; a systemd of its own. box.sh FOLDER, from `unshare`.
set -eu
folder=$1
mount --make-rprivate /
mount -t tmpfs -o mode=755 box "$folder/box"
cd "$folder/box"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir="$folder/box/upper",workdir="$folder/box/work" root
cd root
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sys sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for device in null zero full random urandom tty; do
    touch "dev/$device" && mount --bind "/dev/$device" "dev/$device"
done
ln -s /proc/self/fd dev/fd && ln -s fd/0 dev/stdin && ln -s fd/1 dev/stdout && ln -s fd/2 dev/stderr
mkdir dev/shm dev/pts dev/mqueue dev/hugepages && ln -s pts/ptmx dev/ptmx && mount -t tmpfs -o mode=1777 shm dev/shm
mount -t tmpfs -o mode=755 run run
# The folder of the trial is told under the same name: packages, the code to install, and what is said.
mount --bind "$folder/given" "root$folder/given" 2> /dev/null || mount --bind "$folder/given" ".$folder/given"
# Nothing of what this machine has set up is there; what a new one would have is.
for emptied in etc/systemd/system var/lib/postgresql etc/postgresql var/log/postgresql etc/nginx/sites-enabled; do
    [ ! -d "$emptied" ] || mount -t tmpfs -o mode=755 empty "$emptied"
done
chown postgres:postgres var/lib/postgresql etc/postgresql var/log/postgresql
rm -rf srv/alleviation etc/alleviation var/lib/alleviation var/log/alleviation usr/sbin/policy-rc.d
mkdir -p box-units && cp -r "$folder/given/stubs/." box-units/
mkdir old && pivot_root . old && umount -l old && rmdir old
exec env -i container=box PATH="$PATH" SYSTEMD_UNIT_PATH=/etc/systemd/system:/box-units \
    /lib/systemd/systemd --system --unit=box.target --log-target=console --show-status=no
