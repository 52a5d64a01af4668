"""Sessions of IGV open with their files, names, colours, scales, places and regions."""

from __future__ import annotations

from pathlib import Path

import pytest

from gxview.errors import GxviewError
from gxview.export.browsers import BrowserTrack, igv_session
from gxview.genome import Region
from gxview.viewer.sessions.file import Place
from gxview.viewer.sessions.igv_session import WHOLE, is_igv_session, read_igv_session
from gxview.viewer.sessions.state import capture

SESSION = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<Session genome="genome.fa" locus="chr1:1,001-2,000" nextAutoscaleGroup="3" version="8">
    <Resources>
        <Resource name="Signal one" path="signal.bw" type="bigwig"/>
        <Resource path="data/other.bw"/>
        <Resource path="third.bw"/>
        <Resource path="https://example.org/far.bigWig" type="bigwig"/>
        <Resource path="genes.gff" type="gff"/>
        <Resource path="reads.bam" index="reads.bam.bai" type="bam"/>
        <Resource path="odd.tdf"/>
    </Resources>
    <Panel height="400" name="DataPanel" width="1200">
        <Track altColor="0,0,178" autoScale="false" clazz="org.igv.track.DataSourceTrack" color="255,0,16" height="33"
               id="signal.bw" name="One" renderer="DYNSEQ" visible="true" windowFunction="mean">
            <DataRange baseline="0.0" maximum="4.5" minimum="-2.0" type="LINEAR"/>
        </Track>
        <Track autoScale="true" autoscaleGroup="2" clazz="org.igv.track.DataSourceTrack" id="{folder}/data/other.bw"
               name="Two" renderer="LINE_PLOT" visible="false"><DataRange maximum="9" minimum="0" type="LOG"/></Track>
        <Track clazz="org.igv.track.DataSourceTrack" autoscaleGroup="2" id="third.bw" name="Three" height="4000"/>
        <Track clazz="org.igv.sam.CoverageTrack" id="reads.bam_coverage" name="reads.bam Coverage" height="60"/>
        <Track clazz="org.igv.sam.SpliceJunctionTrack" id="reads.bam_junctions" name="Junctions" visible="false"/>
        <Track clazz="org.igv.sam.AlignmentTrack" id="reads.bam" name="Reads" height="200"/>
        <Track clazz="org.igv.track.MotifTrack" id="TATA" name="Motif"/>
        <Track clazz="org.igv.track.MergedTracks" id="af6f" name="Both" autoScale="true">
            <Track id="https://example.org/far.bigWig" name="Far" color="0,0,255"/>
            <Track id="signal.bw" name="One"/>
            <DataRange maximum="10" minimum="0" type="LINEAR"/>
        </Track>
        <Track clazz="org.igv.track.CombinedDataTrack" id="17" name="Minus" op="SUBTRACT" track1="signal.bw"
               track2="third.bw" autoScale="true"/>
    </Panel>
    <Panel height="100" name="FeaturePanel" width="1200">
        <Track clazz="org.igv.track.SequenceTrack" id="Reference sequence" name="Reference sequence"
               sequenceTranslationStrandValue="-" shouldShowTranslation="true" visible="true"/>
        <Track clazz="org.igv.track.FeatureTrack" displayMode="COLLAPSED" id="genes.gff" name="Genes"/>
        <Track clazz="org.igv.track.FeatureTrack" id="https://example.org/refGene.txt.gz" name="Refseq All"/>
    </Panel>
    <Regions>
        <Region chromosome="chr1" start="99" end="200" description="a peak"/>
        <Region chromosome="chr1" start="9" end="x"/>
    </Regions>
</Session>
"""


@pytest.fixture
def imported(tmp_path):
    path = tmp_path / "session.xml"
    path.write_text(SESSION.format(folder=tmp_path))
    assert is_igv_session(path)
    return read_igv_session(path)


def _named(imported, name):
    return next(track for track in imported.session.tracks if track.name == name)


def test_the_tracks_come_with_their_names_in_order(imported):
    names = [track.name for track in imported.session.tracks]
    assert names == ["One", "Two", "Three", "Reads", "Both", "Far", "Minus", "Sequence", "Genes"]


def test_a_signal_keeps_its_look(imported, tmp_path):
    one = _named(imported, "One")
    assert (one.kind, one.path, one.style) == ("signal", str(tmp_path / "signal.bw"), "letters")
    assert (one.color, one.negative_color, one.height) == ("#ff0010", "#0000b2", 33)
    assert (one.scale.mode, one.scale.low, one.scale.high, one.scale.log) == ("fixed", -2.0, 4.5, False)


def test_tracks_that_autoscale_together_become_a_group(imported):
    two, three = _named(imported, "Two"), _named(imported, "Three")
    (group,) = imported.session.groups
    assert two.group == three.group == group.id
    assert [two.scale.mode, three.scale.mode, group.name] == ["group", "group", "Scale group 2"]
    assert (two.visible, two.style, two.scale.log, three.height) == (False, "line", True, 600)


def test_the_parts_of_a_file_of_reads_are_one_track(imported, tmp_path):
    reads = [track for track in imported.session.tracks if track.kind == "alignments"]
    assert [(track.path, track.height) for track in reads] == [(str(tmp_path / "reads.bam"), 200)]


def test_overlays_and_differences_are_made_of_the_tracks(imported):
    one, far, both, minus = (_named(imported, name) for name in ("One", "Far", "Both", "Minus"))
    assert both.of == (far.id, one.id)
    assert (minus.first, minus.second) == (one.id, _named(imported, "Three").id)
    assert (one.visible, far.visible) == (True, False)
    assert far.path == "https://example.org/far.bigWig"


def test_sequence_and_genes(imported):
    sequence, genes = _named(imported, "Sequence"), _named(imported, "Genes")
    assert (sequence.translation, sequence.reverse, genes.mode) == (True, True, "collapsed")


def test_place_genome_and_regions(imported, tmp_path):
    session = imported.session
    assert session.genome.path == str(tmp_path / "genome.fa")
    assert session.loci == (Place(chrom="chr1", start=1000, end=2000),)
    assert [(row.chrom, row.start, row.end, row.name) for row in session.regions] == [("chr1", 99, 200, "a peak")]


def test_what_cannot_come_along_is_told(imported):
    told = " ".join(imported.notes)
    assert all(name in told for name in ("Motif", "Refseq All", "odd.tdf", "no proper place"))


@pytest.mark.parametrize(
    ("attributes", "places", "note"),
    [
        ('genome="hg38" locus="All"', [], "'hg38', which is no FASTA file"),
        ('locus="chr2"', [Place(chrom="chr2", start=0, end=WHOLE)], ""),
        ('locus="chr1:5-9 chr2:1-3"', [Place(chrom="chr1", start=4, end=9), Place(chrom="chr2", start=0, end=3)], ""),
        ('locus="chr1:9-5"', [], "cannot be read"),
    ],
)
def test_places_and_identifiers(tmp_path, attributes, places, note):
    (tmp_path / "s.xml").write_text(f"<Session {attributes} version='8'/>")
    imported = read_igv_session(tmp_path / "s.xml")
    assert list(imported.session.loci) == places
    assert imported.session.genome is None
    assert note in " ".join(imported.notes)


def test_the_frames_of_a_gene_list_are_places_side_by_side(tmp_path):
    frames = "".join(f"<Frame chr='chr{n}' start='{n}.5' end='{n + 10}'/>" for n in range(1, 7))
    (tmp_path / "s.xml").write_text(f"<Session locus='A B'><GeneList name='x'>A B{frames}</GeneList></Session>")
    imported = read_igv_session(tmp_path / "s.xml")
    assert [place.chrom for place in imported.session.loci] == ["chr1", "chr2", "chr3", "chr4"]
    assert "the first 4" in imported.notes[0]


def test_an_old_session_lists_its_files_otherwise(tmp_path):
    (tmp_path / "s.xml").write_text("<Global version='2'><Files><DataFile name='a.bed'/></Files></Global>")
    (track,) = read_igv_session(tmp_path / "s.xml").session.tracks
    assert (track.kind, track.path, track.name) == ("features", str(tmp_path / "a.bed"), "a.bed")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Session locus="&b;"/>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Session locus="all">&a;</Session>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "entities"),
        (OUTSIDE, "entities"),
        ("<Session><Panel></Session>", "damaged \\(line 1\\): mismatched tag"),
        ("<html/>", "no IGV session"),
        ("", "damaged"),
    ],
)
def test_what_is_no_session_is_refused_in_one_sentence(tmp_path, content, message):
    (tmp_path / "s.xml").write_text(content)
    with pytest.raises(GxviewError, match=message):
        read_igv_session(tmp_path / "s.xml")


def test_our_own_export_comes_back(tmp_path):
    genome = tmp_path / "genome.fa"
    tracks = [
        BrowserTrack(tmp_path / "r.bw", "relevance", -1.5, 2.5, 1000, letters=True),
        BrowserTrack(tmp_path / "s.bw", "score", 0.0, 1.0, 1000, letters=False),
    ]
    (tmp_path / "x.igv.xml").write_text(igv_session(tmp_path, genome, Region("chr1", 100, 300), tracks))
    session = read_igv_session(tmp_path / "x.igv.xml").session
    assert session.genome.path == str(genome)
    assert session.loci == (Place(chrom="chr1", start=100, end=300),)
    relevance, score, sequence = session.tracks
    assert (relevance.name, relevance.style, relevance.scale.mode, relevance.height) == (
        "relevance",
        "letters",
        "auto",
        120,
    )
    assert (score.style, score.scale.mode, score.scale.low, score.scale.high) == ("bars", "fixed", 0.0, 1.0)
    assert sequence.kind == "sequence"


def test_an_igv_session_opens_on_the_genome_that_is_open(opened, loop, tmp_path, genome):
    for name in ("signal.bw", "genes.gff"):
        (tmp_path / name).write_text("x")
    (tmp_path / "s.xml").write_text(SESSION.format(folder=tmp_path).replace('genome="genome.fa"', 'genome="hg19"'))
    opened.opener.open([Path(tmp_path / "s.xml")])
    assert loop.run(lambda: opened.is_idle)
    assert [track.name for track in opened.model.tracks][:3] == ["One", "Both", "Far"]
    view = opened.model.camera.view
    assert (view.chrom, view.start, view.end) == ("chr1", 1000, 2000)
    assert opened.model.reference.path == genome
    assert opened.session.path is None
    told = [notice.text for notice in opened.notices.history]
    assert any("hg19" in text for text in told)
    assert any("third.bw does not exist" in text for text in told)
    assert capture(opened.model).regions[0].name == "a peak"
