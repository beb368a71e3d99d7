"""What one process of a peer is asked to do."""

import dataclasses
import json
from pathlib import Path

LATENT_SIZE = 100
LEARNING_RATE = 2e-4
BETA1, BETA2 = 0.5, 0.999
EPSILON = 1e-7  # Keras'
SLOPE = 0.2  # of LeakyReLU
DROPOUT = 0.4
DATA = Path(__file__).resolve().parents[4] / "data" / "mnist" / "train-images-idx3-ubyte.gz"


@dataclasses.dataclass(frozen=True)
class Job:
    peer: str  # a module of this package
    task: str  # "step" or "sample"
    recipe: str  # "dense" or "conv"
    batch: int
    precision: str  # "f32" or "bf16"
    options: tuple[str, ...]  # words that the peer's module knows
    threads: int
    seconds: float  # how long to measure after the warm-up
    onnx: str = ""  # the generator's file, for ONNX Runtime
    beside: int = 0  # busy processes that run beside the step

    def to_json(self):
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text):
        fields = json.loads(text)
        return Job(**{**fields, "options": tuple(fields["options"])})

    @property
    def half_batch(self):
        """How many real images, and how many generated ones, the discriminator learns from in a step."""
        return self.batch // 2 if self.recipe == "conv" else self.batch

    @property
    def pixel_scale(self):
        """Factor and offset that take bytes to the recipe's range of pixels."""
        return (1 / 255, 0.0) if self.recipe == "conv" else (2 / 255, -1.0)
