"""Trains and sweeps with mpirun: mpirun_test.py GANYMEDE. Processes may share processors here."""

import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

GANYMEDE = os.path.abspath(sys.argv.pop(1))
ENVIRONMENT = {
    **os.environ,
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
}


def ranks_of(launcher):
    """The processes that a running mpirun has started, by rank."""
    children = pathlib.Path(f"/proc/{launcher.pid}/task/{launcher.pid}/children").read_text().split()
    ranks = {}
    for child in children:
        for line in pathlib.Path(f"/proc/{child}/environ").read_bytes().split(b"\0"):
            if line.startswith(b"OMPI_COMM_WORLD_RANK="):
                ranks[int(line.split(b"=")[1])] = int(child)
    return ranks


class Launched(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.place = pathlib.Path(directory.name)

    def start(self, processes, *arguments, verb="train", options=()):
        launcher = ["mpirun", *options, "-np", str(processes)] if processes else []
        return subprocess.Popen(
            [*launcher, GANYMEDE, verb, *arguments],
            cwd=self.place,
            env=ENVIRONMENT,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


class Mpirun(Launched):
    def train(self, processes, *arguments, status=0):
        process = self.start(processes, *arguments)
        errors = process.communicate(timeout=120)[1]
        self.assertEqual(process.returncode, status, errors)
        return errors

    def checkpoint(self, run, step):
        return (self.place / run / "checkpoints" / f"step_{step:08}.safetensors").read_bytes()

    def test_any_number_of_processes_makes_the_bytes_of_one(self):
        for recipe in ("dense-small", "vae"):
            arguments = (recipe, "--steps", "3", "--parts", "4", "--threads", "1", "--batch-size", "32", "--out")
            self.train(0, *arguments, f"{recipe}-1")
            expected = self.checkpoint(f"{recipe}-1", 3)
            for processes in (2, 3, 4):
                with self.subTest(recipe=recipe, processes=processes):
                    errors = self.train(processes, *arguments, f"{recipe}-{processes}")
                    self.assertIn(f"in 4 parts on {processes} processes", errors)
                    self.assertTrue(self.checkpoint(f"{recipe}-{processes}", 3) == expected)

    def test_processes_that_cannot_read_each_others_memory_make_the_same_bytes(self):
        arguments = ("dense-small", "--steps", "3", "--parts", "4", "--threads", "1", "--batch-size", "32", "--out")
        self.train(0, *arguments, "one")
        # Under names of their own, as on machines of their own.
        apart = ["unshare", "--user", "--map-root-user", "--uts", "sh", "-c",
                 'hostname host$OMPI_COMM_WORLD_RANK && exec "$0" "$@"']
        if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("this machine lets nobody give a process a host name")
        for processes in (2, 3):
            ended = subprocess.run(["mpirun", "-np", str(processes), *apart, GANYMEDE, "train", *arguments, f"apart-{processes}"],
                                   cwd=self.place, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertTrue(self.checkpoint(f"apart-{processes}", 3) == self.checkpoint("one", 3))

    def bench(self, *command):
        ended = subprocess.run([*command, "--json", "--seconds", "0.05"], cwd=self.place, env=ENVIRONMENT, capture_output=True,
                               text=True, timeout=300, check=False)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def test_bench_compares_one_process_with_several(self):
        one, several, alone = self.bench(GANYMEDE, "bench", "--recipe", "dense-small", "--batch", "8", "--precision", "f32",
                                         "--ranks", "2")
        self.assertEqual([row["what"] for row in (one, several, alone)],
                         ["step, 1 process of 2 threads, B = 8", "step, 2 processes of 1 thread, B = 8",
                          "step, 1 process of 1 thread, B = 4"])
        self.assertAlmostEqual(several["to_one_process"], several["ms"] / one["ms"])
        self.assertAlmostEqual(several["weak_efficiency"], alone["ms"] / several["ms"])
        self.assertGreater(several["exchanges"], 4)
        self.assertGreater(several["read_bytes"] + several["sent_bytes"], 5e5)

    def test_bench_measures_the_network(self):
        rows = self.bench("mpirun", "-np", "2", GANYMEDE, "bench", "--only", "network")
        self.assertEqual(rows[0]["what"], "sum of a number")
        for row in rows[1:]:
            kilobytes = int(row["what"].split()[2])
            moved = row["read_bytes"] + row["sent_bytes"]  # half as often twice, and a number or two
            self.assertAlmostEqual(moved, 1024 * kilobytes, delta=100)

    def test_the_network_of_one_process_cannot_be_measured(self):
        ended = subprocess.run([GANYMEDE, "bench", "--only", "network"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("mpirun -np 2 ganymede bench --only network", ended.stderr)

    def test_one_process_speaks_and_there_is_a_part_for_each(self):
        errors = self.train(2, "dense-small", "--steps", "2", "--out", "run")
        self.assertEqual(errors.count("Training dense-small"), 1)
        self.assertIn("in 2 parts on 2 processes", errors)
        self.assertIn("parts = 2\n", (self.place / "run/config.toml").read_text())

    def test_batches_can_be_given_by_process(self):
        errors = self.train(2, "dense-small", "--batch-per-rank", "16", "--steps", "2", "--out", "run")
        self.assertIn("batches of 32 in 2 parts", errors)

    def test_a_run_goes_on_with_another_number_of_processes(self):
        arguments = ("dense-small", "--parts", "4", "--batch-size", "32", "--threads", "1")
        self.train(0, *arguments, "--steps", "4", "--out", "whole")
        self.train(4, *arguments, "--steps", "2", "--out", "run")
        self.train(3, "--resume", "run", "--steps", "4")
        self.assertTrue(self.checkpoint("run", 4) == self.checkpoint("whole", 4))

    def test_more_processes_than_parts_are_refused(self):
        self.train(0, "dense-small", "--steps", "1", "--out", "run")
        errors = self.train(2, "--resume", "run", "--steps", "2", status=2)
        self.assertIn("found 1 parts for 2 processes, expected a part for each process", errors)

    def test_a_process_with_other_images_is_refused(self):
        digits = self.place / "digits"
        script = (
            'if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then cd other; fi; exec "$0" "$@"'
        )
        for folder in (digits, self.place / "other" / "digits"):
            folder.mkdir(parents=True)
            images = bytes([0, 0, 8, 3, 0, 0, 0, 64, 0, 0, 0, 28, 0, 0, 0, 28])
            images += bytes([len(folder.parts)]) * (64 * 28 * 28)
            (folder / "train-images-idx3-ubyte").write_bytes(images)
            (folder / "train-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 64]) + bytes(range(10)) * 6 + bytes(4))
        ended = subprocess.run(
            ["mpirun", "-np", "2", "sh", "-c", script, GANYMEDE, "train", "dense-small", "--data", "digits",
             "--batch-size", "8", "--steps", "2", "--out", "run"],
            cwd=self.place, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("process 1: digits: found other images than the first process has", ended.stderr)
        self.assertFalse((self.place / "run").exists())

    def test_a_program_without_mpi_says_so(self):
        program = self.place / "ganymede"
        shutil.copy(GANYMEDE, program)
        ended = subprocess.run([program, "train", "dense-small", "--steps", "1", "--out", "run"], cwd=self.place,
                               env={**ENVIRONMENT, "OMPI_COMM_WORLD_SIZE": "2"}, capture_output=True, text=True,
                               timeout=60, check=False)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("a start as 2 processes: found a program without MPI", ended.stderr)
        self.assertFalse((self.place / "run").exists())

    def test_the_death_of_a_process_ends_the_others_and_the_run_goes_on(self):
        arguments = ("dense-small", "--parts", "2", "--batch-size", "32", "--threads", "1")
        process = self.start(2, *arguments, "--epochs", "1000", "--set", "output.checkpoint_every_epochs=1",
                             "--out", "run")
        checkpoints = self.place / "run" / "checkpoints"
        deadline = time.monotonic() + 100
        while len(list(checkpoints.glob("step_*"))) < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        os.kill(ranks_of(process)[1], signal.SIGKILL)
        began = time.monotonic()
        errors = process.communicate(timeout=60)[1]
        self.assertLess(time.monotonic() - began, 10)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("rank 1", errors)
        last = max(int(path.stem.split("_")[1]) for path in checkpoints.glob("step_????????.safetensors"))
        self.train(0, "--resume", "run", "--steps", str(last + 2))

    def test_ctrl_c_at_mpirun_leaves_a_run_that_goes_on(self):
        process = self.start(2, "dense-small", "--batch-size", "32", "--threads", "1", "--epochs", "1000",
                             "--out", "run")
        deadline = time.monotonic() + 100
        while not (self.place / "run" / "metrics.jsonl").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        last = max(int(path.stem.split("_")[1]) for path in (self.place / "run/checkpoints").glob("step_????????.safetensors"))
        self.train(2, "--resume", "run", "--steps", str(last + 2))


def png(pixels, side):
    """A grey picture, as bytes of a PNG file."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[row * side:(row + 1) * side] for row in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


RECIPE = """
name = "small"
data = "drawings"
latent = { size = 4 }
[training]
batch_size = 8
precision = "f32"
[output]
samples_every_epochs = 1000
checkpoint_every_epochs = 20
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 64 }, { kind = "tanh" }, { kind = "reshape", shape = [8, 8, 1] }]
[discriminator]
layers = [{ kind = "flatten" }, { kind = "dense", units = 1 }]
"""


class Sweep(Launched):
    """Each process of mpirun is a worker of a sweep, which takes one run after the other."""

    def setUp(self):
        super().setUp()
        for split, count in (("train", 32), ("test", 12)):
            folder = self.place / "drawings" / split
            folder.mkdir(parents=True)
            for number in range(count):
                pixels = bytes(255 - number if pixel % 8 == number % 8 else number for pixel in range(64))
                (folder / f"{number}.png").write_bytes(png(pixels, 8))
        (self.place / "small.toml").write_text(RECIPE)

    def describe(self, rest):
        (self.place / "sweep.toml").write_text('recipe = "small.toml"\nout = "all"\n' + rest)

    def sweep(self, processes, status=0, options=()):
        process = self.start(processes, "sweep.toml", "--threads", "1", verb="sweep", options=options)
        output, errors = process.communicate(timeout=200)
        self.assertEqual(process.returncode, status, errors)
        return output, errors

    def done(self, errors):
        return re.findall(r"_seed-(\d+): done in", errors)

    def test_the_workers_share_the_runs_and_the_first_prints_the_table(self):
        for processes in (2, 4):
            with self.subTest(processes=processes):
                self.describe(f"seeds = 6\nsteps = {40 + processes}")
                (self.place / "sweep.toml").write_text(
                    (self.place / "sweep.toml").read_text().replace('"all"', f'"all-{processes}"'))
                output, errors = self.sweep(processes)
                self.assertEqual(sorted(self.done(errors)), ["1", "2", "3", "4", "5", "6"])
                self.assertEqual(output.count("setting "), 1)
                self.assertIn("small    6     0", output)
                self.assertEqual(errors.count(f"6 runs in all-{processes}: settings 1, seeds 6"), 1)

    def test_a_killed_worker_ends_the_others_as_mpirun_does_and_the_next_start_goes_on(self):
        self.describe("seeds = 3\nsteps = 800")
        process = self.kill_rank_1()
        process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        output, _ = self.sweep(2)
        self.assertIn("small    3     0", output)

    def test_where_mpirun_goes_on_without_a_killed_worker_the_others_take_its_run(self):
        self.describe("seeds = 3\nsteps = 800")
        process = self.kill_rank_1(options=("--enable-recovery",))
        output, errors = process.communicate(timeout=200)
        self.assertIn("small    3     0", output, errors)
        self.assertEqual(sorted(self.done(errors)), ["1", "2", "3"])

    def kill_rank_1(self, options=()):
        """A sweep of two workers of which the second was killed in its run."""
        process = self.start(2, "sweep.toml", "--threads", "1", verb="sweep", options=options)
        run = self.place / "all" / "small_seed-2" / "checkpoints"
        deadline = time.monotonic() + 100
        while len(list(run.glob("step_*"))) < 2:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        os.kill(ranks_of(process)[1], signal.SIGKILL)
        return process

    def test_a_run_that_fails_does_not_keep_the_others_from_being_trained(self):
        self.describe("seeds = 4\nsteps = 40")
        (self.place / "all" / "small_seed-1").mkdir(parents=True)
        (self.place / "all" / "small_seed-1" / "notes").write_text("no run")
        output, errors = self.sweep(2, status=6)
        self.assertEqual(sorted(self.done(errors)), ["2", "3", "4"])
        self.assertIn("small    3 of 4", output)


unittest.main()
