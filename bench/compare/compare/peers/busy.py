"""Processes that do nothing but keep a processor each busy: a load to measure beside."""

import contextlib
import os
import subprocess
import sys

# Ends by itself when its parent, whose number is its argument, has ended in whatever way.
LOOP = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    for _ in range(100_000):
        pass
"""


@contextlib.contextmanager
def busy_processes(count):
    """They run until the block is left. Raises RuntimeError if one of them ended within it."""
    command = [sys.executable, "-I", "-S", "-c", LOOP, str(os.getpid())]
    started = []
    try:
        for _ in range(count):
            started.append(subprocess.Popen(command))
        yield started
        if any(process.poll() is not None for process in started):
            raise RuntimeError("a busy process ended while it was measured beside")
    finally:
        for process in started:
            process.kill()
            process.wait()
