"""Training by the program's command, with what that took."""

import json
import os
import shutil
import statistics
import subprocess
import sys


def took(run):
    """What the command that trained a run took: {seconds of a processor, peak_bytes}; None where there is no whole run."""
    measured = run / "measured.json"
    return json.loads(measured.read_text()) if measured.exists() else None


def train(program, recipe, run, *flags):
    """A run of a recipe by one thread, trained unless it was before."""
    if not took(run):
        shutil.rmtree(run, ignore_errors=True)
        process = subprocess.Popen([program, "train", recipe, *flags, "--threads", "1", "--quiet", "--out", run])
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{run.name}: training ended with {os.waitstatus_to_exitcode(status)}")
        (run / "measured.json").write_text(json.dumps({"seconds": usage.ru_utime + usage.ru_stime,
                                                       "peak_bytes": 1024 * usage.ru_maxrss}))
    return run


def cell(values, form, middle=statistics.mean):
    """The mean or another middle of the seeds' values, and their range where there are several."""
    if any(value is None for value in values):
        return ""
    text = format(middle(values), form)
    return text if len(values) == 1 else f"{text} ({format(min(values), form)} to {format(max(values), form)})"
