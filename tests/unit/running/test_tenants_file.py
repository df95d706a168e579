"""The file of ``make tenants`` loses nothing, and nobody else can read it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.errors import CannotRun
from acceptance.running.tenants_file import Tenants, TenantsFile

FIRST = Tenants("http://a", {"one@b.cd": "", "two@b.cd": ""}, "password 1")
SECOND = replace(FIRST, keys={"one@b.cd": "", "three@b.cd": ""}, password="password 2")
THIRD = replace(FIRST, url="http://c", password="password 3")


def test_users_are_found_by_server_and_by_address(tmp_path: Path) -> None:
    file = TenantsFile(tmp_path / "tenants.json")
    for each in (FIRST, SECOND, THIRD):
        file.save(each)
    assert file.find("http://a", ("", "")) == SECOND
    assert file.find("http://a", ("ONE@b.cd", "two@b.cd")) == FIRST
    assert file.find("http://c", ("one@b.cd", "")) == THIRD
    assert file.find("http://c", ("", "three@b.cd")) is None
    file.save(replace(FIRST, password="password 4"))
    assert file.find("http://a", ("", "")) == replace(FIRST, password="password 4")
    assert file.find("http://a", ("", "three@b.cd")) == SECOND
    assert "password" not in f"{FIRST}"


def test_the_file_is_private_from_its_first_byte_and_written_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TenantsFile(tmp_path / "link.json")
    file.path.symlink_to(tmp_path / "tenants.json")
    file.save(FIRST)
    modes = []

    def full_disk(number: int) -> None:
        modes.append(os.fstat(number).st_mode & 0o777)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    previous = os.umask(0)
    try:
        with pytest.raises(CannotRun, match="cannot be written: No space left on device"):
            file.save(SECOND)
    finally:
        os.umask(previous)
    assert modes == [0o600]
    assert file.find("http://a", ("", "")) == FIRST
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.json", "tenants.json"]


@pytest.mark.parametrize("text", ["[", "{}", '[{"url": "http://a", "keys": {"one@b.cd": ""}}]'])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    file = TenantsFile(tmp_path / "tenants.json")
    file.path.touch(0o600)
    file.path.write_text(text, "utf-8")
    for use in (lambda: file.find("http://a", ("", "")), lambda: file.save(FIRST)):
        with pytest.raises(CannotRun, match="it is damaged"):
            use()
    assert file.path.read_text("utf-8") == text
