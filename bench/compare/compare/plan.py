"""What is measured: the workloads, and the configurations of Ganymede and its peers in each."""

import dataclasses

OURS = "Ganymede"
PEERS = {  # the modules of compare.peers
    "PyTorch": "pytorch",
    "Keras": "keras_tensorflow",
    "JAX": "jax_optax",
    "ONNX Runtime": "onnx_runtime",
}
PRECISIONS = ("f32", "bf16")
PUBLISHED = "published"


@dataclasses.dataclass(frozen=True)
class Workload:
    task: str  # "step" or "sample"
    recipe: str
    batch: int
    isa: str = ""  # the instruction set that is not to be exceeded, in oneDNN's words

    @property
    def name(self):
        what = f"{self.recipe} step, B={self.batch}" if self.task == "step" else f"sampling {self.recipe}"
        return what + (f", {self.isa}" if self.isa else "")

    @property
    def precisions(self):
        """Below the newest instruction sets bf16 is emulated, at a loss everywhere."""
        return PRECISIONS[:1] if self.isa else PRECISIONS

    def environment(self):
        """Variables that hold oneDNN, PyTorch's own kernels, MKL and XLA to the instruction set."""
        if not self.isa:
            return {}
        short = self.isa.removesuffix("_CORE")
        return {
            "ONEDNN_MAX_CPU_ISA": self.isa,
            "ATEN_CPU_CAPABILITY": short.lower(),
            "MKL_ENABLE_INSTRUCTIONS": short,
            "XLA_FLAGS": f"--xla_cpu_max_isa={short}",
        }


WORKLOADS = (
    Workload("step", "dense", 128),
    Workload("step", "dense", 32),
    Workload("step", "conv", 256),
    Workload("step", "dense", 128, "AVX512_CORE"),
    Workload("step", "conv", 256, "AVX512_CORE"),
    Workload("step", "dense", 128, "AVX2"),
    Workload("step", "conv", 256, "AVX2"),
    Workload("sample", "dense", 128),
    Workload("sample", "conv", 256),
)


@dataclasses.dataclass(frozen=True)
class Configuration:
    program: str  # OURS or a key of PEERS
    precision: str
    options: tuple[str, ...] = ()
    threads: int = 1

    @property
    def name(self):
        words = [self.precision, *(option.replace("_", "-") for option in self.options)]
        return ", ".join(words + ["1 thread"] * (self.threads == 1))


def pytorch_choices(workload, threads):
    """Options and numbers of threads."""
    adam = ("fused",) if workload.task == "step" else ()
    best = adam + (("channels_last",) if workload.recipe == "conv" else ())
    choices = {(best, threads), ((*best, "compile"), threads)}
    if not workload.isa:
        choices |= {((), threads), (adam, threads), (best, 1)}
    return sorted(choices)


def configurations(workload, threads, onnx=""):
    """Every configuration that makes sense for a workload, ours first; with a limited instruction set only
    those that stand a chance. `onnx` is the recipe of the .onnx file that is there."""
    found = [Configuration(OURS, precision, (), threads) for precision in workload.precisions]
    for precision in workload.precisions:
        choices = pytorch_choices(workload, threads)
        found += [Configuration("PyTorch", precision, options, count) for options, count in choices]
        for options in ((PUBLISHED,), ("function",), ("function", "xla")):
            found.append(Configuration("Keras", precision, options, threads))
        found.append(Configuration("JAX", precision, (), threads))
    if workload.task == "sample" and workload.recipe == onnx:
        found.append(Configuration("ONNX Runtime", "f32", (), threads))
    return found
