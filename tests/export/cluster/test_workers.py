"""What one worker does, without a cluster around it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from gxview.explain.batch import DeviceFull
from gxview.export.batch import device
from gxview.export.batch.places import find_places
from gxview.export.batch.plan import Plan
from gxview.export.batch.run import run_job
from gxview.export.batch.settle import settle_job
from gxview.export.batch.shards import ShardStore, file_checksum
from gxview.export.cluster import workers
from gxview.export.cluster.orders import Identity, Order, Refusal, make_contract
from gxview.genome import Reference


@pytest.fixture
def plan(job):
    wanted = job(("cnn",))
    reference = Reference(wanted.genome.path)
    settled = settle_job(wanted, reference)
    yield Plan.make(settled, find_places(wanted.places, reference))
    workers.release()


@pytest.fixture
def contract(plan):
    told = workers.identify("cpu")
    assert isinstance(told, Identity)
    return make_contract(plan.settled, told.arithmetic, 0)


def orders(plan, contract, sizes=None) -> list[Order]:
    tracks = tuple(track.index for track in plan.settled.tracks)
    return [
        Order(contract, one.index, tuple((p.chrom, p.start, p.end) for p in one.parts), tracks, sizes or {})
        for one in plan.shards
    ]


def test_shards_in_any_order_from_several_threads_are_those_of_the_local_job(plan, contract, tmp_path):
    run_job(plan.settled.job, tmp_path)
    records = ShardStore.open(tmp_path / ".gxview").records
    wanted = orders(plan, contract)[::-1]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(workers.work, wanted))
    for order, found in zip(wanted, answers, strict=True):
        for one in found:
            assert file_checksum(one.array) == records[one.track, order.index].sha256
            assert one.rows == records[one.track, order.index].rows


def test_a_worker_short_of_memory_says_what_size_it_came_down_to(plan, contract, monkeypatch):
    real = device.compute

    def compute(model, encoded, settings, *, size, hypothetical):
        if size > 4:
            raise DeviceFull("out of memory")
        return real(model, encoded, settings, size=size, hypothetical=hypothetical)

    monkeypatch.setattr(device, "compute", compute)
    found = workers.work(orders(plan, contract)[0])
    assert [one.size for one in found] == [4, 4]
    monkeypatch.undo()
    again = workers.work(orders(plan, contract, {0: 2})[1])
    assert [one.size for one in again] == [2, 2]
    assert all(np.isfinite(one.array).any() for one in found)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"machine": {"device": "cuda (NVIDIA H200)", "versions": {}}}, "it is cpu, the job runs on cuda .NVIDIA H200"),
        ({"machine": {"device": "cpu", "versions": {"torch": "1.0"}}}, "torch is 2.*, not 1.0"),
        ({"arithmetic": "ZVECTOR"}, "processor computes with .*, the others with ZVECTOR"),
    ],
)
def test_a_worker_with_other_last_bits_refuses(contract, changes, reason):
    told = workers.prepare(replace(contract, **changes))
    assert isinstance(told, Refusal)
    assert re.search(reason, told.reason)


def test_a_worker_without_the_genome_says_what_it_needs(contract, plan):
    job = plan.settled.job
    gone = job.genome.model_copy(update={"path": job.genome.path.with_name("gone.fa")})
    other = job.model_copy(update={"genome": gone})
    told = workers.prepare(replace(contract, job=other.model_dump_json()))
    assert isinstance(told, Refusal)
    assert "gone.fa on this machine; genome and model folders must be readable by all workers" in told.reason


def test_models_of_a_job_are_loaded_once_and_given_up_for_another(contract, plan, monkeypatch):
    real, loaded = workers.settle_job, []

    def settle(job, reference):
        loaded.append(job)
        return real(job, reference)

    monkeypatch.setattr(workers, "settle_job", settle)
    workers.prepare(contract)
    for order in orders(plan, contract)[:3]:
        workers.work(order)
    assert len(loaded) == 1
    other = replace(contract, job=plan.settled.job.model_copy(update={"stride": 7}).model_dump_json())
    workers.prepare(other)
    assert len(loaded) == 2
    assert isinstance(workers.work(orders(plan, contract)[0]), list)
    assert len(loaded) == 3
