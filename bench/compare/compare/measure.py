"""Measures one configuration of one workload, in processes of its own."""

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

from . import plan, process
from .peers.job import Job

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "compare"


@dataclasses.dataclass(frozen=True)
class Settings:
    ganymede: Path
    seconds: float  # how long to measure after the warm-up
    limit: float  # of a process, in seconds
    onnx: str = ""


def ganymede(settings, workload, configuration, arguments):
    command = [str(settings.ganymede), *arguments, "--precision", configuration.precision]
    return process.run(
        [*command, "--threads", str(configuration.threads)], workload.environment(), settings.limit
    )


def measure_bench(settings, workload, configuration):
    """The row of `ganymede bench` for the workload's task."""
    arguments = ["bench", "--recipe", workload.recipe, "--batch", str(workload.batch), "--json"]
    arguments += ["--only", workload.task, "--seconds", str(settings.seconds)]
    outcome = ganymede(settings, workload, configuration, arguments)
    if outcome.failure:
        return {"failure": outcome.failure}
    rows = [json.loads(line) for _, line in outcome.lines]
    row = next(row for row in rows if row["what"].startswith(workload.task))
    return {key: row[key] for key in ("ms", "images_per_s", "gflops", "peak_share")}


def measure_train(settings, workload, configuration):
    """Ten steps of `ganymede train`, with their pictures and checkpoints, which prints a line after each step."""
    with tempfile.TemporaryDirectory(dir=OUTPUT) as directory:
        arguments = ["train", workload.recipe, "--batch-size", str(workload.batch), "--steps", "10"]
        arguments += ["--out", f"{directory}/run", "--quiet", "--json", "--set", "output.metrics_every_steps=1"]
        return ganymede(settings, workload, configuration, arguments)


def measure_ours(settings, workload, configuration):
    sample = measure_bench(settings, workload, configuration)
    if "failure" in sample or workload.task != "step":
        return sample
    run = measure_train(settings, workload, configuration)
    if run.failure:
        return {"failure": run.failure}
    return sample | {"first_step_s": run.lines[0][0], "peak_bytes": run.peak_bytes}


def measure_peer(settings, workload, configuration):
    job = Job(
        peer=plan.PEERS[configuration.program],
        task=workload.task,
        recipe=workload.recipe,
        batch=workload.batch,
        precision=configuration.precision,
        options=configuration.options,
        threads=configuration.threads,
        seconds=settings.seconds,
        onnx=settings.onnx,
    )
    environment = workload.environment() | {
        "PYTHONPATH": str(HERE),
        "CUDA_VISIBLE_DEVICES": "",
        "TORCHINDUCTOR_CACHE_DIR": str(OUTPUT / "inductor"),
    }
    command = [sys.executable, "-m", "compare.peers.worker", job.to_json()]
    outcome = process.run(command, environment, settings.limit)
    if outcome.failure:
        return {"failure": outcome.failure}
    first = {"first_step_s": outcome.lines[0][0]} if workload.task == "step" else {}
    return json.loads(outcome.lines[-1][1]) | first


def measure(settings, workload, configuration):
    """Milliseconds and what else was found, or {"failure": why}."""
    ours = configuration.program == plan.OURS
    return (measure_ours if ours else measure_peer)(settings, workload, configuration)
