"""What a row says that has nothing to draw yet."""

from __future__ import annotations

from gxview._qt.painters import State
from gxview._qt.rows.scene import Scene
from gxview.viewer.explaining.live import NO_WINDOW, ExplainState
from gxview.viewer.tracks.kinds import Track, sources_of

ORDER = ("failed", "running", "waiting", "empty")
"""Of several states the first of these is told."""


def state_of(track: Track, scene: Scene) -> State:
    """Say why there is nothing to draw of a track: of one made of others, what the most telling of them says."""
    owner = scene.viewer.model.tracks.owner(track)
    if owner is not None:
        return explain_state(scene.viewer.live.state(owner, scene.camera))
    tracks, failure = scene.viewer.model.tracks, scene.viewer.data.failure(track)
    if failure:
        return State("failed", failure)
    members = [member for track_id in sources_of(track) if (member := tracks.get(track_id)) is not None]
    states = [state_of(member, scene) for member in members]
    return min(states, key=lambda state: ORDER.index(state.kind), default=State("waiting", "Reading"))


def explain_state(state: ExplainState) -> State:
    """Return the state of an explanation as painters take it."""
    if state.kind == "done":
        return State("empty", NO_WINDOW)
    text = "Explaining" if state.kind == "running" and not state.text else state.text
    return State(state.kind, text, state.done, state.total)
