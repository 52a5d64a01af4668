"""The look of the widgets around the picture: palette and style sheet made from a theme."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from qtpy.QtGui import QColor, QPalette

from gxview._qt.look.theme import Theme, mix

_SHEET = """
QMainWindow, QDialog {{ background: {window}; }}
QMainWindow::separator {{ background: {line}; width: 1px; height: 1px; }}
QMenuBar {{ background: {window}; color: {text}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {raised}; }}
QMenu {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 6px; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 3px 5px; }}

QDockWidget {{ color: {muted}; font-weight: 600; }}
QDockWidget::title {{ background: {window}; padding: 7px 10px 5px 10px; text-align: left; }}
QWidget#panel {{ background: {panel}; }}
QLabel {{ color: {text}; background: transparent; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="error"] {{ color: {error}; }}
QLabel[role="warning"] {{ color: {warning}; }}
QLabel[role="section"] {{ color: {muted}; font-weight: 600; }}

QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit {{
  background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 3px 7px;
  selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{ border-color: {accent}; }}
QLineEdit#locus {{ padding: 4px 10px; }}

QPushButton {{
  background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 5px 12px;
}}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:pressed {{ background: {pressed}; }}
QPushButton:checked {{ background: {accent_soft}; border-color: {accent}; }}
QPushButton:disabled {{ color: {muted}; background: {panel}; }}
QPushButton[role="small"] {{ padding: 5px 2px; }}
QPushButton[role="primary"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {accent_hover}; }}
QPushButton[role="primary"]:disabled {{ background: {raised}; color: {muted}; border-color: {line}; }}
QToolButton {{ background: transparent; border: none; border-radius: 4px; padding: 3px; color: {text}; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:pressed {{ background: {pressed}; }}
QToolButton:checked {{ background: {accent_soft}; border: 1px solid {accent}; }}
QToolButton[role="action"] {{ background: {raised}; border: 1px solid {line}; border-radius: 5px; padding: 3px 9px; }}
QToolButton[role="action"]:hover {{ border-color: {accent}; }}
QToolButton[role="action"]:checked {{ background: {accent_soft}; border-color: {accent}; }}
QToolButton#section {{ color: {muted}; font-weight: 600; padding: 3px 2px; }}

QComboBox {{
  background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 3px 22px 3px 8px;
  min-height: 18px;
}}
QComboBox:disabled {{ color: {muted}; background: {panel}; }}
QComboBox::drop-down {{ border: none; width: 0; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{
  background: {raised}; color: {text}; border: 1px solid {line}; padding: 3px;
  selection-background-color: {accent}; selection-color: {on_accent}; outline: 0;
}}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; height: 0; border: none; }}

QListView, QListWidget, QTreeView {{
  background: {panel}; color: {text}; border: none; outline: 0; padding: 2px;
}}
QListView#popup {{ background: {raised}; border: 1px solid {line}; padding: 3px; }}
QListView#commands {{ background: transparent; padding: 0; }}
QListView::item {{ border-radius: 4px; }}
QListView::item:selected {{ background: {accent_soft}; color: {text}; }}
QListView#popup::item:selected {{ background: {accent}; color: {on_accent}; }}

QTableView {{
  background: {panel}; alternate-background-color: {grid}; color: {text}; border: none; outline: 0;
  selection-background-color: {accent_soft}; selection-color: {text};
}}
QTableView::item {{ padding: 0 6px; border: none; }}
QHeaderView, QTableCornerButton::section {{ background: {panel}; border: none; }}
QHeaderView::section {{
  background: {panel}; color: {muted}; border: none; border-bottom: 1px solid {line}; padding: 3px 6px;
}}
QHeaderView::up-arrow, QHeaderView::down-arrow {{ subcontrol-position: top center; width: 9px; height: 6px; }}
QHeaderView::section:vertical {{ border-bottom: none; }}
QTabBar::tab {{ background: transparent; color: {muted}; border: none; padding: 4px 10px; }}
QTabBar::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QToolButton#history::menu-indicator, QToolButton#compare::menu-indicator {{ image: none; }}
QToolButton#chromosome {{ padding: 4px 8px; }}

QListWidget#checks {{ background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 2px 0; }}
QListWidget#checks[framed="true"] {{ background: {raised}; border-color: {line}; }}
QListWidget#checks[framed="true"]:focus {{ border-color: {accent}; }}
QListWidget#checks:disabled {{ color: {muted}; }}
QCheckBox::indicator, QListWidget#checks::indicator {{
  width: 13px; height: 13px; border: 1px solid {muted}; border-radius: 3px; background: {raised};
}}
QCheckBox::indicator:checked, QListWidget#checks::indicator:checked {{
  border-color: {accent}; background: {accent}; image: url("{check}");
}}
QCheckBox::indicator:disabled, QListWidget#checks::indicator:disabled {{ border-color: {line}; background: {panel}; }}
QCheckBox:disabled {{ color: {muted}; }}
QPushButton::menu-indicator {{ image: none; }}
QFrame#card {{ background: {window}; border: 1px solid {line}; border-radius: 7px; }}
QFrame#bottom {{ background: {window}; border-top: 1px solid {line}; }}
QLabel[role="name"] {{ font-weight: 600; }}

QSlider::groove:horizontal {{ background: {line}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
  background: {text}; width: 12px; height: 12px; margin: -4px 0; border-radius: 6px;
}}
QSlider::handle:horizontal:hover {{ background: {accent_hover}; }}
QFrame#line {{ background: {line}; border: none; max-height: 1px; }}
QSplitter::handle {{ background: transparent; border-top: 1px solid {line}; }}
QSplitter::handle:hover {{ border-color: {accent}; }}

QProgressBar {{ background: {line}; border: none; border-radius: 3px; height: 6px; text-align: center; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: {panel}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 4px; min-height: 28px; margin: 1px; }}
QScrollBar::handle:vertical:hover {{ background: {muted}; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: 4px; min-width: 28px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QStatusBar {{ background: {window}; color: {muted}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {muted}; padding: 0 6px; }}
QFrame#notice {{ background: {raised}; border: 1px solid {line}; border-radius: 7px; }}
QFrame#bar {{ background: {window}; border-bottom: 1px solid {line}; }}
"""


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of a theme."""
    colors = {name: getattr(theme, name) for name in theme.__slots__ if isinstance(getattr(theme, name), str)}
    return _SHEET.format(
        **colors,
        check=(Path(str(files("gxview.icons"))) / "marks" / f"checked-{theme.name}.svg").as_posix(),
        pressed=mix(theme.raised, theme.accent, 0.25).name(),
        accent_hover=mix(theme.accent, theme.text, 0.2).name(),
        accent_soft=mix(theme.panel, theme.accent, 0.28).name(),
    )


def palette_of(theme: Theme) -> QPalette:
    """Return the palette of a theme, for what the style sheet does not reach."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.raised,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Mid: theme.line,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(disabled, role, QColor(theme.muted))
    return palette
