"""Imports run downwards only, and importing a module does nothing else."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
import tomllib
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
# The rooms of rag/ and of rag/checking/, top to bottom: each imports from those below it.
ROOMS = (
    *("chain", "blocking", "answering", "checking", "retrieval", "question", "models", "ingest"),
    *("language", "answer", "passage", "phrases", "errors"),
)
CHECKS = ("check", "support", "clauses", "copies", "names", "values", "quotes", "guard", "claim")
# The modules and folders of vectorstore/, likewise.
STORE = (
    *("shared", "repair", "data_folder", "store_folders", "compatibility", "store", "indexes"),
    *("candidates", "reading", "langchain", "results", "dense", "catalog", "lexical", "faults"),
    *("deleting", "filters", "records", "errors"),
)
MOST_LINES = 250

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


def modules_named(source: str) -> Iterator[str]:
    """Yield the whole name of every module that the source imports from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def upward(folder: str, rooms: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return who imports what of a room above its own, in a folder such as "rag.checking"."""
    wrong = []
    for path in modules(folder.replace(".", "/")):
        here = module_name(path)
        if here == folder:
            continue
        own = rooms.index(here.removeprefix(f"{folder}.").split(".")[0])
        for name in modules_named(path.read_text(encoding="utf-8")):
            if name.startswith(f"{folder}."):
                if rooms.index(name.removeprefix(f"{folder}.").split(".")[0]) < own:
                    wrong.append((here, name))
    return wrong


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


@pytest.mark.parametrize(
    ("folder", "rooms"), [("rag", ROOMS), ("rag.checking", CHECKS), ("vectorstore", STORE)]
)
def test_within_a_package_imports_run_downwards_only(folder, rooms):
    assert upward(folder, rooms) == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        module_name(path): set(modules_named(path.read_text(encoding="utf-8")))
        for package in PRODUCT
        for path in modules(package)
        if path.name != "__init__.py"
    }
    while removable := [name for name, wants in graph.items() if wants.isdisjoint(graph)]:
        for name in removable:
            del graph[name]
    assert sorted(graph) == []


@pytest.mark.parametrize("package", [*PRODUCT, "benchmarks", "training"])
def test_no_module_is_longer_than_can_be_read_at_once(package):
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules(package)
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_package_is_installed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    there = {
        module_name(path)
        for package in PRODUCT
        for path in modules(package)
        if path.name == "__init__.py"
    }
    assert set(settings["tool"]["setuptools"]["packages"]) == there


def test_importing_everything_makes_no_file_connection_thread_or_setting(tmp_path):
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    # Where a library would put a cache: all of them below the folder that is looked at.
    places = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "XDG_CACHE_HOME": str(home / "c")}
    seen = json.loads(run(WATCH, tmp_path, **places))
    expected = {module_name(path) for package in PRODUCT for path in modules(package)}
    assert {*seen.pop("imported"), *PRODUCT} == expected
    assert seen == {"network": [], "environment": [], "torch": False, "handlers": 0, "threads": 1}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_command_starts_without_loading_a_model(tmp_path):
    code = "import sys, ui.cli; print('torch' in sys.modules, 'gradio' in sys.modules)"
    assert run(code, tmp_path) == "False False\n"


@pytest.mark.parametrize("name", ["rag", "vectorstore"])
def test_the_public_names_are_those_that_are_exported(name):
    package = importlib.import_module(name)
    source = (ROOT / name / "__init__.py").read_text(encoding="utf-8")
    typed = {
        alias.name: node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{name}.")
        for alias in node.names
    }
    assert typed == package._HOMES
    assert sorted(typed) == package.__all__
    assert all(hasattr(package, public) for public in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        package.Nothing  # noqa: B018
