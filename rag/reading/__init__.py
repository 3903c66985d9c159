"""From files to articles: every format, its encoding, its metadata."""

from rag.reading.files import FORMATS, find_files, read_file

__all__ = ["FORMATS", "find_files", "read_file"]
