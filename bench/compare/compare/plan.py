"""What is measured: the workloads, and the configurations of Ganymede and its peers in each."""

import dataclasses

OURS = "Ganymede"
ONNX_RUNTIME = "ONNX Runtime"
PEERS = {  # the modules of compare.peers
    "PyTorch": "pytorch",
    "Keras": "keras_tensorflow",
    "JAX": "jax_optax",
    ONNX_RUNTIME: "onnx_runtime",
}
PRECISIONS = ("f32", "bf16")
PUBLISHED = "published"


@dataclasses.dataclass(frozen=True)
class Workload:
    task: str  # "step" or "sample"
    recipe: str
    batch: int
    isa: str = ""  # the instruction set that is not to be exceeded, in oneDNN's words
    beside: int = 0  # busy processes that run beside it

    @property
    def name(self):
        what = f"{self.recipe} step, B={self.batch}" if self.task == "step" else f"sampling {self.recipe}"
        busy = f"{self.beside} busy process{'es' * (self.beside != 1)}"
        return what + (f", {self.isa}" if self.isa else "") + (f", beside {busy}" if self.beside else "")

    @property
    def is_plain(self):
        return not self.isa and not self.beside

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
    *(Workload("step", *recipe, beside=n) for recipe in (("dense", 128), ("conv", 256)) for n in (1, 2)),
)


def workloads(processor):
    """Without those limited to all that the processor has: they are the ones without a limit."""
    return [w for w in WORKLOADS if not w.isa or processor.exceeds(w.isa)]


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
        choices.add((best, 1))
    if workload.is_plain:
        choices |= {((), threads), (adam, threads)}
    return sorted(choices)


def configurations(workload, threads, has_bf16):
    """Every configuration that makes sense for a workload, ours first; with a limited instruction set or busy
    processes only those that stand a chance. Where bf16 is emulated, at a loss everywhere, all are in f32."""
    precisions = PRECISIONS if has_bf16 and not workload.isa else PRECISIONS[:1]
    found = [Configuration(OURS, precision, (), threads) for precision in precisions]
    for precision in precisions:
        choices = pytorch_choices(workload, threads)
        found += [Configuration("PyTorch", precision, options, count) for options, count in choices]
        for options in ((PUBLISHED,), ("function",), ("function", "xla")):
            found.append(Configuration("Keras", precision, options, threads))
        found.append(Configuration("JAX", precision, (), threads))
    if workload.task == "sample":
        found.append(Configuration(ONNX_RUNTIME, "f32", (), threads))
    return found
