"""Walks through the table of regions and through the peaks, and takes regions in and out of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeAlias

from psygnal import Signal

from gxview.errors import GxviewError
from gxview.genome import Region
from gxview.viewer.places.loci import MAX_LOCI
from gxview.viewer.places.region_files import known_name, read_regions, write_regions
from gxview.viewer.places.regions import RegionRow, RegionTable
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.jobs import JobList
from gxview.viewer.work.notices import Notices
from gxview.viewer.work.running import run_job, settle
from gxview.viewer.work.workers import Outcome, Workers

MARGIN = 0.25
"""Part of a region's length that is shown on each side of it."""
LEAST_MARGIN = 20
"""Bases shown on each side at least."""

TableName: TypeAlias = Literal["regions", "peaks"]
Column: TypeAlias = Literal["name", "place", "length", "strand", "score", "note"]


class Navigator:
    """What a person does with the two tables of regions; the keys step through the active one.

    Parameters
    ----------
    model
        State of the viewer.
    workers
        Threads that read files.
    jobs, notices
        Where progress and results are shown.
    show
        Shows regions, side by side when there are several.
    """

    active_changed = Signal(str)

    def __init__(
        self,
        model: ViewerModel,
        workers: Workers,
        jobs: JobList,
        notices: Notices,
        show: Callable[[Sequence[Region]], None],
    ) -> None:
        self._model = model
        self._workers = workers
        self._jobs = jobs
        self._notices = notices
        self._show = show
        self._active: TableName = "regions"
        model.reference_changed.connect(lambda _reference: self._rename())

    @property
    def active(self) -> TableName:
        """The table that the keys step through: 'regions' or 'peaks'."""
        return self._active

    @active.setter
    def active(self, name: TableName) -> None:
        if name != self._active:
            self._active = name
            self.active_changed.emit(name)

    @property
    def table(self) -> RegionTable:
        """The active table."""
        return self.of(self._active)

    def of(self, name: TableName) -> RegionTable:
        """Return a table by its name."""
        return self._model.regions if name == "regions" else self._model.peaks

    # -- moving

    def step(self, by: int, keep_zoom: bool = False) -> None:
        """Go to the next (1) or previous (-1) row of the active table.

        Parameters
        ----------
        by
            Direction.
        keep_zoom
            Put the middle of the region into the middle of the window and leave the zoom as it is.
        """
        row = self.table.step(by)
        if row is None:
            what = "peaks" if self._active == "peaks" else "regions"
            hidden = "; the filter hides all of them" if len(self.table) else ""
            self._notices.info(f"There are no {what} to step through{hidden}.")
        else:
            self._go(row, keep_zoom)

    def go(self, index: int) -> None:
        """Go to a row of the active table, which becomes the current one."""
        self.table.current = index
        self._go(self.table[index], keep_zoom=False)

    def side_by_side(self, indices: Sequence[int]) -> None:
        """Show up to `MAX_LOCI` rows of the active table next to each other."""
        places = [place for index in indices[:MAX_LOCI] if (place := self._place(self.table[index])) is not None]
        if len(indices) > MAX_LOCI:
            self._notices.warning(f"Only the first {MAX_LOCI} of {len(indices)} regions have room side by side.")
        if places:
            self._show(places)

    # -- rows

    def add(self, region: Region) -> None:
        """Add a region to the table of regions."""
        table = self._model.regions
        table.add([RegionRow.of(region, f"region {len(table) + 1}")])
        table.current = len(table) - 1
        self.active = "regions"

    def add_visible(self) -> None:
        """Add what the active locus shows."""
        if self._model.camera.is_open:
            self.add(self._model.camera.view.region)
        else:
            self._notices.warning("Open a genome before a region is added.")

    def add_rows(self, indices: Iterable[int]) -> None:
        """Copy peaks into the table of regions."""
        self._model.regions.add([self._model.peaks[index] for index in indices])

    def edit(self, index: int, column: Column, text: str) -> bool:
        """Change a cell of the active table as a person typed it; False, and a notice, when that makes no sense."""
        try:
            self.table.replace(index, **self._parsed(column, text.strip()))
        except GxviewError as error:
            self._notices.error(str(error))
            return False
        return True

    def sort(self, column: Column, descending: bool = False) -> None:
        """Order the active table by a column; rows without a score come last."""
        chroms = self._model.reference.names if self._model.reference is not None else ()
        rank = {name: place for place, name in enumerate(chroms)} if column == "place" else {}
        least = float("inf") if not descending else float("-inf")
        keys: dict[Column, Callable[[RegionRow], object]] = {
            "name": lambda row: row.name.casefold(),
            "place": lambda row: (rank.get(row.chrom, len(rank)), row.chrom, row.start, row.end),
            "length": lambda row: row.length,
            "strand": lambda row: row.strand,
            "score": lambda row: least if row.score is None else row.score,
            "note": lambda row: row.note.casefold(),
        }
        self.table.sort(keys[column], descending)

    # -- files

    def open(self, path: Path) -> None:
        """Add the regions of a file to the table of regions, off the main thread."""
        job, reference = self._jobs.start(f"Reading regions from {path.name}"), self._model.reference

        def done(outcome: Outcome) -> None:
            if settle(self._jobs, self._notices, job, outcome):
                self._take(path, outcome.value)

        run_job(self._workers, self._jobs, job, lambda _tell, _ask: read_regions(path, reference), done)

    def save(self, path: Path) -> None:
        """Write the rows that show of the active table as BED or as a table with notes."""
        rows = [self.table[index] for index in self.table.shown]
        try:
            whole = write_regions(path, rows)
        except GxviewError as error:
            self._notices.error(str(error))
            return
        self._notices.info(f"Wrote {len(rows):,} regions to {path.name}.")
        if not whole:
            self._notices.warning(f"BED takes no notes; save as .tsv to keep those of {path.name}.")

    def _parsed(self, column: Column, text: str) -> dict[str, object]:
        if column == "place":
            reference = self._model.reference
            region = Region.parse(text) if reference is None else reference.region(text)[0]
            found: dict[str, object] = {"chrom": region.chrom, "start": region.start, "end": region.end}
            return found if region.strand == "." else {**found, "strand": region.strand}
        if column == "strand":
            return {"strand": text or "."}
        if column == "score":
            try:
                return {"score": float(text.replace(",", "")) if text else None}
            except ValueError:
                raise GxviewError(f"The score '{text}' is no number.") from None
        return {column: text}

    def _take(self, path: Path, rows: Sequence[RegionRow]) -> None:
        if not rows:
            self._notices.warning(f"{path.name} holds no regions.")
            return
        self._model.regions.add(rows)
        self.active = "regions"
        if self._model.reference is not None:
            chroms = dict.fromkeys(row.chrom for row in rows)
            unknown = [chrom for chrom in chroms if chrom not in self._model.reference.sizes]
            if unknown:
                some = ", ".join(unknown[:3]) + (", ..." if len(unknown) > 3 else "")
                self._notices.warning(f"The reference lacks chromosomes of {path.name}: {some}.")

    def _rename(self) -> None:
        """Call the chromosomes of the regions as the genome that was opened does."""
        reference = self._model.reference
        if reference is None or not len(self._model.regions):
            return
        rows = self._model.regions.rows
        names = {chrom: known_name(chrom, reference) for chrom in {row.chrom for row in rows}}
        if any(name != chrom for chrom, name in names.items()):
            with self._model.unrecorded():
                self._model.regions.rows = [replace(row, chrom=names[row.chrom]) for row in rows]

    def _go(self, row: RegionRow, keep_zoom: bool) -> None:
        place = self._place(row)
        if place is None:
            return
        camera = self._model.camera
        if keep_zoom and camera.is_open:
            half = camera.view.span / 2
            middle = (row.start + row.end) / 2
            camera.show(place.chrom, self._size(place.chrom), middle - half, middle + half)
        else:
            self._show([place])

    def _place(self, row: RegionRow) -> Region | None:
        """Return a row with its margin, in the reference's words; a notice says why there is none."""
        reference = self._model.reference
        if reference is None:
            self._notices.error("Open a genome before a region is shown.")
            return None
        try:
            region, _ = reference.region(row.region)
        except GxviewError as error:
            self._notices.error(str(error))
            return None
        margin = max(LEAST_MARGIN, round(region.length * MARGIN))
        end = min(region.end + margin, reference.sizes[region.chrom])
        return Region(region.chrom, max(0, region.start - margin), end)

    def _size(self, chrom: str) -> int:
        reference = self._model.reference
        return reference.sizes[chrom] if reference is not None else 1
