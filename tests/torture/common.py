"""What the parts of the campaign share: their options, the program as a process, and the count of what was tried."""

import argparse
import atexit
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 300.0  # seconds after which something counts as stuck, on a busy machine too


def options(description, whole, *more):
    """Those that each part takes; `whole` are the seconds of the whole campaign, infinity where it ends by itself."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "release" / "ganymede")
    parser.add_argument("--work", type=pathlib.Path, help="an empty directory to work in (default: a temporary one)")
    parser.add_argument("--seconds", type=float, default=0.0, help="about how long to go on (default: the whole campaign)")
    parser.add_argument("--minutes", type=float, default=0.0, help="the same in minutes")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (default: 1)")
    for name, settings in more:
        parser.add_argument(name, **settings)
    given = parser.parse_args()
    # A shell starts what it puts into the background so that it ignores Ctrl-C, and the program inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    given.program = given.program.resolve()
    given.seconds = given.seconds or 60.0 * given.minutes or whole
    if given.work is None:
        given.keep = tempfile.TemporaryDirectory(prefix="ganymede-torture-")
        given.work = pathlib.Path(given.keep.name)
    given.work = given.work.resolve()
    return given


class Rows:
    """What was tried, by its kind: a JSON object a line to standard output at the end."""

    def __init__(self):
        self.rows = {}
        self.lock = threading.Lock()

    def check(self, kind, holds, what):
        with self.lock:
            row = self.rows.setdefault(kind, {"what": kind, "tried": 0, "failed": 0})
            row["tried"] += 1
            row["failed"] += not holds
        if not holds:
            print(f"FAILED: {what}", file=sys.stderr)

    def add(self, kind, tried, failed):
        self.rows[kind] = {"what": kind, "tried": tried, "failed": failed}

    def remark(self, kind, text):
        """Adds to how a kind is called in the table."""
        if kind in self.rows:
            self.rows[kind]["what"] += text

    def finish(self):
        tried = failed = 0
        for row in self.rows.values():
            print(json.dumps(row))
            tried += row["tried"]
            failed += row["failed"]
        print(f"{tried - failed} passed, {failed} failed", file=sys.stderr)
        return 0


def run(program, words, cwd, **more):
    """Runs the program to its end."""
    return subprocess.run([program, *map(str, words)], cwd=cwd, capture_output=True, text=True, errors="replace", **more)


class Program:
    """The program as a process that serves a page."""

    def __init__(self, program, words, cwd, **more):
        self.log = open(pathlib.Path(cwd) / "log.txt", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            [program, *map(str, words)], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log, **more
        )
        atexit.register(self.process.kill)  # it would train for ever

    def said(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def wait_for(self, pattern, seconds=PATIENCE):
        """What the program has said that `pattern` finds; None where it ends or takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.said())
            if found:
                return found
            if self.process.poll() is not None:
                return None
            time.sleep(0.05)
        return None

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """Ends it as Ctrl-C does; returns the exit status, or None where it had to be killed."""
        if self.alive():
            self.process.send_signal(2)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        finally:
            self.log.close()
