#!/usr/bin/env python3
"""Writes metrics.json: small arrays of features, and what public implementations of the metrics make of them.

    python3 -m venv /tmp/metrics && /tmp/metrics/bin/pip install torch torchvision torch-fidelity==0.4.0 prdc==0.2
    /tmp/metrics/bin/python tests/golden/make_metrics.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from prdc import compute_prdc
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric

PRECISION_RECALL_NEIGHBOURS = 3
DENSITY_COVERAGE_NEIGHBOURS = 5


def short(values):
    """Values that few digits write exactly, as float32."""
    return (np.round(values * 64) / 64).astype(np.float32)


def features(random, count, dimensions, shift, spread):
    """Correlated features of a few clusters."""
    mixing = np.random.default_rng(dimensions).normal(size=(dimensions, dimensions)) / np.sqrt(dimensions)
    centres = 2 * np.random.default_rng(3).normal(size=(4, dimensions))
    points = spread * random.normal(size=(count, dimensions)) @ mixing + centres[random.integers(4, size=count)]
    return short(points + shift)


def measure(real, generated):
    statistics = [fid_features_to_statistics(torch.from_numpy(array)) for array in (real, generated)]
    frechet = fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]
    kernel = kid_features_to_metric(
        *(torch.from_numpy(array.astype(np.float64)) for array in (real, generated)),
        kid_subsets=1, kid_subset_size=len(real), verbose=False,
    )["kernel_inception_distance_mean"]
    manifold = compute_prdc(real, generated, PRECISION_RECALL_NEIGHBOURS)
    balls = compute_prdc(real, generated, DENSITY_COVERAGE_NEIGHBOURS)
    return {
        "frechet_distance": float(frechet),
        "kernel_distance": float(kernel),
        "precision": float(manifold["precision"]),
        "recall": float(manifold["recall"]),
        "density": float(balls["density"]),
        "coverage": float(balls["coverage"]),
    }


def case(name, seed, count, dimensions, shift, spread):
    random = np.random.default_rng(seed)
    real = features(random, count, dimensions, 0.0, 1.0)
    generated = features(random, count, dimensions, shift, spread)
    return {
        "name": name,
        "dimensions": dimensions,
        "real": real.ravel().tolist(),
        "generated": generated.ravel().tolist(),
        **measure(real, generated),
    }


def score_case():
    logits = short(3 * np.random.default_rng(7).normal(size=(100, 10)))
    score = isc_features_to_metric(torch.from_numpy(logits), splits=1, shuffle=False)
    return {"logits": logits.ravel().tolist(), "classes": 10, "score": score["inception_score_mean"]}


def main():
    cases = [
        case("close", 1, 240, 12, 0.05, 0.95),
        case("apart and narrow", 2, 240, 12, 0.5, 0.5),
        case("many dimensions", 3, 120, 48, 0.2, 1.2),
    ]
    path = Path(__file__).with_name("metrics.json")
    path.write_text(json.dumps({"cases": cases, "classifier_score": score_case()}, indent=None) + "\n")
    for values in cases:
        print({key: value for key, value in values.items() if not isinstance(value, list)})


if __name__ == "__main__":
    main()
