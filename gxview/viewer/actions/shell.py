"""What the actions ask of the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from gxview.genome import Region
from gxview.viewer.tracks.kinds import Track


class Shell(Protocol):
    """What actions ask of the window."""

    def ask_genome(self) -> Path | None:
        """Let the person choose a genome."""

    def ask_files(self) -> Sequence[Path]:
        """Let the person choose files."""

    def ask_address(self) -> Path | None:
        """Let the person type the address of a file on the web."""

    def ask_model(self) -> Path | None:
        """Let the person choose the folder of a model."""

    def ask_export(self) -> Path | None:
        """Let the person name a file for the relevance of the visible region."""

    def ask_picture(self) -> Path | None:
        """Let the person name a file for a picture."""

    def ask_color(self, color: str | None) -> str | None:
        """Let the person choose a colour ('#rrggbb'), starting from another."""

    def save_picture(self, path: Path) -> None:
        """Write the tracks as they show."""

    def ask_session(self) -> Path | None:
        """Let the person choose a session."""

    def ask_session_file(self) -> Path | None:
        """Let the person name a file for the session."""

    def ask_regions(self) -> Path | None:
        """Let the person choose a file of regions."""

    def ask_region_file(self) -> Path | None:
        """Let the person name a file for the table of regions."""

    def ask_peaks(self) -> None:
        """Let the person say which peaks to look for."""

    def show_figure(self) -> None:
        """Let the person make a figure."""

    def show_batch(self) -> None:
        """Let the person make a batch export."""

    def ask_batch_folder(self) -> Path | None:
        """Let the person choose the folder of a batch export that is not finished."""

    def focus_chromosome(self) -> None:
        """Put the cursor into the list of chromosomes."""

    def ask_bases(self, title: str, region: Region | None) -> str | None:
        """Let the person write letters, starting from those of the edited sequence in a region, or from none."""

    def clipboard(self) -> str:
        """Return the text that was copied last."""

    def ask_motifs(self) -> Path | None:
        """Let the person choose a file of motifs."""

    def ask_choice(self, title: str, choices: Sequence[str]) -> int | None:
        """Let the person choose one of several things; return its place."""

    def focus_locus(self) -> None:
        """Put the cursor into the locus box."""

    def show_palette(self) -> None:
        """Open the command palette."""

    def is_panel_shown(self, name: str) -> bool:
        """Whether a panel shows."""

    def show_panel(self, name: str, shown: bool) -> None:
        """Show or hide a panel."""

    def show_track(self, track: Track) -> None:
        """Scroll to the row of a track."""

    def rename_track(self) -> None:
        """Let the person write a name for the selected track or group."""

    def show_info(self) -> None:
        """Show all that is known about the selected track."""

    def show_shortcuts(self) -> None:
        """List the shortcuts."""

    def edit_shortcuts(self) -> None:
        """Let the person change the shortcuts."""

    def show_preferences(self) -> None:
        """Let the person change the settings."""

    def show_tour(self) -> None:
        """Show what is where in the window."""

    def show_guide(self) -> None:
        """Open the documentation."""

    def show_about(self) -> None:
        """Say what the program is."""

    def close_window(self) -> None:
        """End the program."""
