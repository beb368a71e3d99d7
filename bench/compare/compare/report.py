"""The measurements as Markdown tables, and their place in a page."""

from . import summary as of
from .plan import OURS, PEERS, PRECISIONS

WITHOUT_BF16 = "This processor has no instructions for bf16: rows of bf16 are left out.\n\n"
SLOWDOWNS = "The step beside busy processes to the same program's quiet step"


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


def measured_programs(summaries, workloads):
    return [p for p in PEERS if any(s.workload in workloads for s in of.of_program(summaries, p))]


def rows_of_ours(summaries, workloads):
    """Our summary of each workload and precision, with the peers' that it is compared with."""
    for workload in workloads:
        for precision in PRECISIONS:
            ours = of.ours(summaries, workload, precision)
            if ours is not None:
                rivals = of.competitors(summaries, workload, precision)
                yield f"{workload.name}, {precision}", ours, rivals


def comparison(summaries, workloads, key, format_value, processor):
    """A row a workload and precision of ours: ours, the best of each peer and of all, and Keras in f32 as
    published. `processor` is the name of the one that it was measured on."""
    programs = measured_programs(summaries, workloads)
    rows = []
    for name, ours, rivals in rows_of_ours(summaries, workloads):
        if ours.failure:
            rows.append([name, ours.failure, *["-"] * (len(programs) + 2)])
            continue
        mine = ours.medians[key]
        published = [s for s in of.published(rivals) if s.configuration.precision == "f32"]
        cells = [peer_cell(of.of_program(rivals, program), mine, key, format_value) for program in programs]
        overall = [overall_cell(rivals, mine, key), overall_cell(published, mine, key)]
        rows.append([name, format_value(mine), *cells, *overall])
    return markdown([processor, OURS, *programs, "best of all", "Keras as published"], rows)


def slowdowns(summaries, workloads, processor):
    """How many times its own quiet step the step of each program takes, in the configuration that is the
    fastest under that load."""
    programs = measured_programs(summaries, workloads)
    rows = []
    for name, ours, rivals in rows_of_ours(summaries, workloads):
        chosen = [of.best([ours]), *(of.best(of.of_program(rivals, program)) for program in programs)]
        rows.append([name, *(ratio(s.medians["to_quiet"], 1) if s else "-" for s in chosen)])
    return markdown([processor, OURS, *programs], rows)


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
    ) + ("" if facts["has_bf16"] else WITHOUT_BF16)


def tables(summaries, facts):
    """Each table under its heading, without those that nothing was measured for."""
    workloads = list(dict.fromkeys(s.workload for s in summaries))
    steps = [w for w in workloads if w.task == "step" and not w.beside]
    plain = [w for w in steps if w.is_plain]
    loaded = [w for w in workloads if w.beside]
    samples = [w for w in workloads if w.task == "sample"]
    parts = [
        ("A training step", steps, "ms", milliseconds),
        ("A training step beside busy processes", loaded, "ms", milliseconds),
        ("Sampling, images a second", samples, "ms", images_per_s),
        ("From the start of the process to the first finished step", plain, "first_step_s", seconds),
        ("Peak memory in training", plain, "peak_bytes", megabytes),
    ]
    text, processor, sizes = "", facts["processor"], facts["sizes"]
    for title, rows, key, format_value in parts:
        if rows:
            text += f"### {title}\n\n{comparison(summaries, rows, key, format_value, processor)}\n"
    if loaded:
        text += f"### {SLOWDOWNS}\n\n{slowdowns(summaries, loaded, processor)}\n"
    installed = [[what, megabytes(size), ratio(size, sizes[OURS])] for what, size in sizes.items()]
    text += f"### What has to be installed\n\n{markdown(['', 'size', 'to ours'], installed)}\n"
    return text + f"### Every configuration\n\n{every_configuration(summaries)}"


def divided(page, maker):
    """What a page has before the text of a maker, that text, and what comes after it."""
    first, last = markers(maker)
    head, begin, rest = page.partition(first)
    text, end, tail = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"the page lacks the line {first} or, after it, {last}")
    return head + begin, text.strip("\n"), end + tail


def inserted(page, text, maker="bench/compare"):
    """The page with `text` between the markers of its maker."""
    before, _, after = divided(page, maker)
    return f"{before}\n{text}\n{after}"


def tables_of(text):
    """The tables of a Markdown text, {head: {first cell: line}}, both in their order."""
    tables = {}
    for block in filter(None, text.strip().split("\n\n")):
        head, _, *lines = block.strip().splitlines()
        tables[head] = {line.split("|")[1]: line for line in lines}
    return tables


def updated(old, new):
    """The tables `old` with the lines of `new` in place of those with the same first cell; what is only in one stays."""
    merged = tables_of(old)
    for head, lines in tables_of(new).items():
        merged[head] = merged.get(head, {}) | lines
    return "\n".join(
        "\n".join([head, "|" + " --- |" * (head.count("|") - 1), *lines.values()]) + "\n" for head, lines in merged.items()
    )
