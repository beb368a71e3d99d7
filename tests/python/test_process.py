"""A training beside other things in one process: many of them, threads, forks, signals."""

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import ganymede

from conftest import SMALL


def resident_megabytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def test_a_hundred_trainings_do_not_grow(small, x, y, monkeypatch):
    monkeypatch.setenv("PATH", "")  # without gnuplot, whose plots take longer than these trainings
    import warnings

    def train(number):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = ganymede.train(small, (x, y), steps=3, seed=number, out=f"r{number}")
        run.generator.sample(8)

    for number in range(20):
        train(number)
    before = resident_megabytes()
    for number in range(20, 120):
        train(number)
    # One image of the 80 leaked in each training would be little; a network or a data set would be more than this.
    assert resident_megabytes() - before < 16


def test_trainings_in_several_threads_are_those_of_one(small, x, y):
    def train(name):
        run = ganymede.train(small, (x, y), steps=20, seed=5, out=name)
        return np.asarray(run.generator.sample(4))

    alone = train("alone")
    with ThreadPoolExecutor(3) as pool:
        for images in pool.map(train, ["a", "b", "c"]):
            assert np.array_equal(images, alone)


def test_a_forked_process_trains_after_its_parent_did(small, x, y):
    parent = np.asarray(ganymede.train(small, (x, y), steps=5, seed=5, threads=2).generator.sample(4))
    child = os.fork()
    if child == 0:
        try:
            run = ganymede.train(small, (x, y), steps=5, seed=5, threads=2, out="child")
            os._exit(0 if np.array_equal(run.generator.sample(4), parent) else 3)
        except BaseException:
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_ctrl_c_stops_with_a_checkpoint_and_is_raised(tmp_path):
    program = textwrap.dedent(
        f"""
        import numpy, ganymede
        x = numpy.arange(80 * 64, dtype=numpy.uint8).reshape(80, 8, 8)
        recipe = ganymede.Recipe.from_toml({SMALL!r})
        def ready(run, logs):
            print("ready", flush=True)
        try:
            ganymede.train(recipe, x, steps=100_000_000, out="run", callbacks=[ready])
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        run = ganymede.Run("run", data=x)
        newest = max(run.path.glob("checkpoints/step_*"))
        step = int(newest.stem.split("_")[1])
        print(step > 0, run.resume(steps=step + 3).step == step + 3)
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    rest = [line for line in process.communicate(timeout=120)[0].splitlines() if line != "ready"]
    assert rest == ["interrupted", "True True"]


def test_the_data_is_found_beside_the_module_and_not_in_the_source(tmp_path):
    program = "import ganymede; print(ganymede.train('dense-small', steps=1, out='run').recipe['data'])"
    environment = {key: value for key, value in os.environ.items() if key != "GANYMEDE_DATA"}
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=open,openat", "-o", "calls", sys.executable, "-c", program]
        if os.path.exists("/usr/bin/strace")
        else [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "mnist\n", done.stderr
    package = os.path.dirname(ganymede.__file__)
    assert os.path.exists(f"{package}/share/ganymede/data/mnist/train-images-idx3-ubyte.gz")
    if os.path.exists(tmp_path / "calls"):
        opened = [line for line in (tmp_path / "calls").read_text().splitlines() if "train-images-idx3" in line]
        assert opened and all(f"{package}/" in line for line in opened)


def test_onednn_is_loaded_from_beside_the_module():
    program = "import ganymede; print(open('/proc/self/maps').read())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    loaded = {line.split()[-1] for line in done.stdout.splitlines() if "libdnnl" in line}
    assert loaded == {os.path.join(os.path.dirname(ganymede.__file__), "lib/ganymede/libdnnl.so.3")}, done.stderr
