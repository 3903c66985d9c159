"""Commands, settings and file tree in README and docs are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from ui.cli import main

ROOT = Path(__file__).parent.parent
TYPES = (str, int, Path)
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = (ROOT / "docs" / "code.md").read_text(encoding="utf-8")
DOCS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
ALL = "\n".join([README, *DOCS])


def options() -> dict[str, click.Option]:
    return {
        option.opts[0]: option
        for command in (main, *main.commands.values())
        for option in command.params
        if isinstance(option, click.Option)
    }


def settings_rows() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| `(--[\w-]+)` \| `(\w+)` \| `([^`]+)` \|", README, re.MULTILINE)
    return {option: (variable, default) for option, variable, default in rows}


def tree_paths() -> list[str]:
    """Return the paths of the tree in docs/code.md, folders with a slash at the end.

    A line names one path, or several of one folder with commas between them.
    """
    tree = CODE.split("```")[1]
    above: list[str] = []
    paths: list[str] = []
    for line in tree.strip("\n").splitlines():
        indent, names = re.match(r"( *)([^\s,]+(?:, [^\s,]+)*)", line).groups()
        above = above[: len(indent) // 2]
        paths += ["".join([*above, name]) for name in names.split(", ")]
        above.append(names)
    return paths


def test_settings_table_lists_exactly_the_options_with_an_environment_variable():
    expected = {name: str(option.envvar) for name, option in options().items() if option.envvar}

    assert {name: variable for name, (variable, _) in settings_rows().items()} == expected


def test_settings_table_gives_the_real_defaults():
    from rag.models.embedding import DEFAULT_EMBEDDING
    from ui.settings import NAME

    defaults = {name: default for name, (_, default) in settings_rows().items()}

    assert defaults.pop("--embedding") == DEFAULT_EMBEDDING
    assert defaults.pop("--settings") == NAME
    real = {name: options()[name].default for name in defaults}
    # click's mark for "no default" is none of these types.
    assert defaults == {
        name: "off" if value is False else str(value) if isinstance(value, TYPES) else "none"
        for name, value in real.items()
    }


def test_commands_named_exist():
    named = set(re.findall(r"article-chat ([a-z]+)", ALL))

    assert named == set(main.commands)


def test_options_named_exist():
    known = {*options(), "--contexts", "--articles", "--out", "--actors"}

    assert set(re.findall(r"--[a-z][\w-]*", ALL)) <= known


def test_make_targets_named_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b", ALL)) <= targets


def test_benchmarks_named_exist():
    for module in re.findall(r"benchmarks\.(\w+)", ALL):
        assert (ROOT / "benchmarks" / f"{module}.py").is_file()


def test_file_tree_names_what_is_there():
    for path in tree_paths():
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("package", ["vectorstore", "rag", "ui"])
def test_no_module_is_outside_the_tree(package):
    listed = set(tree_paths())
    # A folder without lines below it in the tree stands for all that is in it.
    whole = {
        path
        for path in listed
        if path.endswith("/") and not any(other.startswith(path) for other in listed - {path})
    }
    missing = [
        path
        for found in sorted((ROOT / package).rglob("*.py"))
        if found.name != "__init__.py"
        and (path := found.relative_to(ROOT).as_posix()) not in listed
        and not path.startswith(tuple(whole))
    ]
    assert missing == []


def test_no_path_is_twice_in_the_tree():
    assert len(tree_paths()) == len(set(tree_paths()))


def test_every_package_folder_is_in_the_tree():
    folders = {
        path.parent.relative_to(ROOT).as_posix() + "/"
        for package in ("rag", "ui", "vectorstore", "benchmarks")
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert folders <= set(tree_paths())
