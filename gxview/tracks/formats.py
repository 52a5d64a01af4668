"""Which format a track file has, told by its content."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from gxview.errors import GxviewError
from gxview.tracks.attributes import is_gff3
from gxview.tracks.bbi import BIGBED_MAGIC, BIGWIG_MAGIC
from gxview.tracks.places import url_of
from gxview.tracks.text import head_of, track_settings

_TWOBIT_MAGIC = 0x1A412743
_SHOWN = ((b"BAM\x01", "bam"), (b"CRAM", "cram"), (b"BCF", "bcf"))
_ARRAYS = ((b"PK\x03\x04", (".npz",)), (b"\x89HDF", (".h5", ".hdf5")))
_BINARY = (
    (b"\x89HDF", "is an HDF5 file, not a track"),
    (b"TBI\x01", "is a tabix index; open the file that it belongs to"),
    (b"CSI\x01", "is an index; open the file that it belongs to"),
    (b"BAI\x01", "is an index; open the BAM file that it belongs to"),
    (b"TDF", "is a TDF file of IGV; convert it with: igvtools tdftobedgraph in.tdf out.bedgraph"),
    (b"HIC\x00", "holds contacts (Hi-C), which are not shown"),
    (b"PK\x03\x04", "is a zip archive; unpack it first"),
    (b"\x89PNG", "is a picture, not a track"),
    (b"%PDF", "is a PDF file, not a track"),
)
_INDEXES = {
    ".fai": "is the index of a FASTA file; open that file as the genome",
    ".gzi": "is the index of a bgzip file; open the file that it belongs to",
    ".crai": "is the index of a CRAM file; open the file that it belongs to",
}
_TEXT = (
    (">", "is a FASTA file; open it as the genome"),
    ("LOCUS  ", "is a GenBank file; convert it to FASTA and GFF3, for instance with: bp_genbank2gff3"),
    ("ID   ", "is an EMBL file; convert it to FASTA and GFF3"),
    ("psLayout", "holds BLAT alignments (PSL); convert them with: pslToBed in.psl out.bed"),
    ("<!DOCTYPE html", "is a web page, not a track; the download seems to have failed"),
    ("<html", "is a web page, not a track; the download seems to have failed"),
    ("<?xml", "is an XML file, not a track"),
    ("{", "is a JSON file, not a track"),
)
_TRACK_TYPES = {
    "bedgraph": "bedgraph", "wiggle_0": "bedgraph", "narrowpeak": "peaks", "broadpeak": "peaks", "bed": "bed",
    "beddetail": "bed", "interact": "interact",
}  # fmt: skip
_SUFFIXES = {
    ".gff": "gff3", ".gff3": "gff3", ".gff2": "gff3", ".gtf": "gtf", ".bed": "bed", ".narrowpeak": "peaks",
    ".broadpeak": "peaks", ".bedgraph": "bedgraph", ".bdg": "bedgraph", ".bg": "bedgraph", ".wig": "bedgraph",
    ".bedpe": "pairs", ".arcs": "arcs",
}  # fmt: skip
_SAM_HEADER = re.compile(r"@(HD|SQ|RG|PG|CO)\t")
_CIGAR, _ALLELE = re.compile(r"\*|(\d+[MIDNSHP=XB])+"), re.compile(r"[ACGTNacgtn]+")
_OPENED = "GFF3, GTF, BED, narrowPeak, BEDPE, bigBed, bedGraph, wiggle, bigWig, VCF, BCF, BAM, CRAM and SAM are"
_STEPS = ("fixedStep", "variableStep")
_MISSING = ("", ".", "NA", "NaN", "nan", "n/a")
_SNIFFED = 200
_LONGER = (1 << 20, 1 << 24)
"""Bytes that are looked at when a shorter beginning of a text is nothing but header."""


def format_of(path: str | Path) -> str:
    """Tell the format of a track file.

    Returns
    -------
    str
        ``'bigwig'``, ``'bigbed'``, ``'gff3'``, ``'gtf'``, ``'bed'``, ``'peaks'`` (narrowPeak, broadPeak), ``'pairs'``
        (BEDPE), ``'arcs'``, ``'interact'``, ``'bedgraph'`` (wiggle too), ``'vcf'``, ``'bcf'``, ``'bam'``, ``'cram'`` or
        ``'sam'``, ``'effects'`` (arrays of substitutions: npz, HDF5).

    Raises
    ------
    GxviewError
        If the file is missing, empty, or of a kind that is not shown.
    """
    url = url_of(path)
    if url is None and os.path.isdir(path):  # unlike Path.is_dir, False for names that no system takes
        raise GxviewError(f"{path} is a folder; name a file in it.")
    place, name = url or str(path), Path(urlsplit(url).path if url else path)
    head = head_of(path)
    if not head:
        raise GxviewError(f"{place} is empty.")
    if name.suffix.lower() in _INDEXES:
        raise GxviewError(f"{place} {_INDEXES[name.suffix.lower()]}.")
    return _binary(place, head) or _text(place, name, _with_data(path, head))


def _with_data(path: str | Path, head: bytes) -> str:
    """Return the beginning of a text, as much of it as is needed to see a line of data below its header."""
    text = head.decode("utf-8-sig", "replace")
    for size in _LONGER:
        if len(head) < size >> 4 or next(_rows(text), None) is not None:
            break
        head = head_of(path, size)
        text = head.decode("utf-8-sig", "replace")
    return text


def _binary(place: str, head: bytes) -> str | None:
    for order in "<>":
        magic = struct.unpack_from(f"{order}I", head)[0] if len(head) >= 4 else 0
        if magic == BIGWIG_MAGIC:
            return "bigwig"
        if magic == BIGBED_MAGIC:
            return "bigbed"
        if magic == _TWOBIT_MAGIC:
            raise GxviewError(f"{place} is a 2bit genome; convert it with: twoBitToFa {place} out.fa")
    for start, endings in _ARRAYS:
        if head.startswith(start) and place.lower().endswith(endings):
            return "effects"
    for start, kind in _SHOWN:
        if head.startswith(start):
            return kind
    for start, what in _BINARY:
        if head.startswith(start):
            raise GxviewError(f"{place} {what}.")
    if b"\x00" in head:
        raise GxviewError(f"{place} is a binary file of an unknown kind; {_OPENED} shown.")
    return None


def _text(place: str, name: Path, text: str) -> str:
    for start, what in _TEXT:
        if text.lstrip().startswith(start):
            raise GxviewError(f"{place} {what}.")
    suffixes = [suffix.lower() for suffix in name.suffixes]
    by_name = next((_SUFFIXES[suffix] for suffix in reversed(suffixes) if suffix in _SUFFIXES), None)
    told = _declared(place, name, text) or _reads_or_variants(text, suffixes)
    if told is not None:
        return told
    _refuse_tables(place, text)
    rows = islice(_rows(text), _SNIFFED)
    found = next((kind for kind in (_by_columns(row, by_name) for row in rows) if kind is not None), None)
    if found is None and by_name is None:
        raise GxviewError(f"{place} is of an unknown kind; {_OPENED} shown.")
    return found or by_name or "bed"


def _refuse_tables(place: str, text: str) -> None:
    """Name the tables of genomics that are no tracks."""
    rows = list(islice(_rows(text), 20))
    if rows and all(len(row) >= 20 and _whole(row[0]) and row[8].strip("+-") == "" != row[8] for row in rows):
        raise GxviewError(f"{place} holds BLAT alignments (PSL); convert it with: pslToBed {place} out.bed")
    if rows and all(len(row) >= 10 and {"+", "-"} & set(row[2:4]) for row in rows):
        raise GxviewError(f"{place} is a table of genes (genePred); convert it with: genePredToBed {place} out.bed")
    if rows and all(len(row) == 2 and _whole(row[1]) for row in rows):
        raise GxviewError(f"{place} is a list of names and sizes, not a track.")


def _declared(place: str, name: Path, text: str) -> str | None:
    lines = _sniffed(text)
    if any(line.startswith(_STEPS) for line in lines):
        return "bedgraph"
    for line in lines:
        if line.lower().startswith(("##gff-version", "##gff3")):
            return "gtf" if line.split()[-1].startswith("2") and ".gtf" in name.name.lower() else "gff3"
        if line.startswith("#gtf-version"):
            return "gtf"
        kind = track_settings(line).get("type", "").lower() if line.startswith("track") else ""
        if kind and kind not in _TRACK_TYPES:
            raise GxviewError(f"{place} is a track of type '{kind}', which is not shown.")
        if kind and kind != "bed":
            return _TRACK_TYPES[kind]
    return None


def _sniffed(text: str) -> list[str]:
    """Return the first comments and the first lines that are none."""
    lines = text.splitlines()
    comments = [line for line in lines[:_SNIFFED] if line.startswith("#")]
    return comments + list(islice((line for line in lines if not line.startswith("#")), _SNIFFED))


def _reads_or_variants(text: str, suffixes: list[str]) -> str | None:
    """Tell VCF and SAM, also without their headers."""
    if text.startswith(("##fileformat=VCF", "#CHROM\tPOS\t")):
        return "vcf"
    if _SAM_HEADER.match(text):
        return "sam"
    row = next(_rows(text), [])
    if len(row) >= 11 and _whole(row[1]) and _whole(row[3]) and _whole(row[4]) and _CIGAR.fullmatch(row[5]):
        return "sam"
    is_vcf = len(row) >= 8 and _whole(row[1]) and _ALLELE.fullmatch(row[3]) and ".vcf" in suffixes
    return "vcf" if is_vcf else None


def _rows(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()
    complete = lines if text.endswith("\n") or len(lines) < 2 else lines[:-1]
    for line in complete:
        if line.strip() and not line.startswith(("#", "track ", "track\t", "browser")):
            yield line.split("\t") if "\t" in line else line.split()


def _by_columns(row: list[str], by_name: str | None) -> str | None:
    if len(row) >= 8 and _whole(row[3]) and _whole(row[4]) and (by_name in ("gff3", "gtf") or not _whole(row[1])):
        attributes = " ".join(row[8:])
        return "gff3" if is_gff3(attributes) or ("transcript_id" not in attributes and by_name != "gtf") else "gtf"
    if by_name in ("arcs", "pairs"):
        return by_name
    if len(row) < 3 or not (_whole(row[1]) and _whole(row[2])):
        return None
    if len(row) >= 6 and not _number(row[3]) and _whole(row[4]) and _whole(row[5]) and row[5] not in ("1", "-1"):
        return "pairs"
    if by_name in ("bed", None) and _is_peak(row):
        return "peaks"
    if by_name in ("bed", "peaks") or (by_name == "bedgraph" and (len(row) < 4 or _is_value(row[3]))):
        return by_name
    return "bedgraph" if len(row) == 4 and _number(row[3]) else "bed"


def _is_peak(row: list[str]) -> bool:
    """Whether columns 7 to 9 or 10 are those of broadPeak or narrowPeak: measures, of which one is no whole number."""
    if len(row) not in (9, 10) or row[5] not in ("+", "-", ".") or not all(_number(text) for text in row[6:]):
        return False
    return any(not _whole(text) for text in row[6:9])


def _is_value(text: str) -> bool:
    return _number(text) or text.strip() in _MISSING


def _whole(text: str) -> bool:
    return text.strip().lstrip("-").isdecimal()


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
