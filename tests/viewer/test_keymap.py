from __future__ import annotations

import pytest
from app_model import Application
from app_model.types import Action, KeyBindingRule, MenuRule
from hypothesis import given
from hypothesis import strategies as st

from gxview.viewer.settings.keymap import Keymap
from gxview.viewer.settings.settings import Settings

USUAL = {"a": ("Ctrl+A",), "b": ("Ctrl+B", "Delete"), "c": (), "d": ("=",)}


@pytest.fixture
def keymap():
    yield make()
    Application.destroy("keymap-test")


def make():
    app = Application.get_or_create("keymap-test")
    if not list(app.commands):
        for name, keys in USUAL.items():
            rules = [KeyBindingRule(primary=key) for key in keys]
            action = Action(
                id=name, title=f"Do {name}...", category="File", callback=print, keybindings=rules,
                menus=[MenuRule(id="file")],
            )  # fmt: skip
            app.register_action(action)
    return Keymap(app, Settings())


def test_the_usual_keys_are_those_of_the_table_as_menus_write_them(keymap):
    assert keymap.keys("a") == ("Ctrl+A",)
    assert keymap.keys("b") == ("Ctrl+B", "Del")
    assert keymap.keys("c") == ()
    assert keymap.keys("d") == ("+", "=")
    assert [command.name for command in keymap.commands] == ["File: Do a", "File: Do b", "File: Do c", "File: Do d"]


def test_a_key_given_to_one_action_is_taken_from_the_other(keymap):
    told = []
    keymap.changed.connect(lambda: told.append(1))
    assert keymap.owner("Ctrl+A").id == "a"
    keymap.give("c", ["Ctrl+A", "F5"])
    assert (keymap.keys("a"), keymap.keys("c")) == ((), ("Ctrl+A", "F5"))
    assert keymap.owner("Ctrl+A").id == "c"
    assert keymap.is_changed("a")
    keymap.give("b", ["F5"])
    assert (keymap.keys("b"), keymap.keys("c")) == (("F5",), ("Ctrl+A",))
    assert len(told) == 2


def test_a_reset_brings_the_usual_keys_back_from_whoever_has_them(keymap):
    keymap.give("c", ["Ctrl+A"])
    keymap.reset("a")
    assert (keymap.keys("a"), keymap.keys("c")) == (("Ctrl+A",), ())
    keymap.give("b", [])
    assert keymap.owner("Ctrl+B") is None
    keymap.reset_all()
    assert {name: keymap.keys(name) for name in USUAL} == {name: keymap.usual(name) for name in USUAL}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.lists(st.sampled_from(["Ctrl+A", "Ctrl+B", "Del", "F5", "+"])))))
def test_no_key_ever_runs_two_actions(gifts):
    keymap = make()
    for command, keys in gifts:
        keymap.give(command, keys)
        assert keymap.keys(command) == tuple(dict.fromkeys(keys))
        used = [key for name in USUAL for key in keymap.keys(name)]
        assert len(used) == len(set(used))
    Application.destroy("keymap-test")
