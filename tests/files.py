"""Articles written to disk for the tests of reading, and what came out of them."""

from pathlib import Path

from rag.ingest.files import read_file
from vectorstore import Article, Skipped

PROSE = (
    "Der Stadtrat von Lindau hat am Montag den Bau einer neuen Fähre beschlossen. "
    "Das Schiff soll ab dem Sommer zwölfmal am Tag über den See fahren."
)


def write(path: Path, content: str | bytes = PROSE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_article(path: Path) -> Article:
    [found] = read_file(path)
    assert isinstance(found, Article), found
    return found


def only_reason(path: Path) -> str:
    [found] = read_file(path)
    assert isinstance(found, Skipped), found
    assert (found.path, found.row) == (str(path), None)
    assert "\n" not in found.reason
    return found.reason


def body_text(article: Article) -> str:
    return "\n".join(article.text[start:end] for start, end in article.body)
