"""Reading a roster (名单) that an office sends: from the file to a preview, without database and without windows.

``read_roster(path, options)`` or, step by step, ``read_book`` + ``build_preview`` (again after every correction);
``diff`` for a re-import; ``save_problems`` to send the file back. Every row of the file is accounted for exactly once:
in ``preview.people`` or in ``preview.skipped_rows``.
"""

from dangxiao_houqin.documents.sheets import Book, read_book
from dangxiao_houqin.modules.training.roster.duplicates import EnrolledElsewhere, overlapping_classes
from dangxiao_houqin.modules.training.roster.model import (
    FIELD_TITLES,
    Field,
    HeaderCell,
    Need,
    Problem,
    RosterOptions,
    RosterPreview,
    RosterRow,
    SheetInfo,
    SkippedRow,
    TableMapping,
)
from dangxiao_houqin.modules.training.roster.preview import build_preview, problem_counts, read_roster
from dangxiao_houqin.modules.training.roster.reimport import (
    ChangedPerson,
    ExistingPerson,
    FieldChange,
    RosterDiff,
    diff,
)
from dangxiao_houqin.modules.training.roster.writeback import save_problems

__all__ = [
    "FIELD_TITLES",
    "Book",
    "ChangedPerson",
    "EnrolledElsewhere",
    "ExistingPerson",
    "Field",
    "FieldChange",
    "HeaderCell",
    "Need",
    "Problem",
    "RosterDiff",
    "RosterOptions",
    "RosterPreview",
    "RosterRow",
    "SheetInfo",
    "SkippedRow",
    "TableMapping",
    "build_preview",
    "diff",
    "overlapping_classes",
    "problem_counts",
    "read_book",
    "read_roster",
    "save_problems",
]
