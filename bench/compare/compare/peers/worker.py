"""Does one job and prints its measurements as JSON lines: python -m compare.peers.worker JOB"""

import importlib
import json
import math
import re
import statistics
import sys
import time
from pathlib import Path

from .busy import busy_processes
from .job import Job

SAMPLES = 1000  # images a call
SAMPLE_BATCHES = (100, 500)
PIXELS = 28 * 28
WARM_UP_SECONDS = 1.0
FEWEST = 3  # measured, however long each takes
WINDOWS = 5


def say(**measurements):
    print(json.dumps(measurements), flush=True)


def repeat(action, seconds, fewest=FEWEST):
    """The times of an action that is repeated for so long."""
    times = []
    begin = time.perf_counter()
    while len(times) < fewest or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def seconds_in_windows(action, seconds):
    """The wall time of an action where other processes want the processors too: the median over windows of the
    mean in each, after one window of warm-up. `ganymede bench --beside` measures so."""
    windows = [repeat(action, seconds / WINDOWS, fewest=1) for _ in range(1 + WINDOWS)]
    return statistics.median(map(statistics.mean, windows[1:]))


def peak_memory():
    """The largest resident set that this process has had, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])


def step_beside(step, job):
    """Its time beside busy processes, and how many times its time without them in this process that is."""
    quiet = seconds_in_windows(step, job.seconds)
    with busy_processes(job.beside):
        beside = seconds_in_windows(step, job.seconds)
    return {"ms": 1e3 * beside, "to_quiet": beside / quiet}


def measure_step(peer, job):
    step, parameters = peer.training_step(job)
    losses = step()
    if not all(math.isfinite(loss) for loss in losses):
        sys.exit(f"losses {losses}")
    say(event="first step")
    repeat(step, WARM_UP_SECONDS, fewest=1)
    if job.beside:
        say(**step_beside(step, job), parameters=parameters)
        return
    times = repeat(step, job.seconds)
    say(ms=1e3 * statistics.median(times), count=len(times), peak_bytes=peak_memory(), parameters=parameters)


def sampling_seconds(draw, batch, seconds):
    """The median time of all the samples in batches."""
    if draw(batch).size != batch * PIXELS:
        sys.exit(f"images of {draw(batch).shape}")

    def draw_all():
        for _ in range(SAMPLES // batch):
            draw(batch)

    repeat(draw_all, WARM_UP_SECONDS, fewest=1)
    return statistics.median(repeat(draw_all, seconds))


def measure_sampling(peer, job):
    """Takes the faster of the sizes of batch."""
    draw = peer.sampler(job)
    share = job.seconds / len(SAMPLE_BATCHES)
    seconds, batch = min((sampling_seconds(draw, batch, share), batch) for batch in SAMPLE_BATCHES)
    say(ms=1e3 * seconds, batch=batch, images_per_s=SAMPLES / seconds, peak_bytes=peak_memory())


def main():
    job = Job.from_json(sys.argv[1])
    peer = importlib.import_module(f"compare.peers.{job.peer}")
    {"step": measure_step, "sample": measure_sampling}[job.task](peer, job)


if __name__ == "__main__":
    main()
