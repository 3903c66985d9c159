"""Runs of the index in the tests' own process, with words in place of a model."""

from __future__ import annotations

import threading

from conftest import UnitWords
from fakes import count_words

from ui.bringing.runs import run_job


class Words(UnitWords):
    """Stands for the embedding model."""

    name = "words"
    max_tokens = 40
    count_tokens = staticmethod(count_words)


class Here:
    """Runs jobs in this process; `gate` holds them back."""

    def __init__(self, data):
        self.data, self.jobs, self.gate, self.faults = data, [], threading.Event(), []
        self.begun = threading.Event()
        self.gate.set()

    def run(self, job):
        self.jobs.append(job)
        self.begun.set()
        assert self.gate.wait(20)
        if self.faults:
            raise self.faults.pop(0)
        yield from run_job(self.data, Words(), job)

    def rest(self):
        pass

    close = rest
