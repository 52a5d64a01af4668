"""One to four places side by side, each with its own camera; one of them is active."""

from __future__ import annotations

from psygnal import Signal

from gxview.viewer.places.camera import Camera, View

MAX_LOCI = 4


class Loci:
    """The cameras, left to right.

    `moved` tells the new view whenever any camera moves or another one becomes active; `changed` tells that their
    number or the active one changed.
    """

    moved = Signal(View)
    changed = Signal()

    def __init__(self) -> None:
        self._cameras = [Camera()]
        self._active = self._cameras[0]
        self._active.changed.connect(self._tell)

    def __len__(self) -> int:
        return len(self._cameras)

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """All cameras, left to right."""
        return tuple(self._cameras)

    @property
    def views(self) -> list[View]:
        """What the cameras with an open chromosome show, left to right."""
        return [camera.view for camera in self._cameras if camera.is_open]

    @property
    def active(self) -> Camera:
        """The camera that keys, menus and the locus box move."""
        return self._active

    def activate(self, camera: Camera) -> None:
        """Make a camera the active one."""
        if camera is not self._active:
            self._active = camera
            self.changed.emit()
            self.moved.emit(camera.view)

    def add(self) -> Camera:
        """Put a camera to the right of the active one; it shows the same place and becomes active.

        Raises
        ------
        ValueError
            There are `MAX_LOCI` already.
        """
        if len(self._cameras) >= MAX_LOCI:
            raise ValueError(f"At most {MAX_LOCI} places can be shown side by side.")
        camera, old = Camera(), self._active.view
        camera.resize(old.width)
        if self._active.is_open:
            camera.show(old.chrom, old.chrom_length, old.start, old.end)
        camera.changed.connect(self._tell)
        self._cameras.insert(self._cameras.index(self._active) + 1, camera)
        self._active = camera
        self.changed.emit()
        self.moved.emit(camera.view)
        return camera

    def resize(self, count: int) -> None:
        """Show `count` places, 1 to `MAX_LOCI`: the rightmost go, new ones show what the active one shows."""
        while len(self) < min(count, MAX_LOCI):
            self.add()
        while len(self) > max(count, 1):
            self.remove(self._cameras[-1])

    def only(self, camera: Camera) -> None:
        """Take all cameras away but one."""
        for other in [known for known in self._cameras if known is not camera]:
            self.remove(other)

    def remove(self, camera: Camera) -> None:
        """Take a camera away; the last one stays."""
        if len(self._cameras) == 1:
            return
        place = self._cameras.index(camera)
        camera.changed.disconnect(self._tell)
        del self._cameras[place]
        if camera is self._active:
            self._active = self._cameras[max(0, place - 1)]
        self.changed.emit()
        self.moved.emit(self._active.view)

    def _tell(self, view: View) -> None:
        # psygnal calls a connected `emit` once with numbers to learn what it takes: all would hear of them
        self.moved.emit(view)
