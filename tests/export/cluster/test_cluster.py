"""A batch export on a cluster: the bytes of the local run, whatever happens to workers and coordinator."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gxview.errors import Cancelled, GxviewError, UsageError
from gxview.export.batch.control import Control
from gxview.export.batch.run import run_job
from gxview.export.cluster.site import Cluster
from gxview.job_file import write_job

ROOT = Path(__file__).resolve().parents[3]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def run_on(address: str, wanted, folder: Path, control: Control | None = None, **rest):
    steering = control or Control()
    with Cluster(address, steering) as site:
        return run_job(wanted, folder, site=site, control=steering, **rest)


def test_a_killed_coordinator_is_resumed_on_the_same_workers(workplace, job, tmp_path):
    wanted = job()
    run_job(wanted, tmp_path / "here")
    write_job(tmp_path / "job.json", wanted)
    for gate in workplace.gates.values():
        gate.shut()
    command = ["export", "--job", tmp_path / "job.json", "-o", tmp_path / "out", "--dask", workplace.address]
    coordinator = subprocess.Popen(
        [sys.executable, "-m", "gxview", *command, "--progress", "json"], stdout=subprocess.PIPE, cwd=ROOT
    )
    for gate in workplace.gates.values():
        gate.wait()
    assert coordinator.stdout is not None
    assert any(json.loads(line).get("bases", 0) > 0 for line in coordinator.stdout if b'"progress"' in line)
    coordinator.kill()
    coordinator.communicate()
    for gate in workplace.gates.values():
        gate.open()
    assert not list((tmp_path / "out").glob("*.bw"))
    events = []
    assert run_on(workplace.address, wanted, tmp_path / "out", resume=True, tell=events.append).status == "complete"
    assert events[0]["resumed_windows"] > 0
    assert files_of(tmp_path / "out") == files_of(tmp_path / "here")


def test_a_pause_holds_the_work_and_a_stopped_job_goes_on_anywhere(workplace, job, tmp_path):
    wanted, control, seen = job(), Control(), []
    run_job(wanted, tmp_path / "here")
    control.pause()

    def tell(event):
        if event["event"] == "progress":
            seen.append((event["state"], event["windows"], event["workers"]))
            if control.is_paused and event["workers"] == 2:
                control.resume()
            elif event["windows"]:
                control.stop()

    with pytest.raises(Cancelled, match="resume goes on"):
        run_on(workplace.address, wanted, tmp_path / "out", control, tell=tell)
    assert {windows for state, windows, _ in seen if state == "paused"} == {0}
    assert run_job(wanted, tmp_path / "out", resume=True).status == "complete"
    assert files_of(tmp_path / "out") == files_of(tmp_path / "here")


def test_a_worker_killed_in_the_middle_of_a_shard_costs_nothing_but_time(workplace, job, tmp_path):
    wanted, events = job(), []
    run_job(wanted, tmp_path / "here")
    gate = workplace.gates["two"]
    gate.shut()
    killer = threading.Thread(target=lambda: os.kill(gate.wait(), signal.SIGKILL))
    killer.start()
    assert run_on(workplace.address, wanted, tmp_path / "out", tell=events.append).status == "complete"
    killer.join()
    assert [event for event in events if event["event"] == "note" and "was lost" in event["text"]]
    assert {event["workers"] for event in events if event["event"] == "progress"} >= {1, 2}
    assert files_of(tmp_path / "out") == files_of(tmp_path / "here")


def test_workers_without_the_model_are_named(workplace, job, tmp_path, tiny_cnn_folder):
    hidden = tiny_cnn_folder.with_name("hidden")

    def tell(event):
        if event["event"] == "start":
            tiny_cnn_folder.rename(hidden)

    try:
        with pytest.raises(GxviewError, match=rf"No worker can do the job.*tcp://.*{tiny_cnn_folder}"):
            run_on(workplace.address, job(("cnn",)), tmp_path / "out", tell=tell)
    finally:
        hidden.rename(tiny_cnn_folder)
    assert run_on(workplace.address, job(("cnn",)), tmp_path / "out", resume=True).status == "complete"


def test_workers_started_here_give_the_same_bytes(job, tmp_path):
    wanted = job(("cnn",))
    run_job(wanted, tmp_path / "here")
    assert run_on("local:2", wanted, tmp_path / "out").status == "complete"
    assert files_of(tmp_path / "out") == files_of(tmp_path / "here")


def test_a_scheduler_that_does_not_answer_is_named(job, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with (
            Cluster(address, Control(), timeout=0.5) as site,
            pytest.raises(GxviewError, match=rf"No scheduler answers at {address}"),
        ):
            run_job(job(), tmp_path / "out", site=site)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["local:0", "localhost", "tcp://host", "local"])
def test_what_is_no_address_is_refused(job, tmp_path, address):
    with pytest.raises(UsageError, match=f"not '{address}'"):
        run_on(address, job(), tmp_path / "out")


def test_without_dask_one_sentence_says_what_to_install(job, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"install the extra gxview\[cluster\]"):
        run_on("tcp://127.0.0.1:8786", job(), tmp_path / "out")
