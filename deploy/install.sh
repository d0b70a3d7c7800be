#!/bin/sh
# install.sh FOLDER [scale]: put the program of this release into FOLDER, with `scale` also what PostgreSQL and object stores need.
# It asks no registry; run again, it brings an older program up to date.
set -eu
case $#-${2-} in 1- | 2-scale) ;; *) echo "usage: $0 FOLDER [scale], for example $0 /opt/xuncha" >&2; exit 2 ;; esac
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
sha256sum --check --quiet SHA256SUMS || { echo "this archive is damaged: fetch it again" >&2; exit 1; }
python=${PYTHON:-python3}
wanted=$(cat python-version)
found=$("$python" -c 'import platform, sys; print("%d.%d-%s" % (*sys.version_info[:2], platform.machine()))') ||
  { echo "there is no Python: apt-get install python3 python3-venv" >&2; exit 1; }
[ "$found" = "$wanted" ] || { echo "this release is made for Python $wanted, here is $found: fetch the fitting one" >&2; exit 1; }
# ProtectHome of systemd hides the folders of people from the service.
case $("$python" -c 'import os, pwd, sys
people = [one.pw_dir.rstrip("/") for one in pwd.getpwall() if one.pw_uid == 0 or one.pw_uid >= 1000]
print(any(home and os.path.realpath(sys.executable).startswith(home + "/") for home in people))') in
  True) echo "this Python lies in a home folder, where the service cannot run it: PYTHON=/usr/bin/python3 $0 $1" >&2 ;;
esac
umask 022
[ -x "$1/bin/python" ] || "$python" -m venv "$1" || { echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }
# No configuration of this machine: whatever registries it names are not asked.
export PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INDEX=1
"$1/bin/python" -m pip install --quiet --find-links wheels --no-deps --require-hashes -r requirements.txt
# What an installation has of it stays, in this release's version.
if [ $# -eq 2 ] || "$1/bin/python" -c 'import psycopg' 2>/dev/null; then
  "$1/bin/python" -m pip install --quiet --find-links wheels --no-deps --require-hashes -r requirements-scale.txt
fi
"$1/bin/python" -m pip install --quiet --no-deps --force-reinstall wheels/xuncha-*.whl
"$1/bin/python" -m pip check
cp deploy/xuncha "$1/bin/xuncha"
echo "installed in $1: $("$1/bin/python" -c 'from xuncha.version import VERSION; print("Xuncha", VERSION)')"
