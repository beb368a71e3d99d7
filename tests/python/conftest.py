"""What the tests of the Python module share: few images, and a recipe of networks that train at once."""

import numpy as np
import pytest

import ganymede

SMALL = """
name = "small"
latent = { size = 4, distribution = "normal" }
[training]
batch_size = 8
epochs = 2
precision = "f32"
threads = 1
[output]
metrics_every_steps = 4
grid_rows = 2
grid_columns = 3
[generator]
layers = [{ kind = "dense", units = 64 }, { kind = "tanh" }, { kind = "reshape", shape = [8, 8, 1] }]
[discriminator]
layers = [{ kind = "reshape", shape = [64] }, { kind = "dense", units = 1 }]
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A working directory and a cache of each test's own; where it goes to is the test's business."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def small():
    return ganymede.Recipe.from_toml(SMALL)


@pytest.fixture(scope="session")
def x():
    """80 images of 8 by 8 in two classes: a bright left or upper half."""
    images = np.arange(80, dtype=np.uint8)[:, None, None].repeat(8, 1).repeat(8, 2)
    images[::2, :, :4] += 150
    images[1::2, :4, :] += 150
    return images


@pytest.fixture(scope="session")
def y():
    return np.arange(80) % 2


@pytest.fixture
def run(small, x, y):
    return ganymede.train(small, (x, y), steps=12)
