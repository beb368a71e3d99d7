import numpy as np
import pytest

from ganymede import metrics


@pytest.fixture(scope="module")
def sets():
    draw = np.random.default_rng(0)
    return draw.normal(size=(300, 6)), draw.normal(0.3, 1.2, size=(200, 6))


def frechet_by_numpy(a, b):
    mean = a.mean(0) - b.mean(0)
    product = np.cov(a.T) @ np.cov(b.T)
    roots = np.sqrt(np.linalg.eigvals(product).real.clip(0))
    return mean @ mean + np.trace(np.cov(a.T)) + np.trace(np.cov(b.T)) - 2 * roots.sum()


def test_the_frechet_distance_is_that_of_numpy(sets):
    assert metrics.frechet(*sets) == pytest.approx(frechet_by_numpy(*sets), rel=1e-4)
    assert metrics.frechet(*sets) == pytest.approx(metrics.frechet(*sets[::-1]), rel=1e-6)


def test_the_kernel_distance_of_whole_sets_is_that_of_numpy(sets):
    a, b = sets[0][:200], sets[1]

    def kernel(p, q):
        return (p @ q.T / 6 + 1) ** 3

    within = sum(kernel(p, p).sum() - np.trace(kernel(p, p)) for p in (a, b)) / (200 * 199)
    expected = within - 2 * kernel(a, b).mean()
    assert metrics.kernel_distance(a, b, subsets=1, subset_size=200).mean == pytest.approx(expected, rel=1e-3)


def test_precision_and_recall_are_those_of_numpy(sets):
    real, fake = sets

    def distances(p, q):
        return np.sqrt(((p[:, None] - q[None]) ** 2).sum(-1))

    def radii(p):
        return np.sort(distances(p, p), axis=1)[:, 3]

    between = distances(real, fake)
    found = metrics.precision_recall(real, fake, k=3)
    assert found.precision == pytest.approx((between < radii(real)[:, None]).any(0).mean(), abs=0.006)
    assert found.recall == pytest.approx((between < radii(fake)[None]).any(1).mean(), abs=0.006)
    assert found.density == pytest.approx((between < radii(real)[:, None]).sum(0).mean() / 3, abs=0.02)
    assert found.coverage == pytest.approx((between.min(1) < radii(real)).mean(), abs=0.006)


def test_digits_are_read_by_the_classifier_in_any_layout():
    draw = np.random.default_rng(1)
    a, b = draw.random((60, 28, 28)), draw.random((60, 28, 28)) ** 2
    whole = metrics.frechet(a, b, features="mnist")
    assert whole > 0
    as_pytorch = [(2 * images - 1)[:, None].astype(np.float32) for images in (a, b)]
    assert metrics.frechet(*as_pytorch, features="mnist") == pytest.approx(whole, rel=0.02)
    assert metrics.features(a).shape[0] == 60


def test_repeated_images_are_duplicates():
    draw = np.random.default_rng(2)
    images = draw.integers(0, 256, (50, 8, 8), dtype=np.uint8)
    assert metrics.duplicates(images) == 0.0
    assert metrics.duplicates(np.concatenate([images, images[:25]])) == pytest.approx(50 / 75)
    assert metrics.duplicates(images // 255, like=images) == 1.0
