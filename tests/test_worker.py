"""The process that indexes beside the page, with the bundled model."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from contextlib import closing

import pytest

from ui.bringing.runs import Job, Report
from ui.bringing.worker import Worker
from ui.errors import RunFailed
from vectorstore import read_status

TEXT = "Die neue Fähre fährt ab Montag jede Stunde über den See, sagte die Bürgermeisterin.\n"


def test_it_indexes_and_one_that_was_killed_is_replaced(tmp_path, seeds_index):
    data = shutil.copytree(seeds_index, tmp_path / "data")
    uploads = data / "uploads"
    uploads.mkdir()
    (uploads / "a.md").write_text(TEXT, encoding="utf-8")
    job = Job((uploads / "a.md",), uploads=True)
    with closing(Worker(data, None, "cpu")) as worker:
        run = worker.run(job)
        next(run)  # the store is open to write by now
        os.kill(worker.process_id, signal.SIGKILL)
        with pytest.raises(RunFailed):
            list(run)
        report = list(worker.run(job))[-1]
        assert isinstance(report, Report)
        # The killed run may have come to its end before it was killed.
        assert report.changes in (Counter(added=1), Counter(unchanged=1))
        assert report.counts.articles == read_status(data).counts.articles == 14
