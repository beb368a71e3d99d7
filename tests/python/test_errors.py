"""Each error of the library is a Python exception with the same sentence."""

import subprocess

import numpy as np
import pytest

import ganymede


def test_errors_are_those_that_python_users_catch():
    assert issubclass(ganymede.UsageError, ValueError)
    assert issubclass(ganymede.ConfigurationError, ValueError)
    assert issubclass(ganymede.DataError, ValueError)
    assert issubclass(ganymede.FileError, OSError)
    assert issubclass(ganymede.DivergedError, ArithmeticError)


@pytest.mark.parametrize(
    ("kind", "sentence", "call"),
    [
        (
            ganymede.ConfigurationError,
            'recipe: found the unknown name "bset", expected one that `ganymede recipes` lists, or a file that ends in '
            '.toml. Did you mean "best"?',
            lambda: ganymede.train("bset"),
        ),
        (
            ganymede.DataError,
            "nowhere: found no such file or directory, expected",
            lambda: ganymede.train("best", "nowhere"),
        ),
        (ganymede.FileError, "nowhere", lambda: ganymede.load("nowhere")),
        (ganymede.FileError, "nowhere", lambda: ganymede.Run("nowhere")),
        (ganymede.ConfigurationError, "training.epochs", lambda: ganymede.train("best", epochs=0)),
        (ganymede.ConfigurationError, 'unknown key "epoch"', lambda: ganymede.train("best", **{"training.epoch": 1})),
        (
            ganymede.DataError,
            "images: found floats from 0 to 700",
            lambda: ganymede.train("best", np.linspace(0, 700, 1280).reshape(20, 8, 8)),
        ),
        (
            ganymede.DataError,
            "images: found an array of shape [20, 8]",
            lambda: ganymede.train("best", np.zeros((20, 8), np.uint8)),
        ),
        (
            ganymede.DataError,
            "labels: found values of type <f8 and shape [20]",
            lambda: ganymede.train("best", (np.zeros((20, 8, 8), np.uint8), np.zeros(20))),
        ),
        (
            ganymede.UsageError,
            'on_divergence: found "maybe", expected stop or rollback. Give one of these.',
            lambda: ganymede.train("best", on_divergence="maybe"),
        ),
        (
            ganymede.UsageError,
            "features: found 3 and 2 of an image",
            lambda: ganymede.metrics.frechet(np.zeros((5, 3)), np.zeros((5, 2))),
        ),
        (ganymede.ConfigurationError, "recipe line 1", lambda: ganymede.Recipe.from_toml("name = ")),
    ],
)
def test_the_sentence_is_that_of_the_library(kind, sentence, call):
    with pytest.raises(kind) as caught:
        call()
    assert sentence in str(caught.value)


@pytest.mark.filterwarnings("ignore:The networks have diverged")
def test_a_divergence_is_raised_and_leaves_the_run(small, x):
    with pytest.raises(ganymede.DivergedError, match="step"):
        ganymede.train(small, x, steps=300, out="wild", generator_optimizer={"learning_rate": 1e30},
                       discriminator_optimizer={"learning_rate": 1e30})
    assert ganymede.Run("wild").generator.image_shape == (8, 8, 1)


def test_a_run_is_locked_while_it_trains(small, x):
    def resume(run, logs):
        ganymede.Run(run.path, data=x).resume()

    with pytest.raises(ganymede.FileError, match="training in it, expected no other process"):
        ganymede.train(small, x, epochs=1, callbacks=[resume])


def test_arguments_of_another_type_are_refused(small):
    with pytest.raises(ganymede.DataError, match="images: found an array of shape"):
        ganymede.train(small, 5)
    with pytest.raises(TypeError):
        ganymede.train(small, epochs=object())


def test_python_has_no_warnings_at_exit():
    import sys

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import ganymede; ganymede.recipes()"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
