"""Tests the comparison's arithmetic and tables: python3 tests/compare/compare_test.py"""

import dataclasses
import json
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "compare"))

from compare import plan, process, report, summary
from compare.plan import OURS, Configuration, Workload

STEP = Workload("step", "dense", 128)
LIMITED = Workload("step", "conv", 256, "AVX2")
SIZES = {OURS: 10e6, "PyTorch": 45e6}


def samples_of(workload, program, precision, values, options=()):
    """A sample a round; a word in place of a number is a failure."""
    configuration = Configuration(program, precision, options, 2)
    for number, value in enumerate(values, 1):
        measured = (
            {"failure": value}
            if isinstance(value, str)
            else {"ms": value, "first_step_s": 2, "peak_bytes": 4e6}
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


class Tables(unittest.TestCase):
    def test_a_row_has_each_peers_best_with_its_ratio_to_ours(self):
        lines = report.comparison(usual_summaries(), [STEP], "ms", report.milliseconds).splitlines()
        self.assertEqual(len(lines), 4)
        self.assertEqual(
            lines[0], "|  | Ganymede | PyTorch | Keras | JAX | best of all | Keras as published |"
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
        row = report.comparison(found, [LIMITED], "ms", report.milliseconds).splitlines()[2]
        self.assertEqual(row, "| conv step, B=256, AVX2, f32 | no kernels | - | - | - |")

    def test_sampling_is_told_in_images_a_second(self):
        self.assertEqual(report.images_per_s(500), "2,000/s")

    def test_every_configuration_is_listed_fastest_first(self):
        lines = report.every_configuration(usual_summaries()).splitlines()[2:]
        self.assertEqual(len(lines), 8)
        self.assertEqual(lines[0], "| dense step, B=128 | Ganymede | bf16 | 3.00 | 3 |")
        self.assertEqual(lines[-1], "| dense step, B=128 | JAX | f32 | over 120 s | 1 |")

    def test_tables_without_rows_are_left_out(self):
        text = report.tables(usual_summaries(), SIZES)
        self.assertIn("### A training step\n", text)
        self.assertNotIn("### Sampling", text)
        self.assertIn("| PyTorch | 45 MB | 4.50x |", text)

    def test_only_what_is_between_the_markers_of_a_page_is_replaced(self):
        page = f"# Title\n{report.BEGIN}\nold\n{report.END}\nprose\n"
        once = report.inserted(page, "new")
        self.assertEqual(once, f"# Title\n{report.BEGIN}\nnew\n{report.END}\nprose\n")
        self.assertEqual(report.inserted(once, "new"), once)
        self.assertRaisesRegex(
            ValueError, "lacks the line", report.inserted, f"{report.END}\n{report.BEGIN}", "new"
        )


class Plans(unittest.TestCase):
    def test_ours_comes_first_and_every_peer_takes_part(self):
        for workload in plan.WORKLOADS:
            found = plan.configurations(workload, threads=2)
            self.assertEqual(found[0], Configuration(OURS, "f32", (), 2))
            self.assertEqual({c.program for c in found}, {OURS, "PyTorch", "Keras", "JAX"})
            self.assertEqual(len(found), len(set(found)))

    def test_a_limited_instruction_set_holds_for_every_library(self):
        variables = LIMITED.environment()
        self.assertEqual(variables["ONEDNN_MAX_CPU_ISA"], "AVX2")
        self.assertEqual(variables["XLA_FLAGS"], "--xla_cpu_max_isa=AVX2")
        self.assertEqual({c.precision for c in plan.configurations(LIMITED, 2)}, {"f32"})
        self.assertEqual(STEP.environment(), {})

    def test_onnx_runtime_samples_from_the_recipe_that_there_is_a_file_of(self):
        found = {w: plan.configurations(w, 2, onnx="conv") for w in plan.WORKLOADS}
        having = [w for w in found if any(c.program == "ONNX Runtime" for c in found[w])]
        self.assertEqual(having, [Workload("sample", "conv", 256)])


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


unittest.main()
