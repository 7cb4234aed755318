"""The rows of a table as HTML, and the badge of the made-up example.

Made here, since a template takes ten times as long for each cell, and a page has hundreds of them.
"""

from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.tables import PARTLY, Cell, Line, Mark, mark_in_words
from alleviation.common.words import is_chinese

BADGE = '<span class="badge badge-made-up" title="{}">{}</span>'
OTHER_NAME = ' <span class="other-name" lang="{}">{}</span>'


def badge(mark: Mark) -> SafeString:
    """What tells rows of the made-up example from those of the office; empty for the office's own."""
    if not mark:
        return SafeString()
    if mark == PARTLY:
        title = gettext("This sum holds rows of the made-up example beside records of the office")
    else:
        title = gettext("Part of the made-up example, not a record of the office")
    return SafeString(BADGE.format(escape(title), escape(mark_in_words(mark))))  # each part is escaped


def row(line: Line) -> SafeString:
    """A row of the body: its first cell is its name, unless that is a number."""
    first, *others = line.cells
    struck = ' class="struck"' if line.is_struck else ""
    marked = _marked(line)
    if first.is_number:
        begin = f"<td{_kind(first)}>{_told(first)}{marked}</td>"
    else:
        begin = f'<th scope="row"{_kind(first)}>{_told(first)}{_aside(first)}{marked}</th>'
    rest = "".join([f"<td{_kind(cell)}>{_told(cell)}</td>" for cell in others])
    return SafeString(f"<tr{struck}>{begin}{rest}</tr>")  # each part is escaped below


def foot(line: Line) -> SafeString:
    """The row of the total, whose first cell leads nowhere."""
    first, *others = line.cells
    begin = f'<th scope="row"{_side(first)}>{_words(first)}{_marked(line)}</th>'
    rest = "".join([f"<td{_side(cell)}>{_told(cell)}</td>" for cell in others])
    return SafeString(f"<tr>{begin}{rest}</tr>")  # as above


def _told(cell: Cell) -> str:
    """The words of a cell with the way that they lead."""
    if not cell.url:
        return _words(cell)
    opens = ' class="opens"' if cell.is_explained else ""
    return f'<a{opens} href="{escape(cell.url)}">{_words(cell)}</a>'


def _words(cell: Cell) -> str:
    return cell.text if isinstance(cell.text, SafeString) else escape(cell.text)


def _kind(cell: Cell) -> str:
    return f' class="is-{cell.column.kind}{" number" if cell.is_number else ""}"'


def _side(cell: Cell) -> str:
    return ' class="number"' if cell.is_number else ""


def _aside(cell: Cell) -> str:
    return OTHER_NAME.format("en" if is_chinese() else "zh-Hans", escape(cell.aside)) if cell.aside else ""


def _marked(line: Line) -> str:
    return f" {badge(line.made_up)}" if line.made_up else ""
