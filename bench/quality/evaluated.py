"""What `ganymede eval` says of a run."""

import json
import subprocess


def evaluation_of(program, run, *flags):
    """The object that `eval RUN --json` prints, asked once for the same flags and kept in the run's directory."""
    kept = run / ("-".join(["evaluation", *(flag.strip("-") for flag in flags)]) + ".json")  # scores.json is the run's own
    if not kept.exists():
        found = subprocess.run([program, "eval", run, "--json", *flags], check=True, stdout=subprocess.PIPE)
        kept.write_bytes(found.stdout)
    return json.loads(kept.read_text())
