"""Tests scripts/check-skips: python3 tests/scripts/check_skips_test.py"""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check-skips"
BF16_HERE = "avx512bw" in Path("/proc/cpuinfo").read_text(encoding="utf-8").split()


def skipped(reason, status="notrun"):
    """A skipped test as ctest reports one of GoogleTest."""
    return (
        f'<testcase name="ops.A.B" classname="ops.A.B" time="0" status="{status}"><skipped message=""/>'
        f"<system-out>[ RUN      ] A.B\ntests/a.cpp:1: Skipped\n{reason}\n\n[  SKIPPED ] A.B (0 ms)</system-out></testcase>"
    )


def check(*cases, preset="release"):
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "tests.xml"
        report.write_text("<testsuite>" + "".join(cases) + "</testsuite>", encoding="utf-8")
        return subprocess.run([SCRIPT, report, preset], capture_output=True, text=True, check=False)


class CheckSkips(unittest.TestCase):
    def test_says_nothing_where_every_test_ran(self):
        ended = check('<testcase name="ops.A.B" status="run"><system-out>: Skipped\nx</system-out></testcase>')
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))

    def test_lists_a_test_with_its_reason_and_refuses_one_that_it_does_not_know(self):
        ended = check(skipped("there is no C compiler called cc"))
        self.assertEqual(ended.returncode, 1)
        self.assertIn("ops.A.B: there is no C compiler called cc (not a reason on this machine)", ended.stderr)

    def test_takes_a_reason_only_where_it_is_true(self):
        sanitizer = skipped("a sanitizer reserves more memory than the limit")
        self.assertEqual(check(sanitizer, preset="asan").returncode, 0)
        self.assertEqual(check(sanitizer).returncode, 1)
        self.assertEqual(check(skipped("no kernels for bf16 here")).returncode, int(BF16_HERE))
        self.assertEqual(check(skipped("this processor has kernels for bf16")).returncode, int(not BF16_HERE))

    def test_refuses_a_disabled_test_and_one_that_gives_no_reason(self):
        self.assertEqual(check(skipped("no kernels for bf16 here", "disabled")).returncode, 1)
        self.assertEqual(check('<testcase name="A" status="notrun"><skipped/></testcase>').returncode, 1)


unittest.main()
