"""The measurements as Markdown tables, and their place in a page."""

from . import summary as of
from .plan import OURS, PEERS


def markers(maker):
    """The lines of a page between which `maker` writes."""
    return f"<!-- begin: {maker} -->", f"<!-- end: {maker} -->"


BEGIN, END = markers("bench/compare")


def milliseconds(ms):
    return f"{ms:.2f} ms" if ms < 10 else f"{ms:.1f} ms" if ms < 100 else f"{ms:.0f} ms"


def images_per_s(ms_for_1000):
    return f"{1e6 / ms_for_1000:,.0f}/s"


def seconds(value):
    return f"{value:.2f} s"


def megabytes(value):
    return f"{value / 1e6:,.0f} MB"


def markdown(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def ratio(theirs, ours):
    """How many times as much, or as long, theirs is."""
    value = theirs / ours
    return f"{value:.2f}x" if value < 10 else f"{value:.0f}x"


def peer_cell(group, mine, key, format_value):
    """The best of a peer's configurations: its value, how many times ours that is, and which it was."""
    chosen = of.best(group, key)
    if chosen is None:
        return ", ".join(sorted({s.failure for s in group})) or "-"
    value = chosen.medians[key]
    return f"{format_value(value)}, **{ratio(value, mine)}** ({chosen.configuration.name})"


def overall_cell(group, mine, key):
    chosen = of.best(group, key)
    return f"**{ratio(chosen.medians[key], mine)}** ({chosen.configuration.program})" if chosen else "-"


def comparison(summaries, workloads, key, format_value):
    """A row a workload and precision of ours: ours, the best of each peer and of all, and Keras in f32 as
    published."""
    programs = [p for p in PEERS if any(s.workload in workloads for s in of.of_program(summaries, p))]
    rows = []
    for workload in workloads:
        for precision in workload.precisions:
            ours = of.ours(summaries, workload, precision)
            if ours is None:
                continue
            row = [f"{workload.name}, {precision}"]
            if ours.failure:
                rows.append([*row, ours.failure, *["-"] * (len(programs) + 2)])
                continue
            mine = ours.medians[key]
            rivals = of.competitors(summaries, workload, precision)
            published = [s for s in of.published(rivals) if s.configuration.precision == "f32"]
            row.append(format_value(mine))
            row += [
                peer_cell(of.of_program(rivals, program), mine, key, format_value) for program in programs
            ]
            rows.append([*row, overall_cell(rivals, mine, key), overall_cell(published, mine, key)])
    return markdown(["", OURS, *programs, "best of all", "Keras as published"], rows)


def every_configuration(summaries):
    """All that was measured, the fastest first in each workload."""
    rows = []
    for workload in dict.fromkeys(s.workload for s in summaries):
        group = [s for s in summaries if s.workload == workload]
        for s in sorted(group, key=lambda s: s.medians.get("ms", float("inf"))):
            found = s.failure or f"{s.medians['ms']:.2f}"
            rows.append([workload.name, s.configuration.program, s.configuration.name, found, str(s.rounds)])
    return markdown(["", "program", "configuration", "ms", "rounds"], rows)


def heading(facts):
    return (
        f"{facts['date']}, commit {facts['commit']}: `{facts['command']}`\n\n"
        f"{facts['processor']}; {', '.join(facts['versions'])}\n\n"
    )


def tables(summaries, sizes):
    """Each table under its heading, without those that nothing was measured for."""
    workloads = list(dict.fromkeys(s.workload for s in summaries))
    steps = [w for w in workloads if w.task == "step"]
    unlimited = [w for w in steps if not w.isa]
    samples = [w for w in workloads if w.task == "sample"]
    parts = [
        ("A training step", steps, "ms", milliseconds),
        ("Sampling, images a second", samples, "ms", images_per_s),
        ("From the start of the process to the first finished step", unlimited, "first_step_s", seconds),
        ("Peak memory in training", unlimited, "peak_bytes", megabytes),
    ]
    text = ""
    for title, rows, key, format_value in parts:
        if rows:
            text += f"### {title}\n\n{comparison(summaries, rows, key, format_value)}\n"
    installed = [[what, megabytes(size), ratio(size, sizes[OURS])] for what, size in sizes.items()]
    text += f"### What has to be installed\n\n{markdown(['', 'size', 'to ours'], installed)}\n"
    return text + f"### Every configuration\n\n{every_configuration(summaries)}"


def inserted(page, text, maker="bench/compare"):
    """The page with `text` between the markers of its maker."""
    first, last = markers(maker)
    head, begin, rest = page.partition(first)
    _, end, tail = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"the page lacks the line {first} or, after it, {last}")
    return f"{head}{first}\n{text}\n{last}{tail}"
