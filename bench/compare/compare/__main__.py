"""Runs the comparison. See --help."""

import argparse
import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path

from . import machine, measure, plan, report, summary
from .processor import this_processor

FEWEST_ROUNDS = 3  # of every row that is written to a page

DESCRIPTION = """\
Runs the same training step, and sampling, in Ganymede, PyTorch, Keras, JAX and ONNX Runtime, each
configuration in a process of its own, all of them in turns over several rounds; prints the medians as tables
and writes every sample to build/compare/results.json. Rows "beside" busy processes measure the step alone and
then beside so many. What the processor does not have is left out: bf16, and instruction sets that are not
below its own. A configuration that took twice as long as its program's fastest in that precision, or longer
than --limit, is not run again. Ctrl-C ends it with the tables of what was measured, and --resume goes on from
there, also to more rounds. One comparison runs at a time."""
EXAMPLES = """\
examples:
  bench/compare/run
  bench/compare/run --quick --workload conv
  bench/compare/run --quick --workload beside
  bench/compare/run --rounds 5 --write docs/performance.md
  bench/compare/run --resume --rounds 7 --write docs/performance.md"""


def pattern(text):
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from error


def arguments():
    parser = argparse.ArgumentParser(
        "bench/compare/run", None, DESCRIPTION, EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    processors = len(os.sched_getaffinity(0))
    program = measure.ROOT / "build/release/ganymede"
    add("--rounds", type=int, default=3, metavar="N", help="how often everything is measured (3)")
    add("--seconds", type=float, default=5, metavar="S", help="of measuring in each process (5)")
    add("--limit", type=float, default=120, metavar="S", help="of a process, before it is ended (120)")
    add("--resume", action="store_true", help="keep what build/compare/results.json has and measure what lacks")
    add("--quick", action="store_true", help="one round of a second each, all instruction sets allowed")
    add(
        "--workload",
        type=pattern,
        default="",
        metavar="PATTERN",
        help="only those whose names match it: conv, AVX2, '^(?!conv.*beside)'",
    )
    add("--threads", type=int, default=processors, metavar="N", help="of every program (one a processor)")
    add("--write", type=Path, metavar="PAGE", help="put the tables between the markers of this page (3 rounds)")
    add("--ganymede", type=Path, default=program, metavar="FILE", help="the program that is measured")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 1
    if options.write:
        report.inserted(options.write.read_text(), "")  # so that a page without markers is refused now
        if options.rounds < FEWEST_ROUNDS:
            parser.error(f"--write: found {options.rounds} rounds, expected {FEWEST_ROUNDS} or more")
    return options


def chosen_workloads(options, processor):
    candidates = [w for w in plan.workloads(processor) if not (options.quick and w.isa)]
    return [w for w in candidates if options.workload.search(w.name)]


def sampled(options, processor, earlier):
    """Yields the samples as they are taken; those that were taken `earlier` are not taken again."""
    settings = measure.Settings(options.ganymede, options.seconds, options.limit)
    samples, given_up = list(earlier), set()
    taken = {(sample.workload, sample.configuration, sample.round) for sample in earlier}
    for number in range(1, options.rounds + 1):
        for workload in chosen_workloads(options, processor):
            for configuration in plan.configurations(workload, options.threads, processor.has_bf16):
                new = (workload, configuration, number) not in taken
                if new and (workload, configuration) not in given_up:
                    measured = measure.measure(settings, workload, configuration)
                    samples.append(summary.Sample(workload, configuration, number, measured))
                    yield samples[-1]
        summaries = summary.summarise([sample for sample in samples if sample.round <= number])
        given_up = {(s.workload, s.configuration) for s in summaries if summary.is_hopeless(s, summaries)}


def announce(sample):
    found = sample.measured.get("failure") or report.milliseconds(sample.measured["ms"])
    where = f"round {sample.round}: {sample.workload.name}: {sample.configuration.program}"
    print(f"{where}, {sample.configuration.name}: {found}", file=sys.stderr)


def require_equal_parameters(sample, ganymede):
    """Ends the program if a peer trained other networks than ours."""
    theirs = sample.measured.get("parameters")
    ours = theirs and machine.parameters(ganymede, sample.workload.recipe)
    if theirs != ours:
        sys.exit(
            f"{sample.configuration.program} has {theirs} parameters in {sample.workload.recipe}, not {ours}"
        )


def earlier_samples(file, facts):
    """Those of the file of results. Ends the program if another processor made them."""
    text = file.read_text()
    found = json.loads(text)["processor"]
    if found != facts["processor"]:
        sys.exit(f"--resume: {file} is of {found!r}, this is {facts['processor']!r}. Measure without --resume")
    return summary.read(text)


def measured_samples(options, processor, facts):
    """All samples, or those until Ctrl-C; the file of results has those so far at any time."""
    file = measure.OUTPUT / "results.json"
    samples = earlier_samples(file, facts) if options.resume else []
    try:
        for sample in sampled(options, processor, samples.copy()):
            announce(sample)
            require_equal_parameters(sample, options.ganymede)
            samples.append(sample)
            results = facts | {"samples": [asdict(sample) for sample in samples]}
            file.write_text(json.dumps(results, indent=1) + "\n")
    except KeyboardInterrupt:
        print(f"stopped after {len(samples)} samples", file=sys.stderr)
    return samples


def write(page, text, samples):
    """Puts the text in its place. Ends the program if a row has too few rounds for that."""
    lacking = summary.unfinished(samples, FEWEST_ROUNDS)
    if lacking:
        first = f"{lacking[0].workload.name}: {lacking[0].configuration.program}"
        sys.exit(
            f"{page} is left as it was: {len(lacking)} rows have fewer than {FEWEST_ROUNDS} rounds, the first is "
            f"{first}. Go on with --resume"
        )
    page.write_text(report.inserted(page.read_text(), text))


def main():
    options = arguments()
    processor = this_processor()
    words = [re.sub("(^|=)/.*/", r"\1", word) for word in sys.argv[1:]]  # without this machine's directories
    facts = machine.facts(options.ganymede, ["bench/compare/run", *words], processor)
    if not processor.has_bf16:
        print(report.WITHOUT_BF16.strip(), file=sys.stderr)
    samples = measured_samples(options, processor, facts)
    summaries = summary.summarise(samples)
    if not summaries:
        sys.exit("nothing was measured")
    text = report.heading(facts) + report.tables(summaries, facts)
    print(text, end="")
    if options.write:
        write(options.write, text, samples)


main()
