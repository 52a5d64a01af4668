"""What the gallery shows: each picture is a function that drives a window from Python."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from qtpy.QtCore import QPoint
from qtpy.QtGui import QPainter, QPixmap
from qtpy.QtWidgets import QApplication

import gxview
from gxview.viewer.places.regions import RegionRow
from gxview.viewer.tracks.groups import TrackGroup
from gxview.viewer.tracks.kinds import FeatureTrack, SequenceTrack, SignalTrack, Track
from gxview.viewer.tracks.scale import ScaleOptions

WIDE, SMALL, SHORT = (1500, 900), (1500, 640), (1500, 420)
LAC = "NC_000913.3:366,290-366,390"
Make = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Picture:
    """A chapter of the gallery.

    Parameters
    ----------
    name, title, text
        What it is called, and what it shows.
    make
        Makes its files: called with the folders of the data and of the images.
    files
        Names of the files.
    """

    name: str
    title: str
    text: str
    make: Make
    files: tuple[str, ...] = field(default=())


PICTURES: list[Picture] = []


def picture(name: str, title: str, text: str, *files: str) -> Callable[[Make], Make]:
    """Add a picture to the gallery."""

    def add(make: Make) -> Make:
        PICTURES.append(Picture(name, title, " ".join(text.split()), make, files or (f"{name}.png",)))
        return make

    return add


def named(viewer: gxview.Viewer, start: str) -> Track:
    """Return the first track whose name starts so."""
    return next(track for track in viewer.tracks if track.name.startswith(start))


def desk(window: object) -> QPixmap:
    """Return the window with the dialogs that lie on it."""
    main: QPixmap = window.grab()  # type: ignore[attr-defined]
    painter = QPainter(main)
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget is not window:
            corner: QPoint = widget.pos() - window.pos()  # type: ignore[attr-defined]
            painter.drawPixmap(corner, widget.grab())
    painter.end()
    return main


def ecoli(data: Path, theme: str = "dark", size: tuple[int, int] = WIDE) -> gxview.Viewer:
    """Open E. coli with its genes."""
    folder = data / "genomes" / "ecoli"
    viewer = gxview.Viewer(folder / "NC_000913.3.fa.gz", folder / "NC_000913.3.gff.gz", theme=theme, size=size)
    named(viewer, "NC_000913.3.gff").name = "RefSeq genes"
    return viewer


@picture(
    "letters",
    "Two models at the lac promoter",
    """The base-level view: letters as high as their relevance, upside down below zero, for a CNN (LRP) and a small
    DNABERT-2 (AttnLRP) on the minus strand; the score of each model, the tokens of DNABERT-2, three reading frames.""",
    "letters-dark.png",
    "letters-light.png",
)
def letters(data: Path, images: Path) -> None:
    """Take the base-level view in both themes."""
    for theme in ("dark", "light"):
        with ecoli(data, theme, (1500, 1000)) as viewer:
            sequence = next(track for track in viewer.tracks if isinstance(track, SequenceTrack))
            sequence.translation = True
            sequence.height = 74
            viewer.go_to(LAC)
            for model in ("sample-cnn", "sample-dnabert2"):
                viewer.add_relevance(model, strand="-")
            viewer.screenshot(images / f"letters-{theme}.png")


@picture(
    "zooms",
    "From bases to the whole chromosome",
    """The same tracks at 500 bp, 5 kb, 50 kb and the whole chromosome: letters fade into bars, bars into a band from
    the smallest to the largest value with the mean as a line, and a badge says so; genes become counts.""",
    "zoom-500bp.png",
    "zoom-5kb.png",
    "zoom-50kb.png",
    "zoom-whole.png",
)
def zooms(data: Path, images: Path) -> None:
    """Take four widths around lacZ."""
    places = {"500bp": "366,100-366,599", "5kb": "363,500-368,499", "50kb": "340,001-390,000", "whole": ""}
    with ecoli(data, "light", SMALL) as viewer:
        viewer.add_relevance("sample-cnn", strand="-")
        for name, place in places.items():
            viewer.go_to(f"NC_000913.3:{place}" if place else "NC_000913.3")
            viewer.screenshot(images / f"zoom-{name}.png")


@picture(
    "compare",
    "Compared models: side by side, overlaid, subtracted",
    """Compare with... adds a second model, an overlay and a difference, in a group. The logits of two models are worth
    different things, so both show each in units of its own largest value on screen; the header says how far they agree
    (continuous Jaccard of the bases on screen).""",
)
def compare(data: Path, images: Path) -> None:
    """Take two models with their overlay and difference."""
    with ecoli(data, "light", (1500, 1000)) as viewer:
        viewer.go_to(LAC)
        first = viewer.add_relevance("sample-cnn", strand="-")
        comparisons = viewer.window.viewer.comparisons
        comparisons.add(first, comparisons.candidates(first)[0])
        for track in viewer.tracks:
            if track.kind in ("score", "tokens"):
                track.visible = False
        viewer.wait()
        viewer.screenshot(images / "compare.png")


@picture(
    "loci",
    "Several places side by side",
    """Three promoters of E. coli next to each other, each with its own ruler; the heights can be compared because a
    track has one scale over all places.""",
)
def loci(data: Path, images: Path) -> None:
    """Take three promoters."""
    with ecoli(data, "dark", SMALL) as viewer:
        viewer.add_relevance("sample-cnn", strand="-")
        viewer.go_to("NC_000913.3:366,290-366,370; NC_000913.3:70,040-70,120; NC_000913.3:1,321,210-1,321,290")
        viewer.screenshot(images / "loci.png")


@picture(
    "regions",
    "A table of regions",
    """TATA boxes of yeast in the table of regions: Enter goes there, N and P step, notes are edited in place; each
    region is shaded over the tracks. The genes come from a file whose chromosomes are called chrIV instead of IV.""",
)
def regions(data: Path, images: Path) -> None:
    """Take yeast with the table of regions."""
    yeast = data / "genomes" / "yeast"
    with gxview.Viewer(
        yeast / "Saccharomyces_cerevisiae.R64-1-1.fa.gz", yeast / "sacCer3.ensGene.bed12.gz", size=(1500, 900)
    ) as viewer:
        rows = (data / "promoters" / "yeast" / "rhee2012-TATAboxes-cleaned.bed").read_text().splitlines()
        reference = viewer.model.reference
        assert reference is not None
        for chrom, start, end, name, _score, strand in csv.reader(rows[:200], delimiter="\t"):
            row = RegionRow(reference.resolve(chrom), int(start), int(end), strand, name)
            viewer.model.regions.add([row])
        viewer.window.shell.show_panel("regions", True)
        viewer.run("next_region")
        for _ in range(4):
            viewer.run("next_region")
        viewer.model.camera.zoom(12)
        viewer.wait()
        viewer.screenshot(images / "regions.png")


@picture(
    "features",
    "Genes: packed, expanded, collapsed",
    """Transcripts of yeast as BED12 in the three modes; exons, introns with the direction of the strand, and labels
    that never lie on each other.""",
)
def features(data: Path, images: Path) -> None:
    """Take one annotation in three modes."""
    human = data / "genomes" / "human"
    with gxview.Viewer(human / "GRCh38_chr21_ensembl.gff3.gz", theme="light", size=(1500, 900)) as viewer:
        viewer.go_to("21:33,500,000-33,800,000")
        first = next(track for track in viewer.tracks if isinstance(track, FeatureTrack))
        first.name, first.height = "packed", 330
        for mode, height in (("expanded", 330), ("collapsed", 60)):
            (track,) = viewer.open(human / "GRCh38_chr21_ensembl.gff3.gz")
            track.name, track.mode, track.height = mode, mode, height  # type: ignore[union-attr, assignment]
        viewer.wait()
        viewer.screenshot(images / "features.png")


@picture(
    "reads",
    "Signals, genes and reads without a genome",
    """Three bigWigs of K562 on one scale in a group, a bedGraph, features with their own colours, genes from GTF and
    reads from BAM; no genome is open, the chromosomes come from the files.""",
    "reads-dark.png",
    "reads-close.png",
)
def reads(data: Path, images: Path) -> None:
    """Take the files around human chr9:4-6 Mb."""
    folder = data / "tracks" / "CoolBox"
    files = sorted(folder.glob("*.bigwig"))
    others = [folder / name for name in ("bed9_chr9_4000000_6000000.bed", "gtf_chr9_4000000_6000000.gtf")]
    with gxview.Viewer(*files, *others, folder / "bam_chr9_4000000_6000000.bam", size=(1500, 1000)) as viewer:
        signals = [track for track in viewer.tracks if isinstance(track, SignalTrack)]
        viewer.tracks.add_group(TrackGroup(name="K562", scale=ScaleOptions(mode="percentile")), signals)
        for track, color in zip(signals, ("#e0a13c", "#58a6d6", "#7bc67b"), strict=True):
            track.scale, track.color, track.height = ScaleOptions(mode="group"), color, 56
            track.name = track.name.split("K562_")[-1].split(".")[0]
        viewer.go_to("chr9:4,900,000-5,300,000")
        viewer.screenshot(images / "reads-dark.png")
        viewer.go_to("chr9:5,073,600-5,074,000")
        viewer.screenshot(images / "reads-close.png")


@picture(
    "variants",
    "Variants",
    """Variants of the volvox test genome of JBrowse from VCF: substitutions in the colour of the new base, insertions,
    deletions and symbolic ones, those that a filter rejected paler; their alleles where bases have room.""",
    "variants.png",
    "variants-close.png",
)
def variants(data: Path, images: Path) -> None:
    """Take a file of variants at two widths."""
    with gxview.Viewer(data / "tracks" / "jbrowse" / "volvox.test.vcf.gz", theme="light", size=SHORT) as viewer:
        viewer.tracks[0].height = 150
        viewer.go_to("contigA:2,900-6,000")
        viewer.screenshot(images / "variants.png")
        viewer.go_to("contigA:3,150-3,220")
        viewer.screenshot(images / "variants-close.png")


@picture(
    "volvox",
    "Reads with structural variants",
    """Simulated reads, genes and coverage of the same genome.""",
)
def volvox(data: Path, images: Path) -> None:
    """Take reads, genes and a signal."""
    folder = data / "tracks" / "jbrowse"
    files = (folder / "volvox-sv.bam", folder / "volvox.gtf", data / "tracks" / "bbi-js" / "volvox.bw")
    with gxview.Viewer(*files, size=(1500, 760)) as viewer:
        viewer.tracks[0].height = 330
        viewer.go_to("ctgA:2,600-3,400")
        viewer.screenshot(images / "volvox.png")


@picture(
    "human",
    "A human contig",
    """The start of human chromosome 1 (NT_077402.2; soft-masked letters are paler) with the gene DDX11L1, and what a
    model says that was trained on bacteria: something, as any model does outside of its training.""",
)
def human(data: Path, images: Path) -> None:
    """Take the contig with its gene."""
    folder = data / "genomes" / "human"
    files = (folder / "NT_077402.2.fa.gz", folder / "NT_077402.2.gene.gff3")
    with gxview.Viewer(*files, theme="light", size=SMALL) as viewer:
        viewer.add_relevance("sample-cnn")
        viewer.go_to("NT_077402.2:1,800-1,960")
        viewer.screenshot(images / "human.png")


@picture(
    "figure",
    "A figure in millimetres",
    """The same painters write PNG, SVG and PDF without the window around them, here 180 mm wide with 7 pt text:
    [figure.svg](images/gallery/figure.svg), [figure.pdf](images/gallery/figure.pdf).""",
)
def figure(data: Path, images: Path) -> None:
    """Write one figure in three formats."""
    with ecoli(data) as viewer:
        viewer.add_relevance("sample-cnn", strand="-")
        viewer.go_to("NC_000913.3:366,280-366,400; NC_000913.3:70,020-70,140")
        for suffix, options in ((".png", {"dpi": 200}), (".svg", {}), (".pdf", {})):
            viewer.figure(images / f"figure{suffix}", **options)


@picture(
    "styles",
    "Five ways to draw a signal",
    """The relevance of a model, written as bigWig and opened again: bars, line, points, heat map, and letters.""",
)
def styles(data: Path, images: Path) -> None:
    """Take one bigWig in all styles."""
    with ecoli(data, "light", (1500, 900)) as viewer:
        viewer.go_to(LAC)
        viewer.add_relevance("sample-cnn", strand="-")
        with_file = Path(images) / "relevance.bw"
        viewer.window.viewer.export_region(with_file)
        viewer.wait()
        for style in ("bars", "line", "points", "heatmap", "letters"):
            (track,) = viewer.open(with_file)
            track.name, track.style = style, style  # type: ignore[union-attr, assignment]
        viewer.wait()
        viewer.screenshot(images / "styles.png")
    for left in images.glob("relevance*"):
        left.unlink()


@picture(
    "panels",
    "Preferences, shortcuts, command palette",
    """Every action has a menu entry, a shortcut that can be changed, and a line in the command palette.""",
    "palette.png",
    "preferences.png",
    "shortcuts.png",
)
def panels(data: Path, images: Path) -> None:
    """Take the dialogs."""
    actions = {"palette": "palette", "preferences": "preferences", "shortcuts": "shortcuts"}
    for name, action in actions.items():
        with ecoli(data, "dark", (1400, 800)) as viewer:
            viewer.go_to("lacZ")
            viewer.run(action)
            QApplication.processEvents()
            desk(viewer.window).save(str(images / f"{name}.png"))
