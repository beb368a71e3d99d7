"""Makes the archive for machines without root and uses it: archive_test.py CPACK CPackConfig.cmake."""

import contextlib
import http.client
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

CONFIGURATION = pathlib.Path(sys.argv.pop(2)).resolve()
CPACK = sys.argv.pop(1)
SOURCE = pathlib.Path(__file__).resolve().parents[2]
# docs/teaching.md names these as what the machine has to have.
OF_THE_SYSTEM = re.compile(r"linux-vdso|/lib64/ld-linux|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)\.so")


class Archive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        place = pathlib.Path(directory.name)
        subprocess.run([CPACK, "-G", "TGZ", "--config", CONFIGURATION, "-B", place / "made"], check=True, stdout=subprocess.PIPE)
        (archive,) = (place / "made").glob("*.tar.gz")
        # In a directory that is neither the one of its name nor that of an installation.
        cls.home = place / "a home"
        cls.home.mkdir()
        subprocess.run(["tar", "xzf", archive, "-C", cls.home, "--strip-components=1"], check=True)
        cls.program = cls.home / "bin/ganymede"
        cls.work = place / "elsewhere"
        cls.work.mkdir()

    def run_program(self, *arguments, environment=None):
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.work,
            env=environment or {},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr

    def test_each_library_is_in_it_or_on_every_system(self):
        lines = self.run_program(environment={"LD_TRACE_LOADED_OBJECTS": "1"}).splitlines()
        self.assertGreater(len(lines), 10)
        for line in lines:
            if f"{self.home}/bin/../lib/ganymede/" not in line:
                self.assertRegex(line, OF_THE_SYSTEM)

    def test_each_library_has_its_licence(self):
        subprocess.run([SOURCE / "scripts/check-licences", self.home], check=True)

    def test_a_library_without_a_licence_is_named(self):
        library = self.home / "lib/ganymede/libnobody.so.1"
        library.touch()
        self.addCleanup(library.unlink)
        done = subprocess.run([SOURCE / "scripts/check-licences", self.home], stderr=subprocess.PIPE, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("libnobody.so", done.stderr)

    def test_it_trains_draws_scores_and_exports_without_an_environment(self):
        self.run_program("train", "dense-small", "--steps", "3", "--out", "run")
        self.assertIn("Healthy", self.run_program("doctor", "run"))
        self.run_program("sample", "run", "--out", "digits.png")
        self.assertEqual((self.work / "digits.png").read_bytes()[:4], b"\x89PNG")
        self.assertIn("Fréchet", self.run_program("eval", "run", "--count", "500", "--resamples", "0"))
        self.run_program("export", "run")
        self.run_program("verify", "generator.onnx")

    def test_its_doctor_finds_its_own_data(self):
        self.assertIn(f"verified, in {self.home}/share/ganymede/data/mnist", self.run_program("doctor"))

    def test_it_serves_its_page(self):
        with contextlib.ExitStack() as stack:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            server = subprocess.Popen(
                [self.program, "serve", ".", "--port", str(port)], cwd=self.work, env={}, stderr=subprocess.PIPE, text=True
            )
            stack.enter_context(server)
            stack.callback(server.terminate)
            self.assertIn(f"http://127.0.0.1:{port}/", server.stderr.readline())
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            stack.callback(connection.close)
            connection.request("GET", "/")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            self.assertIn(b"<!doctype html>", answer.read().lower())

    def test_it_has_the_manual_and_the_lesson(self):
        for name in ("man/man1/ganymede.1", "doc/ganymede/docs/getting-started.md", "doc/ganymede/docs/teaching.md"):
            self.assertTrue((self.home / "share" / name).is_file(), name)


unittest.main()
