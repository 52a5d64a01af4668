from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxview.errors import GxviewError
from gxview.viewer.settings.preferences import Preferences, read_into
from gxview.viewer.settings.settings import SECTIONS, Settings
from gxview.viewer.work.loop import QueueLoop


def kept(path):
    settings = Settings()
    assert read_into(path, settings) == []
    return settings


def test_settings_come_back_at_the_next_start(tmp_path):
    loop, path = QueueLoop(), tmp_path / "config" / "preferences.json"
    settings = Settings()
    preferences = Preferences(path, settings, loop)
    settings.theme = "light"
    settings.base_colors = {"a": "#123456"}
    settings.shortcuts = {"gxview.quit": ("Ctrl+K",)}
    settings.figure = settings.figure.with_(width_mm=85, heights_mm={"abc": 12.5})
    assert loop.run(path.exists)
    assert kept(path) == settings
    preferences.save()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "theme": st.sampled_from(["dark", "light"]),
            "text_size": st.integers(9, 13),
            "wheel": st.sampled_from(["zoom", "scroll"]),
            "live": st.booleans(),
            "threads": st.integers(0, 64),
            "device": st.text(max_size=8),
            "shortcuts": st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=5)).map(tuple), max_size=3),
            "recent_commands": st.lists(st.text(max_size=5)).map(tuple),
        },
    )
)
def test_any_settings_survive_the_file(tmp_path_factory, fields):
    path = tmp_path_factory.mktemp("p") / "preferences.json"
    settings = Settings()
    preferences = Preferences(path, settings, QueueLoop())
    for key, value in fields.items():
        setattr(settings, key, value)
    preferences.save()
    assert (kept(path) if path.exists() else Settings()) == settings


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "\x00"])
def test_a_broken_file_is_told_in_one_sentence_kept_aside_and_the_defaults_hold(tmp_path, text):
    path = tmp_path / "preferences.json"
    path.write_text(text)
    settings = Settings()
    preferences = Preferences(path, settings, QueueLoop())
    (problem,) = preferences.problems
    assert str(path) in problem
    assert settings == Settings()
    settings.theme = "light"
    preferences.save()
    assert kept(path).theme == "light"
    assert (tmp_path / "preferences.bad.json").read_text() == text


def test_only_what_is_wrong_in_a_file_falls_back(tmp_path):
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps({"theme": "pink", "text_size": 12, "from_the_future": 1, "threads": -2}))
    settings = Settings()
    (problem,) = read_into(path, settings)
    assert "from_the_future, theme, threads" in problem
    assert (settings.theme, settings.text_size, settings.threads) == ("dark", 12, 0)


def test_a_choice_of_the_command_line_holds_for_one_start_only(tmp_path):
    path = tmp_path / "preferences.json"
    settings = Settings()
    preferences = Preferences(path, settings, QueueLoop(), {"theme": "light", "device": "cpu"})
    assert settings.theme == "light"
    settings.text_size = 13
    preferences.save()
    assert (kept(path).theme, kept(path).device, kept(path).text_size) == ("dark", "auto", 13)
    settings.theme = "dark"
    settings.device = "mps"
    preferences.save()
    assert (kept(path).theme, kept(path).device) == ("dark", "mps")


def test_a_folder_that_takes_no_file_is_told_and_nothing_half_written_stays(tmp_path):
    (tmp_path / "file").write_text("")
    settings = Settings()
    preferences = Preferences(tmp_path / "file" / "preferences.json", settings, QueueLoop())
    settings.theme = "light"
    with pytest.raises(GxviewError, match="cannot be written"):
        preferences.save()
    assert (tmp_path / "file").read_text() == ""


def test_every_setting_with_a_title_stands_in_one_section():
    titled = {name for name, field in Settings.model_fields.items() if field.title}
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(titled)


def test_a_viewer_remembers_its_settings(viewer, tmp_path):
    path = tmp_path / "p.json"
    path.write_text('{"theme": "light", "text_size": "huge"}')
    viewer.remember(path)
    assert viewer.model.settings.theme == "light"
    assert "text_size" in viewer.notices.history[-1].text
    viewer.model.settings.threads = 2
    viewer.close()
    assert kept(path).threads == 2


def test_what_is_wrong_is_told_once(tmp_path):
    path = tmp_path / "preferences.json"
    path.write_text('{"threads": -2, "text_size": 12}')
    preferences = Preferences(path, Settings(), QueueLoop())
    assert preferences.problems
    preferences.close()
    assert kept(path).text_size == 12
