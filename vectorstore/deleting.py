"""Deleting a folder that a thread of tantivy may still make a file in.

tantivy watches an index that was opened, and on a busy machine its thread reads it once more when
it was closed already. Doing so it makes a file to lock, by its path: in a folder that is just being
emptied under its own name, and then cannot be deleted.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from tempfile import mkdtemp

_ASIDE = "deleted-"
"""The beginning of the names of folders that are being deleted; nobody opens one."""


def delete_folder(folder: Path) -> None:
    """Delete a folder: it is moved aside first, and gone under its name from then on.

    What is left of it if this is stopped, `delete_remains` deletes.
    """
    aside = Path(mkdtemp(prefix=_ASIDE, dir=folder.parent))
    folder.rename(aside / folder.name)
    _delete(aside)


def delete_remains(parent: Path) -> None:
    """Delete what is left of folders that were in this one; call inside `writing`."""
    for aside in parent.glob(f"{_ASIDE}*"):
        _delete(aside)


def _delete(aside: Path) -> None:
    try:
        shutil.rmtree(aside)
    except OSError as error:
        # A file was made in the moment of the move: the next writer deletes it.
        if error.errno != errno.ENOTEMPTY:
            raise
