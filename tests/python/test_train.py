import os
import threading
import time
import warnings

import numpy as np
import pytest

import ganymede


def test_a_training_leaves_a_run_with_metrics_samples_and_a_generator(run):
    assert run.path.parent.name == "runs"
    assert run.step == 12 and not run.stopped
    assert list(run.metrics["step"]) == [4, 8, 12]
    assert np.isfinite(run.metrics["loss_g"]).all()
    assert run.metrics["step"].dtype == np.int64
    assert len(run.samples) == 3  # before the training and after each of the epochs
    assert run.samples[-1].array.ndim == 3
    assert run.generator.image_shape == (8, 8, 1)


def test_the_same_seed_makes_the_same_generator(small, x, y):
    first, second = (ganymede.train(small, (x, y), steps=5, seed=3, out=name) for name in "ab")
    other = ganymede.train(small, (x, y), steps=5, seed=4, out="c")
    assert (first.path / "generator.safetensors").read_bytes() == (second.path / "generator.safetensors").read_bytes()
    assert not np.array_equal(first.generator.sample(4, seed=0), other.generator.sample(4, seed=0))


def test_pandas_makes_a_table_of_the_metrics(run):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(run.metrics)
    assert list(table["step"]) == [4, 8, 12]
    assert {"epoch", "loss_d_real", "loss_d_fake", "loss_g"} <= set(table.columns)


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x,
        lambda x: x[..., None],
        lambda x: x[:, None],
        lambda x: (x / 255).astype(np.float32),
        lambda x: x / 127.5 - 1,
        np.asfortranarray,
        lambda x: np.repeat(x, 2, axis=0)[::2],
    ],
    ids=["bytes", "channels last", "channels first", "floats to 1", "doubles from -1", "other order", "strided"],
)
def test_images_in_any_layout_are_the_same_data(small, x, y, convert):
    plain = ganymede.train(small, (x, y), steps=2, out="plain")
    other = ganymede.train(small, (convert(x), y), steps=2, out="other")
    assert np.array_equal(plain.generator.sample(4, seed=1), other.generator.sample(4, seed=1))


def test_lists_are_images_and_labels_too(small, x, y):
    assert ganymede.train(small, ((x / 255).tolist(), y.tolist()), steps=1).generator.image_shape == (8, 8, 1)


def test_a_folder_of_pictures_and_a_named_set_are_data(small, x, place):
    from PIL import Image

    for number, image in enumerate(x):
        os.makedirs(f"pictures/{number % 2}", exist_ok=True)
        Image.fromarray(image).save(f"pictures/{number % 2}/{number}.png")
    run = ganymede.train(small, "pictures", steps=2)
    assert run.recipe["data"] == "pictures"
    assert ganymede.train("dense-small", "mnist", steps=1).recipe["data"] == "mnist"


def test_settings_change_the_recipe(small, x):
    run = ganymede.train(small, x, steps=1, batch_size=4, seed=9, latent={"size": 6}, **{"output.grid_rows": 1})
    assert run.recipe["training"]["batch_size"] == 4
    assert run.recipe["training"]["seed"] == 9
    assert run.recipe["latent"]["size"] == 6
    assert run.recipe["output"]["grid_rows"] == 1


def test_scores_are_measured_against_test_images_of_ones_own(small, x, y):
    run = ganymede.train(small, (x, y), test_data=(x[:30], y[:30]), steps=9, eval_every=1, class_names=["left", "top"])
    assert list(run.scores["step"]) == [9]
    assert run.evaluate(20, resamples=2)["count"] == 20
    assert run.evaluate(20, quick=True)["scores"]["near_copies"]["value"] is None
    assert run.generator.class_names == ["left", "top"]


class Recorder(ganymede.Callback):
    def __init__(self):
        self.calls = []

    def on_train_begin(self, run):
        self.calls.append(("begin", run.total_steps))

    def on_step_end(self, run, step, logs):
        self.calls.append(("step", step))
        assert {"loss_d_real", "loss_d_fake", "loss_g"} <= set(logs)

    def on_interval_end(self, run, logs):
        self.calls.append(("interval", logs["step"]))

    def on_epoch_end(self, run, logs):
        self.calls.append(("epoch", logs["epoch"]))

    def on_train_end(self, run):
        self.calls.append(("end", run.step))


def test_callbacks_are_called_in_order(small, x):
    recorder = Recorder()
    ganymede.train(small, x, steps=9, callbacks=[recorder])  # nine steps an epoch
    steps = [("step", n) for n in range(1, 10)]
    steps.insert(4, ("interval", 4))
    steps.insert(9, ("interval", 8))
    assert recorder.calls == [("begin", 9), *steps, ("interval", 9), ("epoch", 1), ("end", 9)]


def test_a_function_is_called_after_each_epoch(small, x):
    epochs = []
    ganymede.train(small, x, epochs=2, callbacks=[lambda run, logs: epochs.append(logs["epoch"])])
    assert epochs == [1, 2]


def test_stop_ends_the_training_with_a_checkpoint_and_resume_goes_on_as_if_nothing_had_been(small, x, y):
    class StopAtFive(ganymede.Callback):
        def on_step_end(self, run, step, logs):
            if step == 5:
                run.stop()

    stopped = ganymede.train(small, (x, y), steps=12, out="stopped", callbacks=[StopAtFive()])
    assert stopped.stopped and stopped.step == 5
    stopped.resume()
    assert not stopped.stopped and stopped.step == 12
    whole = ganymede.train(small, (x, y), steps=12, out="whole")
    assert np.array_equal(stopped.generator.sample(4), whole.generator.sample(4))
    assert stopped.resume(steps=14).step == 14


def test_a_run_is_opened_and_resumed_later(run, x, y):
    again = ganymede.Run(run.path, data=(x, y)).resume(steps=20)
    assert again.step == 20
    with pytest.raises(ganymede.DataError, match="arrays: found no such file or directory"):
        ganymede.Run(run.path).resume(steps=30)
    with pytest.raises(ganymede.DataError, match="other images than the run began with"):
        ganymede.Run(run.path, data=(x + 1, y)).resume(steps=30)


def test_an_exception_in_a_callback_is_raised_after_a_checkpoint_was_written(small, x):
    class Fails(ganymede.Callback):
        def on_interval_end(self, run, logs):
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        ganymede.train(small, x, steps=100, out="failed", callbacks=[Fails()])
    assert [path.name for path in ganymede.Run("failed").path.glob("checkpoints/step_*[1-9].*")] == ["step_00000004.safetensors"]
    assert ganymede.Run("failed", data=x).resume(steps=6).step == 6


def test_other_threads_run_while_a_training_does(small, x):
    counted = []
    done = threading.Event()

    def count():
        while not done.is_set():
            counted.append(time.monotonic())
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    begin = len(counted)
    ganymede.train(small, x, steps=300)
    during = len(counted) - begin
    done.set()
    counter.join()
    assert during > 1


def test_a_warning_of_the_library_is_one_of_python(small, x, monkeypatch):
    monkeypatch.setenv("PATH", "")  # without gnuplot
    with pytest.warns(ganymede.errors.Warning, match="gnuplot is not installed") as caught:
        ganymede.train(small, x, steps=1)
    assert caught[0].filename == __file__


def test_nothing_is_printed_where_there_is_no_terminal(small, x, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ganymede.train(small, x, steps=2)
    assert capfd.readouterr() == ("", "")


def test_progress_is_a_line_that_is_written_over_itself(small, x, capfd):
    ganymede.train(small, x, steps=8, progress=True)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "step 8/8" in shown.err and shown.err.count("\n") == 1
