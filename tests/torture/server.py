#!/usr/bin/env python3
"""Sends hostile requests to the page of a run that trains, and expects the training to go on and the page to answer.

Told at the end: the training's speed under that beside its speed alone, as a ratio.
"""

import http.client
import json
import os
import pathlib
import random
import resource
import socket
import struct
import sys
import tempfile
import threading
import time

from common import Count, Program, arguments, run

RUN = "run"
EVENTS = f"/api/runs/{RUN}/events"
CONTROL = f"/api/runs/{RUN}/control"
BRIEF = ["--threads", "1", "--set", "output.metrics_every_steps=5", "--set", "output.eval_every_epochs=0"]
TRAIN = ["train", "dense-small", "--epochs", "100000", "--out", f"runs/{RUN}", *BRIEF]


def ask(port, method, target, headers=None, body=None, seconds=20.0):
    """The status and the body of an answer; None where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(1 << 20)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def throw(port, request, wait=2.0, reset=False):
    """Sends bytes as they are; returns what came back, as far as it came."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(request)
            return b"" if reset else connection.recv(1 << 16)
    except OSError:
        return b""


TARGETS = [
    "/", "/index.html", "/api", "/api/runs", f"/api/runs/{RUN}", f"/api/runs/{RUN}/metrics", f"/api/runs/{RUN}/networks",
    f"/api/runs/{RUN}/generate?seed=1&point=3", f"/api/runs/{RUN}/judge?image=5", f"/api/runs/{RUN}/sheet?count=400",
    f"/api/runs/{RUN}/samples/0", f"/api/runs/{RUN}/generator.onnx", CONTROL, f"/api/runs/{RUN}/nearest",
]  # fmt: skip
BITS_OF_TARGETS = [
    "..", "%2e%2e", "%2f", "%5c", "%00", "%", "%zz", "%ff%fe", "\\", "//", "?", "&", "=", "#", "seed=-1", "point=99999999999999999999",
    "count=0", "columns=1e9", "label=10", "image=60000", "\x01", "\x7f", "é", "a" * 3000, "?" * 900, "&a=b" * 900,
]  # fmt: skip
BODIES = [
    b"", b"{", b"null", b"[" * 60000, b'{"command":"fly"}', b'{"command":[]}', b'{"image":[-1]}', b'{"image":' + b"[" * 30000, b"\xff\xfe",
    b'{"image":[' + b"0," * 783 + b"256]}", b'{"image":[' + b"0," * 20000 + b"0]}", b'{"command":"' + b"x" * 60000 + b'"}', b"\0" * 65536,
]  # fmt: skip
HEADERS = [
    "Range: bytes=0-0,1-1", "Range: bytes=-1", "Range: bytes=999999999999-", "Range: bytes=5-2", "Accept-Encoding: br;q=0, gzip;q=1.0",
    "Accept-Encoding: " + "gzip," * 500, "Last-Event-ID: 1-99999999999999999999", "Content-Length: -1", "Content-Length: 99999999999999999999",
    "Content-Length: 5, 6", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Encoding: gzip", "Expect: 100-continue",
    "Connection: upgrade", "Upgrade: websocket", "Content-Type: multipart/form-data; boundary=" + "x" * 500, "Content-Type: multipart/form-data",
    "X-Long: " + "y" * 9000, "\x00: \x00", ": ", "no colon", " folded", "Cookie: " + "a=b; " * 1000, "Host: ", "Content-Type: application/json",
]  # fmt: skip


def hostile_request(draw):
    """Bytes that are nearly a request."""
    kind = draw.randrange(8)
    if kind == 0:
        return bytes(draw.randrange(256) for _ in range(draw.randrange(1, 2000)))
    if kind == 1:
        return draw.choice([b"\r\n" * 500, b"GET", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00"])
    method = draw.choice(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get", "G" * 5000, ""])
    target = draw.choice(TARGETS)
    for _ in range(draw.randrange(3)):
        target += draw.choice(["", "/", "?", "&"]) + draw.choice(BITS_OF_TARGETS)
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [draw.choice(HEADERS) for _ in range(draw.randrange(4))]
    if draw.randrange(10) == 0:
        lines += [f"X-{n}: {n}" for n in range(3000)]
    body = draw.choice(BODIES) if method == "POST" else b""
    if method == "POST" and draw.randrange(4):
        lines += ["Content-Type: application/json", f"Content-Length: {len(body) + draw.choice([0, 0, 0, -1, 1, 70000])}"]
    request = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
    if kind == 2:
        request = request[: draw.randrange(1, len(request))]
    if kind == 3:
        request = b"".join(request for _ in range(20))  # as one that does not wait for answers
    return request


class Training:
    """A run that trains in `place`, with its page."""

    def __init__(self, place, words, **more):
        self.place = place
        self.program = Program(words, place, **more)
        found = self.program.wait_for(r"The page: http://\S+:(\d+)/") or sys.exit(f"no page: {self.program.said()}")
        self.port = int(found[1])

    def step(self):
        """The last step that it has recorded."""
        try:
            lines = (self.place / "runs" / RUN / "metrics.jsonl").read_text().splitlines()
            return next((row["step"] for row in map(json.loads, reversed(lines)) if "step" in row), 0)
        except (OSError, ValueError):
            return 0

    def speed(self, seconds):
        """Steps a second from now on."""
        begin, first = time.monotonic(), self.step()
        time.sleep(seconds)
        return (self.step() - first) / (time.monotonic() - begin)

    def check(self, count, what):
        """Whether it trains and answers after `what`."""
        before = self.step()
        answer = ask(self.port, "GET", "/api/runs")
        count.check(answer is not None and answer[0] == 200, f"the page answers after {what}: {answer}")
        end = time.monotonic() + 20.0
        while self.step() <= before and time.monotonic() < end and self.program.alive():
            time.sleep(0.1)
        count.check(self.program.alive() and self.step() > before, f"the training goes on after {what}: {self.program.said()[-500:]}")


def try_requests(training, count, seed, seconds):
    """Sixteen clients whose requests are not quite requests; how many there were, and the training's speed meanwhile."""
    end = time.monotonic() + seconds
    answers = []

    def attack(n):
        draw = random.Random(f"{seed} {n}")
        while time.monotonic() < end and training.program.alive():
            request = hostile_request(draw)
            answers.append((request, throw(training.port, request, wait=0.5, reset=draw.randrange(6) == 0)))

    clients = [threading.Thread(target=attack, args=(n,)) for n in range(16)]
    for client in clients:
        client.start()
    speed = training.speed(seconds)
    for client in clients:
        client.join()
    for request, answer in answers:
        status = int(answer[9:12]) if answer.startswith(b"HTTP/1.") and answer[9:12].isdigit() else 0
        count.check(status < 500 or status == 503, f"status {status} for {request[:300]!r}")
    training.check(count, f"{len(answers)} hostile requests")
    return speed, len(answers)


def try_slow_clients(training, count, seconds):
    """Fifty who send a byte at a time."""
    clients = []
    for _ in range(50):
        client = socket.create_connection(("127.0.0.1", training.port), timeout=2.0)
        clients.append(client)
    end = time.monotonic() + seconds
    for letter in b"GET /api/runs HTTP/1.1\r\nX-Slow: " + b"z" * 1000:
        if time.monotonic() > end:
            break
        for client in clients:
            try:
                client.send(bytes([letter]))
            except OSError:
                pass  # the server has hung up, as it may
        time.sleep(0.2)
    training.check(count, "fifty slow clients")
    for client in clients:
        client.close()


def try_viewers(training, count, seconds):
    """A hundred viewers, of whom ten never read."""
    viewers = []
    for n in range(100):
        viewer = socket.socket()
        if n % 10 == 0:
            viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        viewer.settimeout(10.0)
        viewer.connect(("127.0.0.1", training.port))
        viewer.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        viewers.append(viewer)
    told = [0] * len(viewers)
    end = time.monotonic() + seconds

    def read(n):
        while time.monotonic() < end + 2.0:
            try:
                part = viewers[n].recv(1 << 16)
            except OSError:
                return
            if not part:
                return
            told[n] += part.count(b"event: metrics")

    readers = [threading.Thread(target=read, args=(n,)) for n in range(len(viewers)) if n % 10]
    for reader in readers:
        reader.start()
    speed = training.speed(seconds)
    training.check(count, "a hundred viewers")
    for viewer in viewers:
        try:
            viewer.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    for reader in readers:
        reader.join()
    for viewer in viewers:
        viewer.close()
    watching = sum(n > 1 for n in told)
    count.check(watching >= 50, f"{watching} of 90 viewers that read were told of new steps")
    return speed, watching


def hammer(training, seconds):
    """Eight clients that ask for the costliest things without a pause; the training's speed meanwhile."""
    stop = threading.Event()
    answered = [0]

    def ask_on(n):
        while not stop.is_set():
            if ask(training.port, "GET", TARGETS[4 + n % 7]) is not None:
                answered[0] += 1

    clients = [threading.Thread(target=ask_on, args=(n,)) for n in range(8)]
    for client in clients:
        client.start()
    speed = training.speed(seconds)
    stop.set()
    for client in clients:
        client.join()
    return speed, answered[0]


def try_access_here(training, count):
    """A page elsewhere, in a browser of this machine, against a server without a token."""
    port = training.port
    json_type = {"Content-Type": "application/json"}
    stop = json.dumps({"command": "stop"})
    for name in ["evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", "", "[::1].evil.example"]:
        for target in TARGETS:
            answer = ask(port, "GET", target, {"Host": name})
            count.check(answer is not None and answer[0] == 403, f"Host {name!r} for {target}: {answer and answer[0]}")
        answer = ask(port, "POST", CONTROL, {"Host": name, **json_type}, stop)
        count.check(answer is not None and answer[0] == 403, f"stop by Host {name!r}: {answer and answer[0]}")
    own = f"127.0.0.1:{port}"
    for headers, status in [
        ({"Origin": "http://evil.example", **json_type}, 403),
        ({"Origin": "null", **json_type}, 403),
        ({"Origin": f"http://127.0.0.1:{port + 1}", **json_type}, 403),
        ({"Origin": f"http://localhost:{port}", **json_type}, 403),
        ({"Sec-Fetch-Site": "cross-site", **json_type}, 403),
        ({"Sec-Fetch-Site": "same-site", **json_type}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({}, 415),
    ]:
        answer = ask(port, "POST", CONTROL, {"Host": own, **headers}, stop)
        count.check(answer is not None and answer[0] == status, f"stop with {headers}: {answer and answer[0]}, not {status}")
    training.check(count, "attempts to stop it from elsewhere")


def try_access_elsewhere(place, count):
    """Clients of a server that other machines reach, with its token and without."""
    place.mkdir()
    program = Program([*TRAIN, "--serve", "--host", "0.0.0.0"], place)
    found = program.wait_for(r"http:\S+:(\d+)/\?token=(\w+)") or sys.exit(f"no page: {program.said()}")
    port, token = int(found[1]), found[2]
    stop = json.dumps({"command": "stop"})
    json_type = {"Content-Type": "application/json"}
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    for headers in [
        {}, {"Cookie": f"ganymede_token={wrong}"}, {"Authorization": f"Bearer {wrong}"}, {"Authorization": f"Bearer {token[:-1]}"},
        {"Authorization": f"Basic {token}"}, {"Cookie": f"ganymede_token={token}0"}, {"Cookie": f"other={token}"}, {"X-Token": token},
        {"Host": "localhost"}, {"Host": "127.0.0.1"}, {"Referer": f"http://127.0.0.1:{port}/?token={token}"},
    ]:  # fmt: skip
        for target in [*TARGETS, f"/?token={wrong}", "/?token="]:
            answer = ask(port, "GET", target, headers)
            count.check(answer is not None and answer[0] == 401, f"{target} with {headers}: {answer and answer[0]}")
        answer = ask(port, "POST", f"{CONTROL}?token={token}", {**headers, **json_type}, stop)
        count.check(answer is not None and answer[0] == 401, f"stop with {headers}: {answer and answer[0]}")
    known = {"Cookie": f"ganymede_token={token}", **json_type}
    for headers, status in [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": f"http://127.0.0.1:{port}", "Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ]:
        answer = ask(port, "POST", CONTROL, {**known, **headers}, stop)
        count.check(answer is not None and answer[0] == status, f"stop with the token and {headers}: {answer and answer[0]}")
    count.check(program.alive(), "the training goes on after attempts to stop it without leave")
    answer = ask(port, "POST", CONTROL, {**known, "Origin": f"http://127.0.0.1:{port}"}, stop)
    count.check(answer is not None and answer[0] == 200, f"stop with leave: {answer and answer[0]}")
    status = program.process.wait(60)
    count.check(status == 130, f"stopped on the page it exits with {status}, not 130")


def few_processes():
    """A user who may have only a few threads more; None where nobody but this user can be had."""
    if os.geteuid() != 0:
        return None

    def become():
        os.setgid(65534)
        os.setuid(65534)
        resource.setrlimit(resource.RLIMIT_NPROC, (12, 12))

    return become


def try_few_threads(place, count):
    """Forty viewers where the system allows a handful of threads."""
    become = few_processes()
    if become is None:
        print("left out, as it takes root: a limit of processes")
        return
    place.mkdir()
    place.chmod(0o777)
    training = Training(place, [*TRAIN, "--serve"], preexec_fn=become)
    viewers = []
    for _ in range(40):
        viewer = socket.create_connection(("127.0.0.1", training.port), timeout=5.0)
        viewer.sendall(f"GET {EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        viewers.append(viewer)
    time.sleep(1.0)
    training.check(count, "forty viewers at the limit of processes")
    for viewer in viewers:
        viewer.close()
    training.check(count, "they have left")
    count.check(training.program.stop() == 130, "Ctrl-C at the limit of processes")


def main():
    options = arguments(__doc__).parse_args()
    count = Count()
    part = max(3.0, 60.0 * options.minutes / 8.0)
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        place.chmod(0o755)
        training = Training(place, [*TRAIN, "--serve"])
        training.check(count, "its start")
        quiet = training.speed(part)
        watched, watching = try_viewers(training, count, part)
        hammered, answered = hammer(training, part)
        training.check(count, "hammering")
        attacked, sent = try_requests(training, count, options.seed, 2.0 * part)
        try_slow_clients(training, count, part)
        try_access_here(training, count)
        quiet = 0.5 * (quiet + training.speed(part))
        count.check(training.program.stop() == 130, "Ctrl-C after all that")
        resumed = run(["train", "--resume", f"runs/{RUN}", "--steps", training.step() + 200, "--quiet", *BRIEF], place)
        count.check(resumed.returncode == 0, f"the run goes on: {resumed.stderr}")
        try_access_elsewhere(place / "elsewhere", count)
        try_few_threads(place / "few", count)
    print(f"steps a second: {quiet:.0f} alone")
    for speed, what in [
        (watched, f"with 100 viewers, {watching} of whom were told"),
        (hammered, f"with 8 clients that ask without a pause, {answered} answers"),
        (attacked, f"with {sent} hostile requests"),
    ]:
        print(f"steps a second: {speed:.0f} {what}, a ratio of {speed / max(quiet, 1e-9):.2f}")
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
