"""Weights laid out for the way back follow the weights of the network, and go when it goes."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
import torch
from torch import nn

from gxview.explain import fast_weights
from gxview.explain.fast import fast_pass
from gxview.explain.fast_weights import back_weight
from gxview.explain.rules import Rules
from gxview.explain.targets import target_vectors
from gxview.models.matmul import back
from tests.explain.networks import padded_batch, small_network


def weight(rows: int = 48, columns: int = 16) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(rows))


@pytest.mark.parametrize("rows", [(0, None), (0, 24), (24, None), (16, 32)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rows_of_a_weight_give_its_product(rows, dtype):
    matrix = weight().to(dtype)
    part = matrix[slice(*rows)]
    gradient = torch.randn(5, len(part), dtype=dtype)
    for _ in range(2):
        torch.testing.assert_close(back(gradient, back_weight(matrix, *rows)), gradient @ part, rtol=1e-5, atol=1e-5)


def change_in_place(matrix: nn.Parameter) -> None:
    with torch.no_grad():
        matrix.mul_(2)


def load_state(matrix: nn.Parameter) -> None:
    holder = nn.ParameterList([matrix])
    holder.load_state_dict({"0": matrix.detach() * 2})


def put_elsewhere(matrix: nn.Parameter) -> None:
    matrix.data = matrix.data * 2


@pytest.mark.parametrize("change", [change_in_place, load_state, put_elsewhere])
def test_a_frozen_weight_that_changes_is_laid_out_anew(change):
    matrix = nn.Parameter(weight(), requires_grad=False)
    gradient = torch.randn(5, 48)
    before = back(gradient, back_weight(matrix))
    change(matrix)
    torch.testing.assert_close(back(gradient, back_weight(matrix)), before * 2)


def test_a_weight_in_training_is_not_copied():
    matrix = nn.Parameter(weight())
    assert back_weight(matrix).data_ptr() == matrix.data_ptr()


def test_the_copy_goes_with_the_weight():
    gc.collect()
    held = len(fast_weights._KEPT)
    matrix = weight()
    copy = weakref.ref(back_weight(matrix))
    assert len(fast_weights._KEPT) == held + 1
    assert copy() is not None
    del matrix
    gc.collect()
    assert len(fast_weights._KEPT) == held
    assert copy() is None


def test_threads_that_start_at_once_get_the_numbers_of_one():
    network, (ids, mask) = small_network(dtype=torch.float32, scale=0.2).requires_grad_(False), padded_batch([9, 7])
    goal = target_vectors(1, 2, network.classifier.weight)
    found: list[torch.Tensor] = []
    threads = [
        threading.Thread(target=lambda: found.append(fast_pass(network, ids, mask, goal, Rules())[0])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone, _ = fast_pass(network, ids, mask, goal, Rules())
    assert len(found) == 4
    assert all(torch.equal(one, alone) for one in found)
