"""Small servers, each a process of its own, as the parts of Pellucid run."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from time import sleep

import httpx2
import pytest

from pellucid.serving import listen

SERVER = """
import asyncio, socket, sys
from pellucid.serving import end_with_parent, serve

async def application(scope, receive, send):
    if scope["path"] == "/slow":
        print("begun", flush=True)
        await asyncio.sleep(0.5)
    told = scope["path"].encode()
    if scope["method"] == "POST":
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        told = b"|".join([told, scope["query_string"], dict(scope["headers"])[b"told"], body])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": told})

end_with_parent()
serve(application, socket.socket(fileno=int(sys.argv[1])))
print("ended in order", flush=True)
"""
UNTIL_TOLD = """
from pellucid.serving import until_told_to_end
ending = until_told_to_end()
print("begun", flush=True)
ending.wait()
print("ended in order", flush=True)
"""


class Running:
    """A server in a process of its own."""

    def __init__(self) -> None:
        with listen("127.0.0.1", 0) as listener:
            self.port = listener.getsockname()[1]
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVER, str(listener.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                text=True,
            )
        self.url = f"http://127.0.0.1:{self.port}"

    def lines(self) -> Iterator[str]:
        """Yield what it prints."""
        assert self.process.stdout is not None
        return iter(self.process.stdout)


@pytest.fixture
def running() -> Iterator[Running]:
    server = Running()
    # The socket listens already: the answer comes when the process has begun.
    assert httpx2.get(f"{server.url}/first", timeout=60).text == "/first"
    yield server
    with server.process as process:
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_has_begun_is_answered_before_the_end(running: Running, number: signal.Signals) -> None:
    with closing(socket.create_connection(("127.0.0.1", running.port))) as asker:
        asker.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        lines = running.lines()
        assert next(lines) == "begun\n"

        running.process.send_signal(number)
        answer = b"".join(iter(lambda: asker.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"/slow\r\n0\r\n\r\n")
    assert list(lines) == ["ended in order\n"]
    assert running.process.wait(30) == 0


def test_a_server_ends_in_order_when_the_one_that_started_it_is_gone(running: Running) -> None:
    assert running.process.stdin is not None

    running.process.stdin.close()

    assert list(running.lines()) == ["ended in order\n"]
    assert running.process.wait(30) == 0


def test_an_answer_tells_nothing_of_the_server(running: Running) -> None:
    assert set(httpx2.get(running.url).headers) <= {"transfer-encoding", "connection"}


def test_who_waits_to_be_told_to_end_ends_in_order() -> None:
    with subprocess.Popen([sys.executable, "-c", UNTIL_TOLD], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert next(process.stdout) == "begun\n"

        process.terminate()

        assert list(process.stdout) == ["ended in order\n"]
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("host", "reached_at"), [("127.0.0.1", ["127.0.0.1"]), ("::1", ["::1"]), ("::", ["::1", "127.0.0.1"])]
)
def test_a_socket_listens_on_either_version(host: str, reached_at: list[str]) -> None:
    with listen(host, 0) as listener:
        for address in reached_at:
            socket.create_connection((address, listener.getsockname()[1])).close()


def test_a_port_in_use_is_not_shared() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match="Address already in use"):
        listen("127.0.0.1", listener.getsockname()[1])


E_ACUTE = "é".encode()
REQUEST = (
    b"POST /caf%b?url=http://x/%b&b=\xff HTTP/1.1\r\nHost: a\r\nTold: %b\r\nContent-Length: 8\r\n\r\nb\n%b\xff/\xe9\n"
)
"""A request with raw bytes in the address, a header, and the body."""


@pytest.mark.parametrize("size", [1000, 60, 7, 1])
def test_an_address_may_have_raw_bytes_and_nothing_else_is_changed(running: Running, size: int) -> None:
    request = REQUEST % ((E_ACUTE,) * 4)
    told = E_ACUTE.join([b"/caf", b"|url=http://x/%C3%A9&b=%FF|", b"|b\n", b"\xff/\xe9\n"])

    with closing(socket.create_connection(("127.0.0.1", running.port))) as asker:
        asker.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(3):
            for start in range(0, len(request), size):
                asker.sendall(request[start : start + size])
                # So that each piece is one that the server takes by itself.
                sleep(0.002)
            answer = b""
            while not answer.endswith(b"0\r\n\r\n"):
                piece = asker.recv(4096)
                assert piece, answer
                answer += piece

            assert answer.startswith(b"HTTP/1.1 200")
            assert told in answer


@pytest.mark.parametrize("line", ["GÉT / HTTP/1.1", "GET /a b HTTP/1.1", "GET / HTTP/é.1", "\x16\x03\x01ü"])
def test_what_is_no_request_line_is_still_none(running: Running, line: str) -> None:
    with closing(socket.create_connection(("127.0.0.1", running.port))) as asker:
        asker.sendall(f"{line}\r\nHost: a\r\n\r\n".encode())
        answer = b"".join(iter(lambda: asker.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("length", [65_536, 1_000_000])
def test_an_address_of_more_than_64_kilobytes_is_told_to_be_too_long(running: Running, length: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", running.port))) as asker:
        asker.sendall(b"GET /?" + b"a" * length + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b"".join(iter(lambda: asker.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 414 ")
    assert answer.endswith(b"\r\n\r\nThe address is longer than 64 KB.")
