"""Runs one program for a bounded time."""

import contextlib
import dataclasses
import os
import signal
import subprocess
import tempfile
import threading
import time


@dataclasses.dataclass
class Outcome:
    lines: list[tuple[float, str]]  # standard output, with the seconds from the start
    seconds: float
    peak_bytes: int
    failure: str = ""  # empty, "over N s", or the last line of its errors


def run(command, environment, limit):
    """Kills the program and what it started after `limit` seconds."""
    expired = threading.Event()

    def end():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def expire():
        expired.set()
        end()

    with tempfile.TemporaryFile("w+") as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        timer = threading.Timer(limit, expire)
        timer.start()
        try:
            with process.stdout as output:
                lines = [(time.perf_counter() - begin, line) for line in output]
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            end()
            raise
        finally:
            timer.cancel()
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        last = errors.read().strip().rpartition("\n")[2]
    failure = ""
    if expired.is_set():
        failure = f"over {limit:g} s"
    elif process.returncode != 0:
        failure = last or f"status {process.returncode}"
    return Outcome(lines, seconds, 1024 * usage.ru_maxrss, failure)
