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


def ganymede(settings, workload, configuration, arguments):
    command = [str(settings.ganymede), *arguments, "--precision", configuration.precision]
    return process.run(
        [*command, "--threads", str(configuration.threads)], workload.environment(), settings.limit
    )


def measure_bench(settings, workload, configuration):
    """The row of `ganymede bench` for the workload's task; beside busy processes it is the last."""
    arguments = ["bench", "--recipe", workload.recipe, "--batch", str(workload.batch), "--json"]
    arguments += ["--only", workload.task, "--seconds", str(settings.seconds)]
    if workload.beside:
        arguments += ["--beside", str(workload.beside)]
    outcome = ganymede(settings, workload, configuration, arguments)
    if outcome.failure:
        return {"failure": outcome.failure}
    rows = [json.loads(line) for _, line in outcome.lines]
    row = [row for row in rows if row["what"].startswith(workload.task)][-1]
    return {key: value for key, value in row.items() if not isinstance(value, str)}


def measure_train(settings, workload, configuration):
    """Ten steps of `ganymede train`, with their pictures and checkpoints, which prints a line after each step."""
    with tempfile.TemporaryDirectory(dir=OUTPUT) as directory:
        arguments = ["train", workload.recipe, "--batch-size", str(workload.batch), "--steps", "10"]
        arguments += ["--out", f"{directory}/run", "--quiet", "--json", "--set", "output.metrics_every_steps=1"]
        return ganymede(settings, workload, configuration, arguments)


def measure_ours(settings, workload, configuration):
    sample = measure_bench(settings, workload, configuration)
    if "failure" in sample or workload.task != "step" or workload.beside:
        return sample
    run = measure_train(settings, workload, configuration)
    if run.failure:
        return {"failure": run.failure}
    return sample | {"first_step_s": run.lines[0][0], "peak_bytes": run.peak_bytes}


def export_generator(settings, workload, configuration, directory):
    """Writes the recipe's generator after one step to generator.onnx: its weights do not matter for its speed.
    Returns why that failed, or ""."""
    run, file = f"{directory}/run", f"{directory}/generator.onnx"
    arguments = ["train", workload.recipe, "--steps", "1", "--out", run, "--quiet"]
    trained = ganymede(settings, workload, configuration, arguments)
    export = [str(settings.ganymede), "export", run, "--out", file]
    return trained.failure or process.run(export, {}, settings.limit).failure


def measure_onnx_runtime(settings, workload, configuration):
    with tempfile.TemporaryDirectory(dir=OUTPUT) as directory:
        failure = export_generator(settings, workload, configuration, directory)
        if failure:
            return {"failure": failure}
        return measure_peer(settings, workload, configuration, f"{directory}/generator.onnx")


def measure_peer(settings, workload, configuration, onnx=""):
    job = Job(
        peer=plan.PEERS[configuration.program],
        task=workload.task,
        recipe=workload.recipe,
        batch=workload.batch,
        precision=configuration.precision,
        options=configuration.options,
        threads=configuration.threads,
        seconds=settings.seconds,
        onnx=onnx,
        beside=workload.beside,
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
    measured = json.loads(outcome.lines[-1][1])
    if workload.task == "step" and not workload.beside:
        measured["first_step_s"] = outcome.lines[0][0]
    return measured


def measure(settings, workload, configuration):
    """Milliseconds and what else was found, or {"failure": why}."""
    special = {plan.OURS: measure_ours, plan.ONNX_RUNTIME: measure_onnx_runtime}
    return special.get(configuration.program, measure_peer)(settings, workload, configuration)
