"""Imports run ui -> rag -> vectorstore, and importing a module does nothing else."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PRODUCT = ("vectorstore", "rag", "ui")
TESTS = {path.stem for path in (ROOT / "tests").glob("*.py")}
OUTSIDE = {"benchmarks", "tests", *TESTS}
FORBIDDEN = {
    "vectorstore": {"rag", "ui", *OUTSIDE},
    "rag": {"ui", *OUTSIDE},
    "ui": OUTSIDE,
    "benchmarks": {"tests", *TESTS},
}

WATCH = """
import json, logging, os, pkgutil, sys, threading
before, network = dict(os.environ), []

def watch(event, args):
    # Not "socket.bind": urllib3 binds ::1 for a moment to see whether there is IPv6.
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        network.append(event)

sys.addaudithook(watch)
imported = []
for name in ("vectorstore", "rag", "ui"):
    package = __import__(name)
    for found in pkgutil.walk_packages(package.__path__, name + "."):
        __import__(found.name)
        imported.append(found.name)
changed = sorted(k for k in {*before, *os.environ} if before.get(k) != os.environ.get(k))
print(json.dumps({
    "imported": imported, "network": network, "environment": changed,
    "torch": "torch" in sys.modules, "handlers": len(logging.getLogger().handlers),
    "threads": threading.active_count(),
}))
"""


def imports_of(source: str) -> Iterator[str]:
    """Yield the first part of every module that is imported anywhere in the source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).split(".")[0]


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def run(code: str, folder: Path, **more: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_an_import_inside_a_function_counts():
    assert list(imports_of("def f():\n    from rag.chain import build_chain\n")) == ["rag"]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_never_run_back_up(package):
    assert modules(package)
    wrong = [
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules(package)
        for name in imports_of(path.read_text(encoding="utf-8"))
        if name in FORBIDDEN[package]
    ]
    assert wrong == []


def test_importing_everything_makes_no_file_connection_thread_or_setting(tmp_path):
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    # Where a library would put a cache: all of them below the folder that is looked at.
    places = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "XDG_CACHE_HOME": str(home / "c")}
    seen = json.loads(run(WATCH, tmp_path, **places))
    expected = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in PRODUCT
        for path in modules(package)
    }
    assert {*seen.pop("imported"), *PRODUCT} == expected
    assert seen == {"network": [], "environment": [], "torch": False, "handlers": 0, "threads": 1}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_command_starts_without_loading_a_model(tmp_path):
    code = "import sys, ui.cli; print('torch' in sys.modules, 'gradio' in sys.modules)"
    assert run(code, tmp_path) == "False False\n"
