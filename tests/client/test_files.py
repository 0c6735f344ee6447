import os
import stat

import pytest

from attractor.client.files import whole_file


def test_a_file_appears_once_all_of_it_is_there(tmp_path):
    with whole_file(tmp_path / "new") as out:
        out.write(b"some")
        out.flush()
        assert not (tmp_path / "new").exists()
    assert (tmp_path / "new").read_bytes() == b"some"
    assert os.listdir(tmp_path) == ["new"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_fails_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path, error):
    (tmp_path / "old").write_bytes(b"old")

    def fail() -> None:
        with whole_file(tmp_path / "old") as out:
            out.write(b"new")
            raise error

    with pytest.raises(error):
        fail()
    assert (tmp_path / "old").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old"]


def test_a_file_that_is_replaced_keeps_its_mode_and_links_to_it(tmp_path):
    old = tmp_path / "old"
    old.write_bytes(b"old")
    old.chmod(0o640)
    (tmp_path / "link").symlink_to(old)
    with whole_file(tmp_path / "link") as out:
        out.write(b"new")
    assert old.read_bytes() == b"new"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert (tmp_path / "link").is_symlink()


def test_a_new_file_has_the_mode_that_others_have(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    with whole_file(tmp_path / "new"):
        pass
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_device_is_written_to_and_stays(tmp_path):
    with whole_file("/dev/null") as out:
        out.write(b"some")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(tmp_path / "pipe") as out:
        out.write(b"some")
    assert os.read(reader, 10) == b"some"
    os.close(reader)


@pytest.mark.parametrize("name", ["", "missing/new"])
def test_where_there_can_be_no_file_the_error_says_so_before_anything_is_computed(tmp_path, name):
    with pytest.raises(OSError, match=r"Is a directory|No such file"), whole_file(tmp_path / name):
        pytest.fail("it began")
