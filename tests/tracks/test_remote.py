"""Files on a web server: read by ranges, and one clear sentence when something is in the way."""

from __future__ import annotations

import http.server
import re
import shutil
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from gxview.errors import Cancelled, GxviewError
from gxview.genome import Region
from gxview.tracks import open_source
from gxview.tracks.places import open_bytes, url_of

SIGNAL = "CoolBox/bigwig_chr9_4000000_6000000_K562_H3K27ac.bigwig"
GENES = "bbi-js/chr22_with_name_and_geneName_index.bb"


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves a folder; what it does with ranges is set on the server."""

    def do_GET(self):
        asked, path = self.headers.get("Range"), self.server.folder / self.path.partition("?")[0].lstrip("/")
        self.server.asked.append((self.path, asked))
        if self.path.startswith("/moved/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/moved"))
            self.end_headers()
            return
        if self.path.startswith("/forbidden/") or not path.is_file():
            self.send_error(403 if self.path.startswith("/forbidden/") else 404)
            return
        data = path.read_bytes()
        status, body = 200, data
        if asked and self.server.ranges:
            first, last = (int(number) for number in re.findall(r"\d+", asked))
            status, body = 206, data[first : last + 1]
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{first + len(body) - 1}/{len(data)}")
        self.send_header("ETag", f'"{path.stat().st_mtime_ns}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cut])

    def log_message(self, *_):
        """Be quiet."""


@pytest.fixture
def server(tmp_path):
    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.folder, found.asked, found.ranges, found.cut = tmp_path, [], True, None
    found.url = f"http://127.0.0.1:{found.server_port}"
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture
def served(server, shared):
    def _served(name):
        target = server.folder / Path(name).name
        shutil.copyfile(shared / "data/tracks" / name, target)
        return f"{server.url}/{target.name}"

    return _served


def test_bigwig_is_read_by_ranges_like_the_file(served, server, shared):
    url, local = served(SIGNAL), open_source(shared / "data/tracks" / SIGNAL)
    source = open_source(url)
    region = Region("chr9", 4_500_000, 4_500_700)
    np.testing.assert_array_equal(source.values(region), local.values(region))
    far = Region("chr9", 0, 141_213_431)
    np.testing.assert_array_equal(source.summary(far, 100).max, local.summary(far, 100).max)
    assert (source.name, source.sizes) == (local.name, local.sizes)
    assert all(asked for _, asked in server.asked)
    count = len(server.asked)
    source.values(region)
    assert len(server.asked) == count, "what was read is kept"


def test_bigbed_is_read_and_searched_like_the_file(served, shared, monkeypatch):
    monkeypatch.setattr("gxview.tracks.bigbed._SEARCHED_INDEXED", 0)
    source, local = open_source(served(GENES)), open_source(shared / "data/tracks" / GENES)
    region = Region("chr22", 20_000_000, 20_200_000)
    assert source.features(region) == local.features(region) != []
    assert source.search("BID") == local.search("BID") != []


@pytest.mark.parametrize(
    "name", ["igv/wig/dm3_var_sample.wig", "pyGenomeTracks/dm3_genes.bed.gz", "jbrowse/volvox.gtf"]
)
def test_texts_are_read_whole(served, shared, name):
    told = []
    source = open_source(served(name), progress=lambda *where: told.append(where))
    local = open_source(shared / "data/tracks" / name)
    assert source.sizes == local.sizes
    assert told[-1][0] == told[-1][1] == (shared / "data/tracks" / name).stat().st_size
    with pytest.raises(Cancelled):
        open_source(served(name), cancelled=lambda: True)


def test_a_path_may_have_swallowed_a_slash_and_an_address_a_query(served):
    url = served("tangermeme/test.bw")
    assert url_of(Path(url)) == url
    assert open_source(Path(url)).sizes == open_source(f"{url}?key=1").sizes
    assert url_of("folder/http.bed") is None


def test_moved_files_are_followed(served, server):
    assert open_source(f"{server.url}/moved/{Path(served('tangermeme/test.bw')).name}").sizes["chr1"] == 284


def test_a_server_without_ranges_gives_small_files_whole_and_no_large_ones(served, server, shared, monkeypatch):
    server.ranges = False
    url, local = served("tangermeme/test.bw"), open_source(shared / "data/tracks/tangermeme/test.bw")
    region = Region("chr1", 0, 284)
    np.testing.assert_array_equal(open_source(url).values(region), local.values(region))
    monkeypatch.setattr("gxview.tracks.remote._WHOLE", 1000)
    with pytest.raises(GxviewError, match="answers no range requests; download the file"):
        open_source(url)


def test_what_is_in_the_way_is_said_in_one_sentence(served, server, monkeypatch):
    with pytest.raises(GxviewError, match=r"There is no file http://.*/nowhere\.bw on the server"):
        open_source(f"{server.url}/nowhere.bw")
    with pytest.raises(GxviewError, match=r"The server refused http://.*\(403 Forbidden\)"):
        open_source(f"{server.url}/forbidden/a.bw")
    with pytest.raises(GxviewError, match=r"cannot be reached .*; check the address and the network"):
        open_source("http://127.0.0.1:9/a.bw")
    with pytest.raises(GxviewError, match="cannot be reached"):
        open_source("http://no-such-host.invalid/a.bw")
    monkeypatch.setattr("gxview.tracks.remote.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(GxviewError, match="did not answer within"):
        open_source(f"http://127.0.0.1:{silent.getsockname()[1]}/a.bw")


def test_a_file_that_changes_or_vanishes_on_the_server_says_so(served, server):
    url = served(GENES)
    source, file = open_source(url), server.folder / Path(GENES).name
    file.write_bytes(file.read_bytes() + b"more")
    with pytest.raises(GxviewError, match="changed on the server since it was opened; open it again"):
        source.features(Region("chr22", 30_000_000, 50_000_000))
    file.unlink()
    with pytest.raises(GxviewError, match="There is no file"):
        source.features(Region("chr22", 30_000_000, 50_000_000))


def test_an_answer_that_ends_early_is_no_data(served, server):
    url = served("pyGenomeTracks/dm3_genes.bed.gz")
    server.cut = 5000
    with pytest.raises(GxviewError, match=r"dm3_genes\.bed\.gz"):
        open_source(url)


def test_variants_and_reads_are_asked_for_as_files(served):
    for name in ("tangermeme/test.vcf", "jbrowse/volvox-paired.bam"):
        with pytest.raises(GxviewError, match="download it"):
            open_source(served(name))


def test_pieces_of_all_sizes_and_threads(server):
    data = np.random.default_rng(0).bytes(1_000_000)
    (server.folder / "data").write_bytes(data)
    source, wrong = open_bytes(f"{server.url}/data"), []

    def read(seed):
        random = np.random.default_rng(seed)
        for _ in range(20):
            start = int(random.integers(0, 1_000_000))
            size = int(random.integers(0, min(200_000, 1_000_001 - start)))
            if source.read(start, size) != data[start : start + size]:
                wrong.append((start, size))

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with pytest.raises(GxviewError, match="cut off or damaged"):
        source.read(999_999, 2)
