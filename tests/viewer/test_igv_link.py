"""Show in IGV, with a listener in its place."""

from __future__ import annotations

import socketserver
import threading

import pytest

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.igv.hand_over import HandOver
from gxview.viewer.igv.link import igv_commands, send_to_igv


class FakeIgv(socketserver.ThreadingTCPServer):
    """Answers each line; what it was told is in `heard`."""

    daemon_threads = True

    def __init__(self, answer: str = "OK") -> None:
        self.heard: list[str] = []
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Listener)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Listener(socketserver.StreamRequestHandler):
    server: FakeIgv

    def handle(self) -> None:
        for line in self.rfile:
            self.server.heard.append(line.decode().rstrip("\n"))
            if self.server.answer:
                self.wfile.write(f"{self.server.answer}\n".encode())
            else:
                return


@pytest.fixture(params=["OK"])
def igv(request):
    with FakeIgv(request.param) as server:
        yield server
        server.shutdown()


def test_commands_are_those_of_igv(tmp_path):
    genome = tmp_path / "my genome.fa"
    files = [("/data/a.bw", "my, track"), ("/data/b c.gff", "")]
    assert igv_commands(genome, files, Region("chr1", 99, 200)) == [
        f'genome "{genome}"',
        "load /data/a.bw name=my_track",
        'load "/data/b c.gff" name=track',
        "goto chr1:100-200",
    ]


def test_every_command_is_sent_and_answered(igv):
    seen = []
    send_to_igv(["genome a.fa", "goto c:1-9"], port=igv.port, progress=lambda done, total: seen.append((done, total)))
    assert igv.heard == ["genome a.fa", "goto c:1-9"]
    assert seen == [(0, 2), (1, 2)]


@pytest.mark.parametrize(
    ("igv", "words"), [("ERROR: no such genome", "refused 'genome x': ERROR"), ("", "closed the connection")],
    indirect=["igv"],
)  # fmt: skip
def test_a_refusal_is_told(igv, words):
    with pytest.raises(GxviewError, match=words):
        send_to_igv(["genome x", "goto c:1-2"], port=igv.port)


def test_no_igv_is_told_with_what_to_do():
    with FakeIgv() as server:
        port = server.port
        server.shutdown()
    with pytest.raises(GxviewError, match="start IGV and check"):
        send_to_igv(["echo"], port=port)


@pytest.fixture
def hand_over(opened, tmp_path):
    return HandOver(
        opened.model, opened.live, opened.exporter, opened._io, opened.jobs, opened.notices, tmp_path / "for-igv"
    )


def test_genome_files_relevance_and_locus_reach_igv(opened, hand_over, igv, loop, genome, tmp_path):
    opened.opener.open([tmp_path / "genes.gff"])
    opened.explanations.add("fake-cnn")
    opened.go_to("chr1:1,001-1,500")
    assert loop.run(lambda: opened.is_idle)
    hand_over.show_in_igv(igv.port)
    assert loop.run(lambda: opened.is_idle and len(igv.heard) == 4)
    written = tmp_path / "for-igv" / "fake-cnn-chr1-1001-1500.bw"
    assert written.exists()
    assert igv.heard[0] == f"genome {genome}"
    assert igv.heard[1] == f"load {tmp_path / 'genes.gff'} name=genes.gff"
    assert igv.heard[2].startswith(f"load {written} name=fake-cnn")
    assert igv.heard[3] == "goto chr1:1001-1500"
    assert opened.notices.errors() == []


def test_without_igv_the_person_is_told(opened, hand_over, loop):
    with FakeIgv() as server:
        port = server.port
        server.shutdown()
    hand_over.show_in_igv(port)
    assert loop.run(lambda: opened.is_idle)
    assert "No IGV answers" in opened.notices.errors()[0]
