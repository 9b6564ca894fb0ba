"""What a process of ours writes to standard error when something fails, whoever says it."""

import subprocess
import sys

import pytest

SECRET = "what-a-visitor-sent"

FAILURES = {
    "an error of others is logged": """
try:
    raise ValueError(secret)
except ValueError:
    logging.getLogger("pellucid.collect").exception("A hit failed")
""",
    "the process ends": "raise KeyError(secret)",
    "an error has a cause": """
try:
    int(secret)
except ValueError as error:
    raise RuntimeError("because of " + secret) from error
""",
    "a thread ends": """
def fail():
    raise ValueError(secret)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
""",
    "a destructor fails": """
class Failing:
    def __del__(self):
        raise ValueError(secret)
Failing()
""",
    "nobody waits for a task": """
async def fail():
    raise ValueError(secret)
async def run():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    del task
asyncio.run(run())
""",
    "a callback fails": """
def fail(text):
    raise ValueError(text)
async def run():
    asyncio.get_running_loop().call_soon(fail, secret)
    await asyncio.sleep(0)
asyncio.run(run())
""",
    "an asker is wrong, and nobody answers": "raise RequestError('There is no site ' + secret)",
    "others warn": "logging.getLogger('urllib3.connection').critical('%s is odd', secret)",
    "others warn with all they know": "logging.getLogger('asyncio').error(f'Odd: ({secret})')",
}
LINES_TELL = {
    "an error of others is logged": (
        "ERROR pellucid.collect: A hit failed",
        "in <module>",
        "builtins.ValueError",
    ),
    "the process ends": ("CRITICAL pellucid: This part ends:", "builtins.KeyError"),
    "an error has a cause": ("CRITICAL pellucid: This part ends:", "builtins.RuntimeError"),
    "a thread ends": ("CRITICAL pellucid: A thread ends:", "in fail", "builtins.ValueError"),
    "a destructor fails": ("ERROR pellucid: Nobody heard:", "in __del__", "builtins.ValueError"),
    "nobody waits for a task": ("ERROR asyncio: Task exception was never retrieved", "builtins.ValueError"),
    "a callback fails": ("ERROR asyncio: Exception in callback fail", "builtins.ValueError"),
    "an asker is wrong, and nobody answers": ("CRITICAL pellucid: This part ends:", "pellucid.errors.RequestError"),
    "others warn": ("CRITICAL urllib3.connection:",),
    "others warn with all they know": ("ERROR asyncio: Odd:",),
}


def said(code: str) -> str:
    """Run what fails in a process that logs as ours do, and return what it wrote."""
    begin = f"""
import asyncio, logging, threading
from pellucid.errors import *
from pellucid.log import log_discreetly
log_discreetly()
secret = {SECRET!r}
"""
    ended = subprocess.run([sys.executable, "-c", begin + code], check=False, capture_output=True, text=True)
    assert ended.stdout == ""
    return ended.stderr


@pytest.mark.parametrize("failure", FAILURES)
def test_where_something_failed_is_told_and_nothing_of_a_visitor(failure: str) -> None:
    told = said(FAILURES[failure])

    assert SECRET not in told
    assert [part for part in LINES_TELL[failure] if part not in told] == []


def test_what_an_error_of_ours_says_to_the_operator_is_told() -> None:
    told = said("raise JournalUnavailable('Make room on this disk.')")

    assert told.splitlines()[-1] == "pellucid.errors.JournalUnavailable: Make room on this disk."


def test_what_only_informs_is_not_written() -> None:
    assert said("logging.getLogger('pellucid').info('well'); logging.getLogger('urllib3').warning('again')") == ""
    assert said("logging.getLogger('python_multipart.multipart').warning('Expected %d', 45)") == ""


def test_an_interrupt_is_no_failure() -> None:
    assert said("raise KeyboardInterrupt") == ""
