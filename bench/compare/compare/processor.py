"""The processor that is measured on, and what it can."""

import dataclasses
import os
import re
import subprocess

# Each with what the one before has: the flag that lscpu prints, and oneDNN's word for the instruction set.
INSTRUCTION_SETS = {
    "avx2": "AVX2",
    "avx512f": "AVX512_CORE",
    "avx512_bf16": "AVX512_CORE_BF16",
    "amx_bf16": "AVX512_CORE_AMX",
}


@dataclasses.dataclass(frozen=True)
class Processor:
    model: str
    count: int  # that this process may run on
    flags: frozenset[str]

    @property
    def instruction_sets(self):
        return [name for flag, name in INSTRUCTION_SETS.items() if flag in self.flags]

    @property
    def has_bf16(self):
        """Whether products in bf16 are instructions; elsewhere they are emulated or refused."""
        return bool(self.flags & {"avx512_bf16", "amx_bf16"})

    def exceeds(self, isa):
        """Whether holding it to that instruction set takes anything away from it."""
        return isa in self.instruction_sets[:-1]

    @property
    def name(self):
        newest = self.instruction_sets[-1:] or ["below AVX2"]
        lacking = ["no bf16"] * (not self.has_bf16) + ["no AMX"] * ("amx_bf16" not in self.flags)
        processors = f"{self.count} processor{'s' * (self.count != 1)}"
        return ", ".join([self.model, processors, *newest, *lacking])


def this_processor():
    listing = subprocess.run(
        ["lscpu"], capture_output=True, text=True, check=True, env=os.environ | {"LC_ALL": "C"}
    ).stdout
    fields = dict(
        re.split(r":\s+", line, maxsplit=1) for line in listing.splitlines() if re.search(r":\s+\S", line)
    )
    return Processor(
        fields["Model name"], len(os.sched_getaffinity(0)), frozenset(fields["Flags"].split())
    )
