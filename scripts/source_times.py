"""Gives each source the time at which its content was first built, so that a second clone builds only what differs.

cargo tells by times whether a source has changed, and all files of a new clone are new. Here content decides: what is
as it was at the last build gets the time it had then, and what differs gets the present one, however old the file is,
since clones share the folder of builds and the last build may have been another's. Folders count as their lists of
names, for build scripts that watch them. Called by `scripts/env`; the times are kept beside the builds.
"""

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

QUERIES = ".sqlx/"


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def contents() -> dict[str, str]:
    """What each source and folder holds, as digests; empty outside a Git clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=False
    )
    files = {name: Path(name) for name in listed.stdout.decode().split("\0") if name}
    found = {name: digest(path.read_bytes()) for name, path in files.items() if path.is_file()}
    names: dict[str, list[str]] = {}
    for name in sorted(found):
        for parent in list(Path(name).parents)[:-1]:
            names.setdefault(str(parent), []).append(name)
    return found | {folder: digest("\0".join(inside).encode()) for folder, inside in names.items()}


def main() -> None:
    kept = Path(os.environ["CARGO_TARGET_DIR"]) / "source-times.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    now = time.time_ns()
    found = contents()
    # Macros read the answers of queries without cargo's knowledge.
    queries = any(name.startswith(QUERIES) and known.get(name, [hashed])[0] != hashed for name, hashed in found.items())
    times = {}
    # Folders after what is in them.
    for name, hashed in sorted(found.items(), reverse=True):
        before, built = known.get(name, [None, now])
        stale = queries and name.endswith(".rs") and b"sqlx::query" in Path(name).read_bytes()
        times[name] = [hashed, built if hashed == before and not stale else now]
        os.utime(name, ns=(times[name][1],) * 2)
    if times != known:
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole = kept.with_suffix(f".{os.getpid()}")
        whole.write_text(json.dumps(times))
        whole.replace(kept)


main()
