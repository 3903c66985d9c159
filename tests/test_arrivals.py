"""Articles brought in while the page is served: one run at a time, reports, stopped servers."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing

import pytest
from runners import Here, Words

from ui.bringing.arrivals import Arrivals
from ui.bringing.opening import bringing
from ui.bringing.runs import Job, Report, Step, run_job
from ui.bringing.uploads import find_unfinished, list_uploads
from ui.errors import RunFailed
from vectorstore import Counts, StoreBusy, build_store, open_store, writing

HARBOUR = "Der Hafen von Lindau wächst seit Jahren, und die Stadt freut sich darüber."
BRIDGE = "Die Brücke über den Fluss wird im Herbst gesperrt, sagte der Bürgermeister."


@pytest.fixture
def data(tmp_path):
    data = tmp_path / "data"
    with writing(data):
        build_store(data, Words(), embedding_name="words").close()
    return data


@pytest.fixture
def uploads(data):
    folder = data / "uploads"
    folder.mkdir()
    return folder


@pytest.fixture
def store(data):
    with closing(open_store(data, Words(), embedding_name="words")) as store:
        yield store


@pytest.fixture
def here(data):
    return Here(data)


@pytest.fixture
def arrivals(here):
    made = Arrivals(here)
    yield made
    here.gate.set()
    made.close()


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def last(news):
    return list(news)[-1]


def test_an_upload_is_reported_as_the_command_reports_it(arrivals, uploads, store):
    arrivals.add(write(uploads / "a.md", HARBOUR), write(uploads / "b.md", ""))
    arrivals.wait()
    report = arrivals.state().report
    assert report.changes == Counter(added=1)
    assert [(one.path, one.reason) for one in report.skipped] == [
        (str(uploads / "b.md"), "it is empty")
    ]
    assert report.counts == store.count() == Counts(1, 1, {"de": 1})


def test_an_upload_without_an_article_is_not_kept_and_can_be_brought_again(
    arrivals, uploads, store
):
    arrivals.add(write(uploads / "a.csv", "text\n"))
    arrivals.wait()
    assert os.listdir(uploads) == []
    arrivals.add(write(uploads / "a.csv", f'text\n"{HARBOUR}"\n'))
    arrivals.wait()
    assert [(one.path.name, one.articles) for one in list_uploads(store, uploads)] == [("a.csv", 1)]


def test_a_removed_upload_leaves_the_index_and_others_stay(arrivals, uploads, store):
    first, second = write(uploads / "a.md", HARBOUR), write(uploads / "b.md", BRIDGE)
    arrivals.add(first, second)
    arrivals.wait()
    first.unlink()
    arrivals.remove(first)
    arrivals.wait()
    assert arrivals.state().report.changes == Counter(removed=1)
    assert {path for path, _ in store.hashes_under(str(uploads)).values()} == {str(second)}


def test_a_file_that_came_back_before_its_removal_stays_in_the_index(arrivals, uploads, store):
    file = write(uploads / "a.md", HARBOUR)
    arrivals.add(file)
    arrivals.remove(file)
    arrivals.wait()
    assert store.count().articles == 1


def test_an_upload_that_was_removed_before_its_turn_stops_no_other(arrivals, uploads, store):
    arrivals.add(uploads / "gone.md", write(uploads / "b.md", BRIDGE))
    arrivals.wait()
    assert arrivals.state().report.changes == Counter(added=1)
    assert arrivals.state().error == ""


def test_files_that_come_during_a_run_become_one_run_and_one_report(arrivals, here, uploads):
    here.gate.clear()
    arrivals.add(write(uploads / "a.md", HARBOUR))
    assert here.begun.wait(20)
    arrivals.add(write(uploads / "b.md", BRIDGE))
    arrivals.add(write(uploads / "c.md", BRIDGE + " Heute."))
    assert arrivals.state().running
    here.gate.set()
    arrivals.wait()
    assert [len(job.paths) for job in here.jobs] == [1, 2]
    assert arrivals.state().report.changes == Counter(added=3)


def test_nothing_to_do_is_no_run(arrivals, here):
    arrivals.add()
    arrivals.remove()
    arrivals.wait()
    assert here.jobs == []


def test_a_run_waits_until_another_program_has_written(arrivals, here, uploads, store):
    here.faults.append(StoreBusy("another article-chat is writing"))
    arrivals.add(write(uploads / "a.md", HARBOUR))
    arrivals.wait()
    assert len(here.jobs) == 2
    assert store.count().articles == 1


def test_a_run_that_failed_says_so_and_the_next_one_goes_on(arrivals, here, uploads, store):
    here.faults.append(RunFailed("The process that indexes has ended: try again."))
    arrivals.add(write(uploads / "a.md", HARBOUR))
    arrivals.wait()
    assert arrivals.state().error == "The process that indexes has ended: try again."
    arrivals.add(write(uploads / "b.md", BRIDGE))
    arrivals.wait()
    assert (arrivals.state().error, store.count().articles) == ("", 1)


def test_a_server_that_was_killed_finishes_its_uploads_and_removals(here, data, uploads, store):
    kept, gone = write(uploads / "kept.md", HARBOUR), write(uploads / "gone.md", BRIDGE)
    last(run_job(data, Words(), Job((kept, gone), uploads=True)))
    gone.unlink()
    new = write(uploads / "new.md", BRIDGE + " Heute.")
    assert find_unfinished(store, uploads) == ([new], [gone])
    with bringing(here, store, uploads, None, lambda line: None) as arrivals:
        arrivals.wait()
    assert {path for path, _ in store.hashes_under(str(uploads)).values()} == {str(kept), str(new)}
    assert find_unfinished(store, uploads) == ([], [])


def test_remains_of_a_file_that_never_came_in_whole_are_deleted_after_an_hour(uploads, store):
    old, new = uploads / ".incoming-a", uploads / ".incoming-b"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    assert find_unfinished(store, uploads) == ([], [])
    assert os.listdir(uploads) == [".incoming-b"]


def test_a_folder_is_followed_and_its_last_file_can_leave_it(arrivals, here, tmp_path, store):
    folder = tmp_path / "news"
    folder.mkdir()
    first, second = write(folder / "a.md", HARBOUR), write(folder / "b.md", BRIDGE)
    arrivals.update(folder, set())
    arrivals.wait()
    assert store.count().articles == 2
    first.unlink()
    arrivals.update(folder, {first})
    arrivals.wait()
    assert store.count().articles == 1
    second.unlink()
    arrivals.update(folder, {second})
    arrivals.wait()
    assert store.count().articles == 0
    assert arrivals.state().report is None  # the page reports what came by the page


def test_an_empty_folder_without_deletions_drops_nothing(arrivals, tmp_path, store):
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder / "a.md", HARBOUR)
    arrivals.update(folder, set())
    arrivals.wait()
    (folder / "a.md").rename(tmp_path / "elsewhere.md")  # as when a disk is taken away
    arrivals.update(folder, set())
    arrivals.wait()
    assert store.count().articles == 1


def test_a_run_yields_its_steps_and_then_its_report(data, uploads):
    files = (write(uploads / "a.md", HARBOUR), write(uploads / "b.md", BRIDGE))
    *steps, report = run_job(data, Words(), Job(files, uploads=True))
    assert steps == [Step(0, 2), Step(1, 2), Step(2, 2)]
    assert isinstance(report, Report)


def test_a_run_is_refused_while_another_writes(data, uploads):
    file = write(uploads / "a.md", HARBOUR)
    with writing(data), pytest.raises(StoreBusy):
        last(run_job(data, Words(), Job((file,), uploads=True)))
