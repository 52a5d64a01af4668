"""What `gxview doctor` says about healthy and broken machines."""

from __future__ import annotations

import ctypes
from importlib.metadata import PackageNotFoundError

import pytest

from gxview.cli import doctor, system_libraries


def test_a_healthy_installation_has_nothing_wrong(qapp):
    report = doctor.diagnose()
    assert report.problems == []
    assert report.sections["Versions"]["torch"].startswith("2.")
    assert "cores" in report.sections["Devices"]["cpu"]
    assert report.sections["Explanations"] == {"AttnLRP and LRP": "loaded"}
    assert report.sections["Window"]["platform"].startswith("offscreen")


def test_a_torchvision_that_does_not_fit_is_named_with_the_mending_command(monkeypatch):
    def broken(name):
        assert name == "torchvision"
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(doctor, "version", lambda name: "0.99")
    monkeypatch.setattr(doctor, "import_module", broken)
    trouble = doctor._torchvision_trouble()
    assert trouble is not None
    assert "pip uninstall torchvision" in trouble
    assert "nms" in trouble


def test_a_missing_package_is_named(monkeypatch):
    def lookup(name):
        if name == "lxt":
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor, "version", lookup)
    report = doctor.Report()
    assert doctor._packages(report)["lxt"] == "missing"
    assert report.problems == ["The package lxt is not installed; run 'make install'."]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_missing_system_libraries_give_one_apt_line(monkeypatch, capsys, platform):
    def refuse(soname):
        if soname == "libEGL.so.1":
            raise OSError(soname)

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    monkeypatch.setattr(system_libraries.sys, "platform", platform)
    code = system_libraries.main()
    said = capsys.readouterr().err
    if platform == "linux":
        assert code == 1
        assert "sudo apt-get install -y fonts-dejavu-core libegl1\n" in said
    else:
        assert (code, said) == (0, "")
