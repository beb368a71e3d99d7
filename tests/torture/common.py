"""What the programs of the campaign share: where the program is, runs to try things on, and the count."""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary():
    """The program: GANYMEDE_BINARY, or the release build of this checkout."""
    return os.path.abspath(os.environ.get("GANYMEDE_BINARY", ROOT / "build" / "release" / "ganymede"))


def arguments(description):
    """Those that each program of the campaign takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--minutes", type=float, default=1.0, help="about how long to go on (default: 1)")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (default: 1)")
    return parser


class Count:
    """Passes and failures, told at the end as "N passed, N failed"."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what}", file=sys.stderr)
        return bool(holds)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def run(words, cwd, **more):
    """Runs the program to its end."""
    return subprocess.run([binary(), *map(str, words)], cwd=cwd, capture_output=True, text=True, errors="replace", **more)


class Program:
    """The program as a process that serves a page."""

    def __init__(self, words, cwd, **more):
        self.log = open(pathlib.Path(cwd) / "log.txt", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            [binary(), *map(str, words)], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log, **more
        )

    def said(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def wait_for(self, pattern, seconds=60.0):
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
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        finally:
            self.log.close()
