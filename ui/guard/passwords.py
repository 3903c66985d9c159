"""The file of passwords: a line for each person, with a hash of the password."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import unicodedata
from pathlib import Path

from ui.errors import BadPasswords

# 32 MiB and about a quarter of a second for each try, as OWASP's cheat sheet of 2024 advises.
_N, _R, _P = 2**15, 8, 3
_MOST_MEMORY = 2**28
_HASH = re.compile(
    r"scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{16,100})\$([\w-]{43})", re.ASCII
)
_NAME = re.compile(r"[^:#\s\x00-\x1f\x7f][^:\x00-\x1f\x7f]{0,99}")
SHORTEST = 8
"""Characters that a password needs."""


def read_passwords(path: Path) -> dict[str, str]:
    """Return the hash of each person's password.

    Empty lines and lines that begin with "#" are left out. Raises BadPasswords, one line with the
    file, the line's number and the next step, and never a hash.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadPasswords(f"{path} is not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        raise BadPasswords(
            f"the file of passwords {path} cannot be read ({error.strerror or error}): make it with"
            " `article-chat password NAME >> FILE`"
        ) from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, hashed = line.partition(":")
        name = clean_name(name)
        if not colon or not _NAME.fullmatch(name) or not is_hash(hashed.strip()):
            raise BadPasswords(
                f"{path}, line {number}, is not name:hash: make it with `article-chat password"
                " NAME`"
            )
        if name in found:
            raise BadPasswords(f"{path}, line {number}: {name} is there twice: delete one line")
        found[name] = hashed.strip()
    if not found:
        raise BadPasswords(
            f"{path} has no line: make one with `article-chat password NAME >> {path}`"
        )
    return found


def make_line(name: str, password: str) -> str:
    """Return the line of a person. Raises BadPasswords."""
    cleaned = clean_name(name)
    if not _NAME.fullmatch(cleaned):
        raise BadPasswords(
            "a name has 1 to 100 characters, no colon and no # in front: choose another"
        )
    if len(password) < SHORTEST:
        raise BadPasswords(f"a password needs {SHORTEST} characters: choose a longer one")
    return f"{cleaned}:{hash_password(password)}"


def clean_name(name: str) -> str:
    """Return a name as it is compared, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", name).strip()


def hash_password(password: str, *, n: int = _N, p: int = _P) -> str:
    """Return a salted hash of a password, with the parameters of scrypt that it was made with."""
    salt = secrets.token_bytes(16)
    return f"scrypt${n}${_R}${p}${_write(salt)}${_write(_derive(password, salt, n, _R, p))}"


def make_hash_of_nothing() -> str:
    """Return a hash that no password is known for; to compare with it takes as long as ever."""
    return (
        f"scrypt${_N}${_R}${_P}${_write(secrets.token_bytes(16))}${_write(secrets.token_bytes(32))}"
    )


def is_hash(hashed: str) -> bool:
    """Whether a text is a hash whose parameters can be computed here."""
    found = _HASH.fullmatch(hashed)
    if found is None:
        return False
    n, r, p = (int(found[at]) for at in (1, 2, 3))
    costs = 128 * r * (n + p + 2)
    return n >= 2**14 and not n & (n - 1) and r >= 8 and 1 <= p <= 16 and costs <= _MOST_MEMORY


def matches(password: str, hashed: str) -> bool:
    """Whether a password is the one of a hash that `is_hash`."""
    _, n, r, p, salt, key = hashed.split("$")
    try:
        made = _derive(password, _read(salt), int(n), int(r), int(p))
        return hmac.compare_digest(made, _read(key))
    except binascii.Error:
        return False


def _derive(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=_MOST_MEMORY, dklen=32)


def _write(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _read(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
