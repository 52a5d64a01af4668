"""Which format a track file has, told by its content."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from gxview.errors import GxviewError
from gxview.tracks.attributes import is_gff3
from gxview.tracks.bbi import BIGBED_MAGIC, BIGWIG_MAGIC
from gxview.tracks.text import head_of, track_settings

_TWOBIT_MAGIC = 0x1A412743
_LATER = "this version does not show it"
_SHOWN = ((b"BAM\x01", "bam"), (b"CRAM", "cram"), (b"BCF", "bcf"))
_BINARY = (
    (b"TBI\x01", "is a tabix index; open the file that it belongs to"),
    (b"CSI\x01", "is an index; open the file that it belongs to"),
    (b"BAI\x01", "is an index; open the BAM file that it belongs to"),
)
_TEXT = ((">", "is a FASTA file; open it as the genome"),)
_TRACK_TYPES = {"bedgraph": "bedgraph", "narrowpeak": "peaks", "broadpeak": "peaks", "bed": "bed", "beddetail": "bed"}
_SUFFIXES = {
    ".gff": "gff3", ".gff3": "gff3", ".gff2": "gff3", ".gtf": "gtf", ".bed": "bed", ".narrowpeak": "peaks",
    ".broadpeak": "peaks", ".bedgraph": "bedgraph", ".bdg": "bedgraph", ".bg": "bedgraph",
}  # fmt: skip
_SAM_HEADER = re.compile(r"@(HD|SQ|RG|PG|CO)\t")
_CIGAR, _ALLELE = re.compile(r"\*|(\d+[MIDNSHP=XB])+"), re.compile(r"[ACGTNacgtn]+")
_OPENED = "GFF3, GTF, BED, narrowPeak, bigBed, bedGraph, bigWig, VCF, BCF, BAM, CRAM and SAM are"
_SNIFFED = 200


def format_of(path: Path) -> str:
    """Tell the format of a track file.

    Returns
    -------
    str
        ``'bigwig'``, ``'bigbed'``, ``'gff3'``, ``'gtf'``, ``'bed'``, ``'peaks'`` (narrowPeak, broadPeak),
        ``'bedgraph'``, ``'vcf'``, ``'bcf'``, ``'bam'``, ``'cram'`` or ``'sam'``.

    Raises
    ------
    GxviewError
        If the file is missing, empty, or of a kind that is not shown.
    """
    if path.is_dir():
        raise GxviewError(f"{path} is a folder; name a file in it.")
    head = head_of(path)
    if not head:
        raise GxviewError(f"{path} is empty.")
    return _binary(path, head) or _text(path, head.decode("utf-8-sig", "replace"))


def _binary(path: Path, head: bytes) -> str | None:
    for order in "<>":
        magic = struct.unpack_from(f"{order}I", head)[0] if len(head) >= 4 else 0
        if magic == BIGWIG_MAGIC:
            return "bigwig"
        if magic == BIGBED_MAGIC:
            return "bigbed"
        if magic == _TWOBIT_MAGIC:
            raise GxviewError(f"{path} is a 2bit genome; convert it with: twoBitToFa {path} out.fa")
    for start, kind in _SHOWN:
        if head.startswith(start):
            return kind
    for start, what in _BINARY:
        if head.startswith(start):
            raise GxviewError(f"{path} {what}.")
    if b"\x00" in head:
        raise GxviewError(f"{path} is a binary file of an unknown kind; {_OPENED} shown.")
    return None


def _text(path: Path, text: str) -> str:
    for start, what in _TEXT:
        if text.startswith(start):
            raise GxviewError(f"{path} {what}.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    by_name = next((_SUFFIXES[suffix] for suffix in reversed(suffixes) if suffix in _SUFFIXES), None)
    if ".fai" in suffixes:
        raise GxviewError(f"{path} is the index of a FASTA file; open that file as the genome.")
    if ".bedpe" in suffixes:
        raise GxviewError(f"{path} holds pairs of places (BEDPE); {_LATER}.")
    told = _declared(path, text) or _reads_or_variants(text, suffixes)
    if told is not None:
        return told
    rows = list(_rows(text))
    found = next((kind for kind in (_by_columns(path, row, by_name) for row in rows) if kind is not None), None)
    if found is None and by_name is None:
        raise GxviewError(f"{path} is of an unknown kind; {_OPENED} shown.")
    return found or by_name or "bed"


def _declared(path: Path, text: str) -> str | None:
    for line in text.splitlines()[:_SNIFFED]:
        if line.startswith(("fixedStep", "variableStep")):
            raise GxviewError(f"{path} is a wiggle file; convert it with: wigToBigWig {path} chrom.sizes out.bw")
        if line.lower().startswith(("##gff-version", "##gff3")):
            return "gtf" if line.split()[-1].startswith("2") and ".gtf" in path.name.lower() else "gff3"
        if line.startswith("#gtf-version"):
            return "gtf"
        kind = track_settings(line).get("type", "").lower() if line.startswith("track") else ""
        if kind in _TRACK_TYPES and kind != "bed":
            return _TRACK_TYPES[kind]
        if kind and kind not in ("bed", "wiggle_0"):
            raise GxviewError(f"{path} is a track of type '{kind}'; {_LATER}.")
        if kind == "wiggle_0" and not any(row.startswith(("fixedStep", "variableStep")) for row in text.splitlines()):
            return "bedgraph"
    return None


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
    for line in complete[:_SNIFFED]:
        if line.strip() and not line.startswith(("#", "track", "browser")):
            yield line.split("\t") if "\t" in line else line.split()


def _by_columns(path: Path, row: list[str], by_name: str | None) -> str | None:
    if len(row) >= 8 and _whole(row[3]) and _whole(row[4]) and (by_name in ("gff3", "gtf") or not _whole(row[1])):
        attributes = " ".join(row[8:])
        return "gff3" if is_gff3(attributes) or ("transcript_id" not in attributes and by_name != "gtf") else "gtf"
    if len(row) < 3 or not (_whole(row[1]) and _whole(row[2])):
        return None
    if len(row) >= 6 and not _number(row[3]) and _whole(row[4]) and _whole(row[5]) and row[5] not in ("1", "-1"):
        raise GxviewError(f"{path} holds pairs of places (like BEDPE); {_LATER}.")
    if by_name in ("bed", "peaks", "bedgraph"):
        return by_name
    return "bedgraph" if len(row) == 4 and _number(row[3]) else "bed"


def _whole(text: str) -> bool:
    return text.strip().lstrip("-").isdecimal()


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
