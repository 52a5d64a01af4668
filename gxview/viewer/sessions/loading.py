"""Shows a session: its genome, its tracks with their files, its places; files are opened off the main thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gxview.genome import Reference
from gxview.viewer.opening import Opener
from gxview.viewer.sessions.file import Place, Session
from gxview.viewer.sessions.state import apply
from gxview.viewer.sessions.undo import Undo
from gxview.viewer.tracks.kinds import FileTrack
from gxview.viewer.viewer_model import ViewerModel
from gxview.viewer.work.notices import Notices


class SessionLoader:
    """Makes a viewer show a session.

    Parameters
    ----------
    model
        State of the viewer.
    undo
        Takes a session on the same genome as one step; another genome clears the steps.
    opener
        Opens genomes and files.
    notices
        Where it is told what cannot be shown.
    """

    def __init__(self, model: ViewerModel, undo: Undo, opener: Opener, notices: Notices) -> None:
        self._model = model
        self._undo = undo
        self._opener = opener
        self._notices = notices
        self._number = 0

    def load(self, session: Session, done: Callable[[bool], None], keep_genome: bool = False) -> None:
        """Show a session; what is shown now goes.

        Parameters
        ----------
        session
            Its files must be there, or be addresses.
        done
            Called when everything was tried: with True, or with False where the genome failed (which is told, and
            nothing changed) or another session came in between.
        keep_genome
            Stay with the open genome where the session names none.
        """
        self._number += 1
        number = self._number

        def read(reference: Reference | None) -> None:
            if number != self._number or reference is None:
                done(False)
            else:
                self._show(session, reference, lambda: done(number == self._number))

        genome = session.genome
        if genome is None:
            kept = self._model.reference if keep_genome else None
            self._show(session, kept, lambda: done(number == self._number))
        elif self._is_open(session):
            read(self._model.reference)
        else:
            self._opener.read_genome(Path(genome.path), Path(genome.aliases) if genome.aliases else None, read)

    def _is_open(self, session: Session) -> bool:
        reference, genome = self._model.reference, session.genome
        if reference is None or genome is None or not reference.has_letters:
            return False
        aliases = str(reference.aliases.path.absolute()) if reference.aliases.path else None
        return (str(reference.path.absolute()), aliases) == (genome.path, genome.aliases)

    def _show(self, session: Session, reference: Reference | None, done: Callable[[], None]) -> None:
        model = self._model
        self._undo.call("open session")
        for camera in model.loci.cameras:
            camera.clear()
        model.reference = reference
        for key, name in session.models.items():
            model.add_model(key, name)
        apply(model, session.state)
        if reference is not None:
            self._go(session)
        self._attach(lambda: self._attached(session, reference, done))

    def _attach(self, done: Callable[[], None]) -> None:
        files = [track for track in self._model.tracks if isinstance(track, FileTrack)]
        left = len(files)

        def tried() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                done()

        for track in files:
            self._opener.reattach(track, tried)
        if not files:
            done()

    def _attached(self, session: Session, reference: Reference | None, done: Callable[[], None]) -> None:
        # without a genome the chromosomes are known only now
        if reference is None and self._model.reference is not None:
            self._go(session)
        done()

    def _go(self, session: Session) -> None:
        """Put the cameras where they were; places that this genome does not have are told and left out."""
        reference, loci = self._model.reference, self._model.loci
        loci.only(loci.cameras[0])
        places = [place for place in session.loci if self._has(place)]
        if reference is None or not places:
            self._go_somewhere()
            return
        for number, place in enumerate(places):
            camera = loci.add() if number else loci.active
            camera.clear()
            chrom = reference.resolve(place.chrom)
            length = reference.sizes[chrom]
            camera.show(chrom, length, place.start, min(place.end, length))
        loci.activate(loci.cameras[min(session.active, len(places) - 1)])

    def _has(self, place: Place) -> bool:
        reference = self._model.reference
        chrom = reference.find(place.chrom) if reference is not None else None
        if reference is None or chrom is None or place.start >= reference.sizes[chrom]:
            where = f"{place.chrom}:{int(place.start) + 1:,}"
            self._notices.warning(f"The session shows {where}, which this genome does not have.")
            return False
        return True

    def _go_somewhere(self) -> None:
        if self._model.reference is not None and not self._model.camera.is_open:
            self._opener.look_at(self._model.reference)
