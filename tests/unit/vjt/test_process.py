"""Servers on free ports, and the end of what an earlier supervisor left."""

import signal
import socket
import subprocess
import sys

import pytest

from tests.waiting import until
from vjt.stack.process import PortTaken, StackError, end_stale, free_port, is_running, on_a_free_port


def test_the_wanted_port_is_given_if_it_is_free() -> None:
    wanted = free_port()

    assert free_port(wanted) == wanted
    with socket.create_server(("127.0.0.1", wanted)):
        assert free_port(wanted) != wanted


def test_a_server_whose_port_is_taken_meanwhile_is_started_on_another() -> None:
    wanted, tried = free_port(), []

    def start(port: int) -> None:
        tried.append(port)
        if len(tried) == 1:
            raise PortTaken

    on_a_free_port(start, wanted)

    assert tried[0] == wanted
    assert len(set(tried)) == 2


def test_a_server_that_fails_for_another_reason_is_not_tried_again() -> None:
    tried = []

    def start(port: int) -> None:
        tried.append(port)
        raise StackError("no memory")

    with pytest.raises(StackError, match="no memory"):
        on_a_free_port(start, None)
    assert len(tried) == 1


def test_a_stale_process_is_ended_and_a_stranger_with_its_number_is_not() -> None:
    program = [sys.executable, "-c", "import sys; sys.stdin.read()", "marked"]
    with subprocess.Popen(program, stdin=subprocess.PIPE) as process:
        until(lambda: is_running(process.pid, "marked"))  # its command line comes a moment after its start
        end_stale(process.pid, "another", signal.SIGTERM)
        assert process.poll() is None

        end_stale(process.pid, "marked", signal.SIGTERM)
        assert process.wait(60) == -signal.SIGTERM
