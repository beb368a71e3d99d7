"""Medians over the rounds, and who was fastest."""

import dataclasses
import json
import statistics

from .plan import OURS, PUBLISHED, Configuration, Workload


@dataclasses.dataclass(frozen=True)
class Sample:
    workload: Workload
    configuration: Configuration
    round: int
    measured: dict  # "ms" and others, or "failure"


def read(results):
    """The samples in the text of a file of results."""
    return [
        Sample(
            Workload(**row["workload"]),
            Configuration(**row["configuration"] | {"options": tuple(row["configuration"]["options"])}),
            row["round"],
            row["measured"],
        )
        for row in json.loads(results)["samples"]
    ]


@dataclasses.dataclass(frozen=True)
class Summary:
    """One configuration over all rounds."""

    workload: Workload
    configuration: Configuration
    rounds: int
    medians: dict[str, float]  # of what was measured; empty where a round failed
    failure: str = ""


def summarise(samples):
    """A summary of each workload and configuration, in the order of their first samples."""
    groups = {}
    for sample in samples:
        groups.setdefault((sample.workload, sample.configuration), []).append(sample.measured)
    return [summary_of(workload, configuration, group) for (workload, configuration), group in groups.items()]


def summary_of(workload, configuration, group):
    failure = next((measured["failure"] for measured in group if "failure" in measured), "")
    keys = () if failure else [key for key, value in group[0].items() if isinstance(value, (int, float))]
    medians = {key: statistics.median(measured[key] for measured in group) for key in keys}
    return Summary(workload, configuration, len(group), medians, failure)


def ours(summaries, workload, precision):
    """Ganymede's summary, or None."""
    chosen = (s for s in summaries if s.workload == workload and s.configuration.program == OURS)
    return next((s for s in chosen if s.configuration.precision == precision), None)


def competitors(summaries, workload, precision):
    """The peers that a row is compared with: in f32 those in f32, in bf16 all."""
    peers = (s for s in summaries if s.workload == workload and s.configuration.program != OURS)
    return [s for s in peers if s.configuration.precision in {"f32", precision}]


def best(summaries, key="ms"):
    """The summary with the smallest median; None where all failed."""
    return min((s for s in summaries if key in s.medians), key=lambda s: s.medians[key], default=None)


def of_program(summaries, program):
    return [s for s in summaries if s.configuration.program == program]


def published(summaries):
    return [s for s in summaries if PUBLISHED in s.configuration.options]


def unfinished(samples, rounds):
    """The summaries of fewer rounds than that, but for those that were given up after their last round."""
    return [s for s in summarise(samples) if s.rounds < rounds and not was_given_up(s, samples)]


def was_given_up(summary, samples):
    then = summarise([sample for sample in samples if sample.round <= summary.rounds])
    same = (s for s in then if (s.workload, s.configuration) == (summary.workload, summary.configuration))
    return any(is_hopeless(s, then) for s in same)


def is_hopeless(summary, summaries):
    """Whether another round would tell nothing: it failed, or took twice as long as its program's best in
    that precision. What is published is always measured."""
    if summary.failure:
        return True
    if PUBLISHED in summary.configuration.options:
        return False
    program, precision = summary.configuration.program, summary.configuration.precision
    rivals = [s for s in of_program(summaries, program) if s.configuration.precision == precision]
    fastest = best(s for s in rivals if s.workload == summary.workload)
    return summary.medians["ms"] > 2 * fastest.medians["ms"]
