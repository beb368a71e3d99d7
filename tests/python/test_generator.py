import numpy as np
import pytest

import ganymede


@pytest.fixture
def digits(place):
    """A conditional generator, hardly trained."""
    return ganymede.train("conditional", steps=1, precision="f32", threads=1).generator


def test_a_generator_makes_an_image_of_each_latent_point(run):
    g = ganymede.load(run.path)
    z = np.random.default_rng(0).normal(size=(5, g.latent_size))
    images = g(z)
    assert images.shape == (5, 8, 8, 1) and images.dtype == np.float32
    assert np.array_equal(images[2], g(z[2:3])[0])
    assert np.array_equal(images, g(z.astype(np.float32)))


def test_samples_depend_on_the_seed_alone(run):
    g = run.generator
    assert np.array_equal(g.sample(7, seed=1), g.sample(9, seed=1)[:7])
    assert not np.array_equal(g.sample(7, seed=1), g.sample(7, seed=2))
    assert np.array_equal(g.sample(3, seed=1), g(g.latents(3, seed=1)))
    assert np.array_equal(g.sample(3, seed=1, temperature=0.0), g(np.zeros((3, 4))))


def test_labels_are_one_for_all_or_one_for_each(digits):
    one, each = digits.sample(16, labels=7, seed=0), digits.sample(16, labels=[7] * 16, seed=0)
    assert np.array_equal(one, each)
    assert list(one.labels) == [7] * 16
    assert list(digits.sample(80).labels[::8]) == list(range(10))
    with pytest.raises(ganymede.UsageError, match="label: found 10, expected a number from 0 to 9"):
        digits.sample(8, labels=10)
    with pytest.raises(ganymede.UsageError, match="labels: found 3 labels, expected 8"):
        digits.sample(8, labels=[1, 2, 3])


def test_a_generator_without_labels_takes_none(run):
    assert run.generator.sample(2).labels is None
    with pytest.raises(ganymede.UsageError, match="the generator takes no labels"):
        run.generator.sample(2, labels=1)


def test_images_show_themselves_and_become_bytes(run):
    images = run.generator.sample(16)
    assert images._repr_png_().startswith(b"\x89PNG")
    assert images[0]._repr_png_().startswith(b"\x89PNG")
    assert images.mean(axis=0).mean(axis=0)._repr_png_() is None
    low, high = images.pixel_range
    expected = np.clip(np.rint((np.asarray(images) - low) / (high - low) * 255), 0, 255)
    assert np.abs(images.to_uint8() - expected).max() <= 1
    assert run.generator._repr_png_().startswith(b"\x89PNG")


def test_the_state_dict_has_the_weights_of_pytorchs_modules(run):
    weights = run.generator.state_dict()
    assert {name: value.shape for name, value in weights.items()} == {
        "dense_1.weight": (64, 4),
        "dense_1.bias": (64,),
    }
    z = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    made = np.tanh(z @ np.asarray(weights["dense_1.weight"]).T + np.asarray(weights["dense_1.bias"]))
    assert np.allclose(made.reshape(3, 8, 8, 1), run.generator(z), atol=1e-5)


def test_arrays_of_other_libraries_come_by_dlpack(run):
    class Foreign:
        """Has nothing but DLPack."""

        def __init__(self, array):
            self._array = array

        def __len__(self):
            return len(self._array)

        def __dlpack__(self, **arguments):
            return self._array.__dlpack__(**arguments)

        def __dlpack_device__(self):
            return self._array.__dlpack_device__()

    z = np.random.default_rng(2).normal(size=(3, 4)).astype(np.float32)
    assert np.array_equal(run.generator(Foreign(z)), run.generator(z))


def test_the_onnx_model_is_one(run):
    onnx = pytest.importorskip("onnx")
    onnx.checker.check_model(run.generator.to_onnx("g.onnx"))
    onnx.checker.check_model(str(run.export("onnx", "run.onnx")))
    assert (run.path.parent.parent / "run.onnx").exists()


def test_several_threads_may_use_a_generator(run):
    from concurrent.futures import ThreadPoolExecutor

    g = run.generator
    expected = np.asarray(g.sample(50, seed=3))
    with ThreadPoolExecutor(4) as pool:
        for images in pool.map(lambda _: g.sample(50, seed=3), range(40)):
            assert np.array_equal(images, expected)


def test_a_run_shows_itself(run):
    pytest.importorskip("matplotlib").use("agg")
    assert "<svg" in run._repr_html_() and "data:image/png" in run._repr_html_()
    assert "data:image/png" in run.samples._repr_html_()
    assert "<table>" in run.metrics._repr_html_()
    assert len(run.plot().lines) == 3
