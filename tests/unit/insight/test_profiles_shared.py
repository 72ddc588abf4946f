from pathlib import Path

from asterism.insight.profiles import Profiles, ProfilesWriter


def test_whoever_opens_the_same_directory_shares_it(tmp_path: Path) -> None:
    ProfilesWriter(tmp_path / "profiles", [], 0).close()
    first = Profiles.open(tmp_path / "profiles")
    assert Profiles.open(tmp_path / "profiles") is first
