"""Generators and images in PyTorch. It is no dependency of the module: these tests are skipped where it is not installed."""

import importlib.util
import pathlib

import numpy as np
import pytest

import ganymede
from ganymede import metrics

torch = pytest.importorskip("torch")

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "load_in_pytorch.py"


@pytest.fixture(scope="module")
def example():
    """The example that makes the modules of a recipe."""
    pytest.importorskip("safetensors")
    specification = importlib.util.spec_from_file_location("load_in_pytorch", EXAMPLE)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def images_by_pytorch(example, generator, z, labels):
    """The images [N, H, W, C] of the recipe's torch.nn.Module with the generator's weights."""
    recipe = generator.recipe
    network, _ = example.build(recipe["generator"]["layers"], (recipe["latent"]["size"],))
    network.load_state_dict(generator.state_dict())
    with torch.no_grad():
        return network(torch.from_numpy(z), torch.tensor(labels)).movedim(1, -1).numpy()


def expect_the_same_images(example, generator):
    z, labels = generator.latents(6, seed=1), [n % max(generator.classes, 1) for n in range(6)]
    ours = np.asarray(generator(z, labels if generator.classes else None))
    theirs = images_by_pytorch(example, generator, z, labels)
    assert ours.std() > 1e-3 and ours.shape == theirs.shape
    np.testing.assert_allclose(theirs, ours, atol=1e-5)


@pytest.mark.parametrize("recipe", ganymede.recipes())
def test_a_recipes_module_makes_the_same_images_of_the_state_dict(example, recipe):
    run = ganymede.train(recipe, steps=2, precision="f32")
    expect_the_same_images(example, run.generator)


def test_a_module_for_colour_makes_the_same_images_of_the_state_dict(example):
    draw = np.random.default_rng(4)
    x, y = draw.integers(0, 256, (160, 16, 20, 3), dtype=np.uint8), np.arange(160) % 3
    for recipe in ["best", "dense", "conv"]:
        run = ganymede.train(recipe, (x, y), steps=2, batch_size=16, precision="f32", out=recipe)
        expect_the_same_images(example, run.generator)


def test_the_state_dict_loads_in_a_module_of_ones_own(run):
    module = torch.nn.Sequential()
    module.add_module("dense_1", torch.nn.Linear(4, 64))
    weights = run.generator.state_dict()
    assert all(isinstance(value, torch.Tensor) for value in weights.values())
    module.load_state_dict(weights)
    z = torch.randn(3, 4)
    with torch.no_grad():
        made = torch.tanh(module(z)).reshape(3, 8, 8, 1)
    np.testing.assert_allclose(made.numpy(), run.generator(z), atol=1e-5)


def test_tensors_are_scored():
    a, b = torch.rand(60, 1, 28, 28), torch.rand(60, 1, 28, 28)
    assert metrics.frechet(a, b, features="mnist") == metrics.frechet(a.numpy(), b.numpy(), features="mnist")
