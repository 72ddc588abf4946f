"""The console's files: whole, named by content, kept, and small on the wire."""

import gzip
import hashlib
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

from asterism.insight.tags import TAGS
from asterism.server.assets import DIRECTORY, Assets
from asterism.server.console.vocabulary import WORDS, codes_of

ROOT = Path(__file__).parents[3]
VENDOR = DIRECTORY / "vendor"


def test_vendored_files_are_what_the_manifest_says() -> None:
    listed = {
        name: digest
        for line in json.loads((VENDOR / "manifest.json").read_text())
        for name, digest in line["sha256"].items()
    }
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_package_brings_its_licence() -> None:
    for directory in (path for path in VENDOR.iterdir() if path.is_dir()):
        assert (directory / "LICENSE").is_file(), directory


def test_the_sprite_holds_the_icons_used_and_no_others() -> None:
    path = ROOT / "tools" / "vendor_assets.py"
    spec = importlib.util.spec_from_file_location("vendor_assets", path)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["vendor_assets"] = tool
    spec.loader.exec_module(tool)
    drawn = re.findall(r'<symbol id="([^"]+)"', (DIRECTORY / "icons.svg").read_text())
    assert drawn == tool.icons_used()


def test_a_file_is_kept_for_a_year_under_its_hash_only(visitor: Any, app: Any) -> None:
    assets: Assets = app.state.assets
    fresh = visitor.get(assets.url("console.css"))
    assert fresh.headers["cache-control"] == "public, max-age=31536000, immutable"
    stale = visitor.get("/static/000000000000/console.css")
    assert stale.headers["cache-control"] == "no-cache"
    assert visitor.get("/static/x/../../app.py").status_code == 404
    assert visitor.get(f"/static/{assets.version}/nothing.css").status_code == 404


def test_text_is_sent_gzipped_to_those_who_take_it(visitor: Any, app: Any) -> None:
    url = app.state.assets.url("vendor/tabler/tabler.min.css")
    packed = visitor.get(url)
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 90_000
    plain = visitor.get(url, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content


def test_compressed_content_is_the_same_every_time() -> None:
    one, other = Assets(), Assets()
    assert one.version == other.version
    name = "console.css"
    first, second = one._assets[name].packed(), other._assets[name].packed()
    assert first == second
    assert gzip.decompress(first) == (DIRECTORY / name).read_bytes()


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [*DIRECTORY.glob("*.css"), *DIRECTORY.glob("*.js")]:
        assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text()), path


def test_every_value_of_a_tag_has_a_name() -> None:
    nameless = {
        tag.name: [value for value in tag.values if value not in codes_of(tag.name)]
        for tag in TAGS.values()
        if tag.values
    }
    assert {name: values for name, values in nameless.items() if values} == {}


def test_every_name_is_in_three_languages() -> None:
    assert [
        (kind, code)
        for kind, table in WORDS.items()
        for code, text in table.items()
        if not (text.zh and text.en and text.es)
    ] == []
