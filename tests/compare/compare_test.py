"""Tests the comparison's arithmetic and tables: python3 tests/compare/compare_test.py"""

import dataclasses
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "compare"))

from compare import plan, process, report, summary
from compare.peers import busy, worker
from compare.peers.job import Job
from compare.plan import OURS, Configuration, Workload
from compare.processor import Processor, this_processor

ROOT = Path(__file__).resolve().parents[2]

STEP = Workload("step", "dense", 128)
LIMITED = Workload("step", "conv", 256, "AVX2")
BESIDE = Workload("step", "dense", 128, beside=2)
FACTS = {"processor": "EPYC, AVX2", "sizes": {OURS: 10e6, "PyTorch": 45e6}}
OLD = Processor("EPYC", 2, frozenset({"fpu", "avx2"}))
NEW = Processor("Xeon", 1, frozenset({"avx2", "avx512f", "avx512_bf16", "amx_bf16"}))


def samples_of(workload, program, precision, values, options=()):
    """A sample a round; a word in place of a number is a failure."""
    configuration = Configuration(program, precision, options, 2)
    for number, value in enumerate(values, 1):
        measured = (
            {"failure": value}
            if isinstance(value, str)
            else {"ms": value, "first_step_s": 2, "peak_bytes": 4e6, "to_quiet": value / 5}
        )
        yield summary.Sample(workload, configuration, number, measured)


def summaries_of(*groups):
    return summary.summarise([sample for group in groups for sample in group])


def usual_summaries():
    return summaries_of(
        samples_of(STEP, OURS, "f32", [9, 11, 10]),
        samples_of(STEP, OURS, "bf16", [4, 2, 3]),
        samples_of(STEP, "PyTorch", "f32", [16, 15, 14]),
        samples_of(STEP, "PyTorch", "bf16", [12, 12.9, 10], ("fused",)),
        samples_of(STEP, "PyTorch", "bf16", [24, 26, 25]),
        samples_of(STEP, "Keras", "f32", [90, 91, 89], ("published",)),
        samples_of(STEP, "Keras", "bf16", [70, 71, 72], ("published",)),
        samples_of(STEP, "JAX", "f32", ["over 120 s"]),
    )


class Summaries(unittest.TestCase):
    def test_a_summary_has_the_median_of_the_rounds(self):
        ours = summary.ours(usual_summaries(), STEP, "bf16")
        self.assertEqual((ours.medians["ms"], ours.rounds), (3, 3))

    def test_the_median_of_an_even_number_is_between_the_middle_two(self):
        only = summaries_of(samples_of(STEP, OURS, "f32", [1, 100, 2, 4]))[0]
        self.assertEqual(only.medians["ms"], 3)

    def test_a_round_that_fails_leaves_no_median(self):
        only = summaries_of(samples_of(STEP, "JAX", "f32", [5, "over 9 s"]))[0]
        self.assertEqual((only.medians, only.failure, only.rounds), ({}, "over 9 s", 2))

    def test_results_are_read_back_as_they_were_written(self):
        samples = [*samples_of(LIMITED, "PyTorch", "f32", [16, "over 9 s"], ("fused", "compile"))]
        text = json.dumps({"samples": [dataclasses.asdict(sample) for sample in samples]})
        self.assertEqual(summary.read(text), samples)

    def test_f32_is_compared_with_f32_and_bf16_with_everything(self):
        found = usual_summaries()
        self.assertEqual(summary.best(summary.competitors(found, STEP, "f32")).medians["ms"], 15)
        self.assertEqual(summary.best(summary.competitors(found, STEP, "bf16")).medians["ms"], 12)
        self.assertEqual(summary.competitors(found, LIMITED, "f32"), [])

    def test_what_failed_is_never_the_best(self):
        found = summaries_of(samples_of(STEP, "JAX", "f32", ["over 120 s"]))
        self.assertIsNone(summary.best(found))

    def test_only_the_slow_and_the_failed_are_given_up(self):
        found = usual_summaries()
        given_up = [s.configuration for s in found if summary.is_hopeless(s, found)]
        self.assertEqual([(c.program, c.name) for c in given_up], [("PyTorch", "bf16"), ("JAX", "f32")])


    def test_a_row_has_its_rounds_or_was_given_up(self):
        def unfinished(*groups):
            samples = [sample for group in groups for sample in group]
            return [s.configuration.name for s in summary.unfinished(samples, 3)]

        fast = list(samples_of(STEP, "PyTorch", "f32", [10, 10, 10], ("fused",)))
        slow = list(samples_of(STEP, "PyTorch", "f32", [30]))
        near = list(samples_of(STEP, "PyTorch", "f32", [15, 15], ("compile",)))
        failed = list(samples_of(STEP, "JAX", "f32", ["over 9 s"]))
        self.assertEqual(unfinished(fast, slow, near, failed), ["f32, compile"])
        # Slow in its one round, whatever the rounds after that say of the others.
        slower = samples_of(STEP, "PyTorch", "f32", [10, 40, 40], ("fused",))
        self.assertEqual(unfinished(slower, slow), [])


class Tables(unittest.TestCase):
    def test_a_row_has_each_peers_best_with_its_ratio_to_ours(self):
        lines = report.comparison(usual_summaries(), [STEP], "ms", report.milliseconds, "EPYC").splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual(
            lines[0], "| EPYC | Ganymede | PyTorch | Keras | JAX | best of all | Keras as published |"
        )
        self.assertEqual(
            lines[2],
            "| dense step, B=128, f32 | 10.0 ms | 15.0 ms, **1.50x** (f32) "
            "| 90.0 ms, **9.00x** (f32, published) | over 120 s | **1.50x** (PyTorch) | **9.00x** (Keras) |",
        )
        self.assertIn("| 3.00 ms | 12.0 ms, **4.00x** (bf16, fused) |", lines[3])
        self.assertTrue(lines[3].endswith("| **4.00x** (PyTorch) | **30x** (Keras) |"))

    def test_a_failure_of_ours_is_stated(self):
        found = summaries_of(
            samples_of(LIMITED, OURS, "f32", ["no kernels"]), samples_of(LIMITED, "JAX", "f32", [8])
        )
        row = report.comparison(found, [LIMITED], "ms", report.milliseconds, "").splitlines()[2]
        self.assertEqual(row, "| conv step, B=256, AVX2, f32 | no kernels | - | - | - |")

    def test_sampling_is_told_in_images_a_second(self):
        self.assertEqual(report.images_per_s(500), "2,000/s")

    def test_every_configuration_is_listed_fastest_first(self):
        lines = report.every_configuration(usual_summaries()).splitlines()[2:]
        self.assertEqual(len(lines), 8)
        self.assertEqual(lines[0], "| dense step, B=128 | Ganymede | bf16 | 3.00 | 3 |")
        self.assertEqual(lines[-1], "| dense step, B=128 | JAX | f32 | over 120 s | 1 |")

    def test_tables_without_rows_are_left_out(self):
        text = report.tables(usual_summaries(), FACTS)
        self.assertIn("### A training step\n", text)
        self.assertNotIn("### Sampling", text)
        self.assertNotIn("busy", text)
        self.assertIn("| PyTorch | 45 MB | 4.50x |", text)

    def test_steps_beside_busy_processes_have_tables_of_their_own(self):
        found = summaries_of(
            samples_of(BESIDE, OURS, "f32", [8]),
            samples_of(BESIDE, "PyTorch", "f32", [20], ("fused",)),
            samples_of(BESIDE, "PyTorch", "f32", [15]),
            samples_of(BESIDE, "JAX", "f32", ["over 9 s"]),
        )
        text = report.tables(found, FACTS)
        row = "| dense step, B=128, beside 2 busy processes, f32 | "
        self.assertNotIn("### A training step\n", text)
        self.assertNotIn("### Peak memory", text)
        self.assertIn(f"{row}8.00 ms | 15.0 ms, **1.88x** (f32) | over 9 s |", text)
        self.assertIn("| EPYC, AVX2 | Ganymede | PyTorch | JAX |\n", text)
        self.assertIn(f"{row}1.60x | 3.00x | - |\n", text)

    def test_a_heading_says_that_rows_of_bf16_are_left_out(self):
        facts = FACTS | {"date": "today", "commit": "abc", "command": "run", "versions": ["torch 2"]}
        self.assertNotIn("left out", report.heading(facts | {"has_bf16": True}))
        self.assertIn("EPYC, AVX2; torch 2\n", report.heading(facts | {"has_bf16": False}))
        self.assertIn("rows of bf16 are left out.\n", report.heading(facts | {"has_bf16": False}))

    def test_only_what_is_between_the_markers_of_a_page_is_replaced(self):
        page = f"# Title\n{report.BEGIN}\nold\n{report.END}\nprose\n"
        once = report.inserted(page, "new")
        self.assertEqual(once, f"# Title\n{report.BEGIN}\nnew\n{report.END}\nprose\n")
        self.assertEqual(report.inserted(once, "new"), once)
        self.assertRaisesRegex(
            ValueError, "lacks the line", report.inserted, f"{report.END}\n{report.BEGIN}", "new"
        )

    def test_lines_that_were_measured_again_take_the_place_of_the_former_ones_and_the_others_stay(self):
        head = ["recipe", "minutes"]
        old = report.markdown(head, [["best", "4"], ["vae", "2"]]) + "\n" + report.markdown(["recipe", "modes"], [["stacked", "990"]])
        new = report.markdown(head, [["best", "3"], ["dense", "1"]])
        expected = report.markdown(head, [["best", "3"], ["vae", "2"], ["dense", "1"]])
        self.assertEqual(report.updated(old, new), expected + "\n" + report.markdown(["recipe", "modes"], [["stacked", "990"]]))
        self.assertEqual(report.updated(old, old), old)


class Plans(unittest.TestCase):
    def test_ours_comes_first_and_every_peer_takes_part(self):
        for workload in plan.WORKLOADS:
            found = plan.configurations(workload, threads=2, has_bf16=True)
            onnx_runtime = {"ONNX Runtime"} if workload.task == "sample" else set()
            self.assertEqual(found[0], Configuration(OURS, "f32", (), 2))
            self.assertEqual({c.program for c in found}, {OURS, "PyTorch", "Keras", "JAX"} | onnx_runtime)
            self.assertEqual(len(found), len(set(found)))

    def test_a_limited_instruction_set_holds_for_every_library(self):
        variables = LIMITED.environment()
        self.assertEqual(variables["ONEDNN_MAX_CPU_ISA"], "AVX2")
        self.assertEqual(variables["XLA_FLAGS"], "--xla_cpu_max_isa=AVX2")
        self.assertEqual({c.precision for c in plan.configurations(LIMITED, 2, True)}, {"f32"})
        self.assertEqual(STEP.environment(), {})

    def test_there_are_rows_beside_one_and_two_busy_processes(self):
        for recipe in ("dense", "conv"):
            self.assertEqual([w.beside for w in plan.WORKLOADS if w.beside and w.recipe == recipe], [1, 2])

    def test_without_bf16_everything_is_in_f32(self):
        for workload in plan.workloads(OLD):
            found = plan.configurations(workload, 2, OLD.has_bf16)
            self.assertEqual({c.precision for c in found}, {"f32"})
        self.assertEqual({c.precision for c in plan.configurations(STEP, 2, NEW.has_bf16)}, {"f32", "bf16"})

    def test_limits_that_take_nothing_away_are_left_out(self):
        self.assertEqual({w.isa for w in plan.workloads(OLD)}, {""})
        self.assertEqual({w.isa for w in plan.workloads(NEW)}, {"", "AVX2", "AVX512_CORE"})


class Processors(unittest.TestCase):
    def test_the_name_tells_the_instruction_set_and_what_is_lacking(self):
        self.assertEqual(OLD.name, "EPYC, 2 processors, AVX2, no bf16, no AMX")
        self.assertEqual(NEW.name, "Xeon, 1 processor, AVX512_CORE_AMX")
        self.assertIn("below AVX2", Processor("286", 1, frozenset()).name)

    def test_this_one_is_read(self):
        self.assertEqual(this_processor().count, len(os.sched_getaffinity(0)))
        self.assertIn("fpu", this_processor().flags)


class Processes(unittest.TestCase):
    def test_a_process_gives_its_lines_and_its_peak_memory(self):
        outcome = process.run(["sh", "-c", "echo $WORD; echo two"], {"WORD": "one"}, limit=60)
        self.assertEqual([line for _, line in outcome.lines], ["one\n", "two\n"])
        self.assertEqual(outcome.failure, "")
        self.assertGreater(outcome.peak_bytes, 100_000)

    def test_a_failure_is_the_last_line_of_its_errors(self):
        outcome = process.run(["sh", "-c", "echo first >&2; echo second >&2; exit 3"], {}, limit=60)
        self.assertEqual(outcome.failure, "second")
        self.assertEqual(process.run(["false"], {}, limit=60).failure, "status 1")

    def test_a_process_over_the_limit_is_ended_with_its_children(self):
        outcome = process.run(["sh", "-c", "sleep 600 & sleep 600; wait"], {}, limit=0.2)
        self.assertEqual(outcome.failure, "over 0.2 s")


def children():
    number = os.getpid()
    return Path(f"/proc/{number}/task/{number}/children").read_text().split()


class BusyProcesses(unittest.TestCase):
    def test_the_step_is_measured_alone_and_then_beside_them(self):
        beside = []
        job = Job("", "step", "dense", 128, "f32", (), 1, seconds=0, beside=2)
        found = worker.step_beside(lambda: beside.append(len(children())), job)
        half = len(beside) // 2
        self.assertEqual(beside, [0] * half + [2] * half)
        self.assertGreater(found["to_quiet"], 0)
        self.assertEqual(children(), [])

    def test_they_end_with_an_error_in_the_block(self):
        with self.assertRaises(KeyError), busy.busy_processes(2):
            raise KeyError
        self.assertEqual(children(), [])

    def test_one_that_ended_early_is_reported(self):
        with self.assertRaisesRegex(RuntimeError, "ended"), busy.busy_processes(2) as started:
            started[0].kill()
            started[0].wait()

    def test_they_end_when_their_parent_is_killed(self):
        script = "import sys; sys.path.insert(0, sys.argv[1])\n" + (
            "from compare.peers.busy import busy_processes\n"
            "with busy_processes(2): print(flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", script, str(ROOT / "bench" / "compare")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
            parent.stdout.readline()
            parent.kill()
            # They hold the other end of this pipe, which ends when the last of them has.
            self.assertEqual(parent.stdout.read(), b"")


class Runs(unittest.TestCase):
    """The script in a tree of its own, with an interpreter that installs nothing."""

    PYTHON = '''#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$4/bin"
cp "$0" "$4/bin/python"
printf '#!/bin/sh\\necho ready; read -r line' >"$4/bin/pip"
chmod +x "$4/bin/pip"
'''

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = Path(self.directory.name).resolve()
        script = self.root / "bench" / "compare" / "run"
        script.parent.mkdir(parents=True)
        for name in ("run", "requirements.txt"):
            shutil.copy(ROOT / "bench" / "compare" / name, script.parent / name)
        self.python = self.root / "python"
        self.python.write_text(self.PYTHON)
        self.python.chmod(0o755)
        self.command = [str(script), "--ganymede", "none"]

    def start(self):
        process = subprocess.Popen(
            self.command,
            env=os.environ | {"PYTHON": str(self.python)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.kill)
        return process

    def test_a_second_start_is_refused_and_leaves_the_environment_alone(self):
        first = self.start()
        while (line := first.stderr.readline()) != "ready\n":
            self.assertNotEqual(line, "", "the first ended before it installed")
        second = self.start()
        self.assertIn(f"process {first.pid} is using build/compare", second.communicate(timeout=60)[1])
        self.assertEqual(second.returncode, 1)
        first.communicate("\n", timeout=60)
        self.assertEqual(first.returncode, 0)
        self.assertTrue((self.root / "build" / "compare" / "venv" / ".installed").exists())

    def test_after_one_that_ended_another_starts(self):
        for _ in range(2):
            process = self.start()
            self.assertNotIn("is using", process.communicate("\n", timeout=60)[1])
            self.assertEqual(process.returncode, 0)

    def test_help_neither_installs_nor_waits(self):
        shutil.copytree(ROOT / "bench" / "compare" / "compare", self.root / "bench" / "compare" / "compare")
        self.command[1:], self.python = ["--help"], sys.executable
        output = self.root / "build" / "compare"
        output.mkdir(parents=True)
        with (output / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start()
            self.assertIn("usage: bench/compare/run", process.communicate(timeout=60)[0])
        self.assertFalse((output / "venv").exists())


unittest.main()
