#!/usr/bin/env python3
"""Fuzzes every reader of bytes that come from outside, guided by coverage: tests/fuzz/targets.h lists them.

Builds the preset `fuzz`, which takes clang, libclang-rt and libomp-dev, gives each target an equal share of --minutes, and
counts it as failed where an input crashes it, takes more than ten seconds or more than 2 GB. What is found lies in
build/fuzz/found; once it is mended it becomes a case in tests/fuzz/cases/TARGET.
"""

import os
import re
import subprocess
import sys

from common import ROOT, Count, arguments

BUILD = ROOT / "build" / "fuzz"
PROGRAM = BUILD / "tests" / "fuzz" / "fuzz"
FUZZ = ROOT / "tests" / "fuzz"


def build():
    onednn = os.environ.get("GANYMEDE_ONEDNN_ROOT", ROOT / "build" / "onednn")
    environment = {**os.environ, "GANYMEDE_ONEDNN_ROOT": str(onednn)}
    for words in (["cmake", "--preset", "fuzz"], ["cmake", "--build", "--preset", "fuzz"]):
        subprocess.run(words, cwd=ROOT, env=environment, stdout=sys.stderr, check=True)


def targets():
    told = subprocess.run([PROGRAM], capture_output=True, text=True, env={**os.environ, "GANYMEDE_FUZZ_TARGET": ""})
    return re.search(r"GANYMEDE_FUZZ_TARGET to one of: (.*)", told.stderr)[1].split()


def fuzz(target, seconds, seed, inputs):
    """Whether nothing was found, and how many inputs were tried."""
    corpus, found = BUILD / "corpus" / target, BUILD / "found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    known = [folder / target for folder in (FUZZ / "seeds", FUZZ / "cases") if (folder / target).is_dir()]
    limits = ["-timeout=10", "-max_len=8192", "-rss_limit_mb=2048", "-malloc_limit_mb=1024", f"-seed={seed}", f"-max_total_time={seconds}"]
    if inputs:
        limits.append(f"-runs={inputs}")
    words = [PROGRAM, *limits, "-print_final_stats=1", f"-artifact_prefix={found}/{target}-", corpus, *known]
    environment = {**os.environ, "GANYMEDE_FUZZ_TARGET": target, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run([str(word) for word in words], capture_output=True, env=environment)
    said = ended.stderr.decode(errors="replace")
    tried = re.search(r"number_of_executed_units:\s*(\d+)", said)
    (BUILD / f"{target}.log").write_text(said)
    if ended.returncode != 0:
        print("\n".join(said.splitlines()[-60:]), file=sys.stderr)
    return ended.returncode == 0, int(tried[1]) if tried else 0


def main():
    parser = arguments(__doc__)
    parser.add_argument("--target", action="append", help="only this one; may be given again")
    parser.add_argument("--inputs", type=int, default=0, help="at most so many a target")
    options = parser.parse_args()
    build()
    count = Count()
    chosen = options.target or targets()
    seconds = max(1, round(60.0 * options.minutes / len(chosen)))
    for target in chosen:
        sound, tried = fuzz(target, seconds, options.seed, options.inputs)
        print(f"{target}: {tried:,} inputs", flush=True)
        count.check(sound, f"{target}: see {BUILD / 'found'} and {BUILD / (target + '.log')}")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
