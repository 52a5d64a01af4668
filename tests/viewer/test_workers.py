"""Threads: priorities, cancellation, late answers, an end within two seconds."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque

import pytest

from gxview.errors import Cancelled, GxviewError
from gxview.viewer.explaining.device import STEPS_BACK, DeviceThread, Priority
from gxview.viewer.work.inbox import Inbox
from gxview.viewer.work.jobs import JobList, JobState
from gxview.viewer.work.loop import QueueLoop


@pytest.fixture
def device(loop):
    made = []
    device = DeviceThread(lambda: made.append(threading.current_thread().name) or "engine", loop)
    device.made = made
    yield device
    device.stop()
    assert device.join(2)


def test_the_engine_is_made_once_in_the_device_thread_on_first_use(device, loop):
    assert device.made == []
    seen = []
    for _ in range(3):
        device.submit(Priority.SCREEN, lambda engine, tell, ask: engine, lambda outcome: seen.append(outcome.value))
    assert loop.run(lambda: len(seen) == 3)
    assert seen == ["engine"] * 3
    assert device.made == ["gxview-device-0"]


def test_the_screen_is_served_before_neighbours_and_exports(device, loop):
    gate, order = threading.Event(), []
    device.submit(Priority.SCREEN, lambda *_: gate.wait(5), lambda _: order.append("first"))
    for name, priority in (("export", Priority.EXPORT), ("near", Priority.NEAR), ("screen", Priority.SCREEN)):
        device.submit(priority, lambda *_: None, lambda _, name=name: order.append(name))
    gate.set()
    assert loop.run(lambda: len(order) == 4)
    assert order == ["first", "screen", "near", "export"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has priorities of single threads")
def test_the_window_goes_before_models_and_the_threads_they_start(device, loop):
    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work(*_):
        inner = []
        thread = threading.Thread(target=lambda: inner.append(own()))
        thread.start()
        thread.join()
        return own(), *inner

    seen = []
    for _ in range(2):
        device.submit(Priority.SCREEN, work, lambda outcome: seen.append(outcome.value))
    assert loop.run(lambda: len(seen) == 2)
    nicer = min(19, own() + STEPS_BACK)
    assert seen == [(nicer, nicer)] * 2


def test_a_dropped_task_is_never_heard_of(device, loop):
    gate, heard = threading.Event(), []
    running = device.submit(Priority.SCREEN, lambda *_: gate.wait(5), lambda _: heard.append("running"))
    queued = device.submit(Priority.SCREEN, lambda *_: heard.append("worked"), lambda _: heard.append("queued"))
    last = []
    device.submit(Priority.NEAR, lambda *_: None, lambda _: last.append(1))
    running.drop()
    queued.drop()
    gate.set()
    assert loop.run(lambda: bool(last))
    assert heard == []


def test_a_cancelled_task_says_so(device, loop):
    outcomes, began = [], threading.Event()

    def work(_engine, _tell, cancelled):
        began.set()
        while not cancelled():
            threading.Event().wait(0.002)
        raise Cancelled("stopped")

    task = device.submit(Priority.SCREEN, work, outcomes.append)
    assert began.wait(5)
    task.cancel()
    assert loop.run(lambda: bool(outcomes))
    assert (outcomes[0].cancelled, outcomes[0].ok) == (True, False)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (GxviewError("chr9 is unknown; choose chr1."), "chr9 is unknown; choose chr1."),
        (MemoryError(), "not enough memory"),
        (ZeroDivisionError("division by zero"), "division by zero"),
    ],
)
def test_a_failure_becomes_a_sentence_and_the_thread_goes_on(device, loop, error, words):
    outcomes = []

    def fail(*_):
        raise error

    device.submit(Priority.SCREEN, fail, outcomes.append)
    device.submit(Priority.SCREEN, lambda *_: 5, outcomes.append)
    assert loop.run(lambda: len(outcomes) == 2)
    assert words in outcomes[0].error
    assert outcomes[1].value == 5


def test_progress_arrives_on_the_main_thread(device, loop):
    seen, ends = [], []
    device.submit(
        Priority.SCREEN,
        lambda _engine, tell, _ask: [tell(i, 3) for i in range(3)],
        ends.append,
        lambda: seen.append(("began", threading.current_thread() is threading.main_thread())),
        lambda done, total: seen.append((done, total)),
    )
    assert loop.run(lambda: bool(ends))
    assert seen == [("began", True), (0, 3), (1, 3), (2, 3)]


def test_nothing_runs_after_the_end(loop):
    device = DeviceThread(lambda: None, loop)
    device.stop()
    heard = []
    device.submit(Priority.SCREEN, lambda *_: heard.append(1), heard.append)
    assert device.join(1)
    assert heard == []
    assert device.waiting == 0


def test_a_stuck_thread_is_reported_not_waited_for(loop):
    device, gate = DeviceThread(lambda: None, loop), threading.Event()
    began = threading.Event()
    device.submit(Priority.SCREEN, lambda *_: (began.set(), gate.wait(20)), lambda _: None)
    assert began.wait(5)
    device.stop()
    assert not device.join(0.05)
    gate.set()
    assert device.join(5)


def test_a_timer_that_was_stopped_never_fires():
    loop, fired = QueueLoop(), []
    stop = loop.later(0.0, lambda: fired.append("stopped"))
    loop.later(0.01, lambda: fired.append("kept"))
    stop()
    assert loop.run(lambda: bool(fired))
    assert fired == ["kept"]
    assert not loop.run(lambda: False, timeout=0.01)


def test_jobs_end_once_and_old_ones_go():
    jobs = JobList()
    first = jobs.start("first")
    jobs.run(first, 1, 2)
    jobs.end(first, JobState.FAILED, "why")
    jobs.end(first, JobState.DONE)
    jobs.run(first, 2, 2)
    assert (first.state, first.message, first.done) == (JobState.FAILED, "why", 1)
    for number in range(jobs.KEEP + 5):
        jobs.end(jobs.start(str(number)), JobState.DONE)
    assert len(jobs) <= jobs.KEEP + 1
    assert first not in list(jobs)
    assert jobs.active == []


def test_only_a_job_that_can_stop_offers_it():
    jobs, stopped = JobList(), []
    plain, stoppable = jobs.start("plain"), jobs.start("stoppable", lambda: stopped.append(1))
    assert (plain.can_cancel, stoppable.can_cancel) == (False, True)
    jobs.cancel_all()
    assert stopped == [1]
    jobs.end(stoppable, JobState.CANCELLED)
    stoppable.cancel()
    assert stopped == [1]


def test_what_two_threads_say_at_once_is_heard(loop):
    heard = []
    inbox = Inbox(loop, heard.extend)

    class Racing(deque):
        def append(self, thing):
            super().append(thing)
            if thing == "first":
                # another thread comes between
                inbox.put("second")

    inbox._waiting = Racing()
    inbox.put("first")
    assert loop.run(lambda: len(heard) == 2, 1.0)
    inbox.put("third")
    assert loop.run(lambda: len(heard) == 3, 1.0)
    assert heard == ["first", "second", "third"]
