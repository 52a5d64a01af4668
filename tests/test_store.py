import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gxview.store import Store

KEY = "0123456789abcdef" * 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_what_was_put_comes_back(tmp_path, body):
    store = Store(tmp_path)
    store.put("explain", KEY, body)
    assert store.get("explain", KEY) == body
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:10], lambda b: b"", lambda b: b[:-1] + b"?"])
def test_a_damaged_task_is_no_task(tmp_path, damage):
    store = Store(tmp_path)
    store.put("measure", KEY, b"numbers\n" * 10)
    path = store.path("measure", KEY)
    path.write_bytes(damage(path.read_bytes()))
    assert store.get("measure", KEY) is None
    assert not store.has("measure", KEY)


def test_kinds_do_not_mix(tmp_path):
    store = Store(tmp_path)
    store.put("measure", KEY, b"numbers")
    assert not store.has("explain", KEY)
