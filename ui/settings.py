"""The file of settings: values for the options of the commands.

It is `article-chat.toml` in the working folder, or the file named. The command line has priority
over the environment, the environment over the file, the file over the defaults. Keys may not
stand in it: they are read from the environment only.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from ui.errors import BadSettings

NAME = "article-chat.toml"

# Settings that can be paths, relative to the file. An embedding is a folder if that exists.
_FOLDERS = ("data", "watch", "embedding", "password-file")
_SECRET = re.compile(
    r"(?:^|[_-])(?:api[_-]?)?(?:keys?|tokens?|secrets?|passwords?|passwd|pwd|credentials?|auth"
    r"|authorization|bearer)(?:$|[_-])|apikey|password|passphrase",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"//[^/\s]*:[^/\s]*@|[?&][^=&\s]*(?:key|token|secret|password|auth)[^=&\s]*=|\bsk-[\w-]{16,}",
    re.IGNORECASE,
)
_KEYS_STAY_OUT = "keys are read from the environment only: set the provider's variable there"


def find_settings(named: Path | None) -> Path | None:
    """Return the file of settings to use: the named one, else that of the working folder, if any.

    Raises BadSettings if the named file does not exist.
    """
    if named is not None:
        if not named.is_file():
            raise BadSettings(f"there is no settings file {named}: name another or leave it out")
        return named
    own = Path(NAME)
    return own if own.is_file() else None


def read_settings(path: Path, options: Iterable[click.Option]) -> dict[str, Any]:
    """Return the checked values of a file by option; relative folders start at the file's folder.

    `options` are those that a file may set, under their names on the command line without dashes.
    Raises BadSettings, one line with the file, the name in it and the next step.
    """
    known = {_spell(option): option for option in options}
    read = _load(path)
    for name, value in _walk(read):
        # A file of passwords is named there, no password.
        secret = name.replace("_", "-") != "password-file" and _SECRET.search(name)
        if secret or (isinstance(value, str) and _SECRET_VALUE.search(value)):
            raise BadSettings(
                f"{path}: {name} looks like a key; {_KEYS_STAY_OUT} and delete it here"
            )
    settings: dict[str, Any] = {}
    for written, value in read.items():
        name = written.replace("_", "-")
        if name not in known:
            raise BadSettings(f"{path}: {written!r} is no setting: {_suggest(name, value, known)}")
        option = known[name]
        if option.name in settings:
            raise BadSettings(f"{path}: {name} is set twice: delete one of the two")
        settings[str(option.name)] = _check(path, name, value, option)
    return settings


def apply_settings(settings: Mapping[str, Any], group: click.Group) -> dict[str, dict[str, Any]]:
    """Return the settings by command, each with those of its options, as click takes defaults."""
    return {
        name: {
            option.name: settings[option.name]
            for option in command.params
            if option.name is not None and option.name in settings
        }
        for name, command in group.commands.items()
    }


def settable(group: click.Group) -> list[click.Option]:
    """Return the options that a file may set: those with an environment variable, each once."""
    found = {
        option.name: option
        for command in group.commands.values()
        for option in command.params
        if isinstance(option, click.Option) and option.envvar
    }
    return list(found.values())


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is not UTF-8 text: save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        # The parser's message gives fault and place, and repeats no more than a character.
        raise BadSettings(
            f'{path} is no TOML: {error}; write lines such as model = "ollama:qwen3"'
        ) from None
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror or error}") from error


def _walk(read: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in read.items():
        yield name, value
        if isinstance(value, dict):
            yield from _walk(value)


def _suggest(name: str, value: object, known: Mapping[str, click.Option]) -> str:
    if isinstance(value, dict):
        return "there are no tables, write name = value"
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"


def _check(path: Path, name: str, value: object, option: click.Option) -> object:
    if option.is_flag:
        fits, example = isinstance(value, bool), "true or false"
    elif isinstance(option.type, click.types.IntParamType):
        fits = isinstance(value, int) and not isinstance(value, bool)
        example = "a number, such as 7860"
    else:
        fits, example = isinstance(value, str), "text in quotation marks"
    if not fits:
        raise BadSettings(f"{path}: {name} must be {example}")
    if isinstance(value, str):
        if not value.strip():
            raise BadSettings(f"{path}: {name} is empty: write a value or delete the line")
        return _resolve(path, name, value)
    try:
        return option.type.convert(value, option, None)
    except click.BadParameter as error:
        raise BadSettings(f"{path}: {name}: {error.message}") from None


def _resolve(path: Path, name: str, value: str) -> str:
    """Return a folder relative to the file as an absolute one, with "~" expanded."""
    if name == "model":
        provider, colon, folder = value.partition(":")
        beside = path.parent.absolute() / Path(folder).expanduser()
        return f"{provider}:{beside}" if provider == "huggingface" and beside.is_dir() else value
    if name not in _FOLDERS:
        return value
    beside = path.parent.absolute() / Path(value).expanduser()
    return str(beside) if name != "embedding" or beside.is_dir() else value


def _spell(option: click.Option) -> str:
    return option.opts[0].removeprefix("--")
