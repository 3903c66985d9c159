"""What can go wrong with a store.

StoreError
├── NoStore            nothing was indexed there yet
├── OtherEmbedding     the store was made with another embedding model
├── OnlyIndexed        passages come into the store by indexing articles only
├── StoreBusy          another process is writing to the store
├── StoreReplaced      the store was rebuilt while it was open
├── StoreUnreachable   the server of a shared store does not answer, or does not let us in
├── BadAddress         the address of a shared store cannot be one
├── StoreUnreadable    the folder is not a store, or was made by another version
│   └── StoreDamaged   a part of the store is lost or damaged
└── StoreUnwritable    the folder cannot be made or written to, or its disk is full

BadRow is none of these: `faults` makes a StoreDamaged of it, which names the folder.
"""


class StoreError(Exception):
    """Base of the errors below; its text is one line that names the thing and the next step."""


class NoStore(StoreError):
    """Nothing was indexed there yet."""


class OtherEmbedding(StoreError):
    """The store was made with another embedding model than the one given."""


class OnlyIndexed(StoreError, NotImplementedError):
    """Passages come into the store by indexing articles, not through LangChain."""


class StoreBusy(StoreError):
    """Another process is writing to the store."""


class StoreReplaced(StoreError):
    """The store was rebuilt while it was open, so its files are no longer there."""


class StoreUnreachable(StoreError):
    """The server of a shared store does not answer, fails, or does not let us in."""


class BadAddress(StoreError, ValueError):
    """The address of a shared store cannot be one."""


class StoreUnreadable(StoreError):
    """The folder is not a store, is damaged, or was made by another version of the program."""


class StoreDamaged(StoreUnreadable):
    """A part of the store is lost or damaged."""


class StoreUnwritable(StoreError):
    """The folder cannot be made or written to, or its disk is full."""


class BadRow(ValueError):
    """A row of the catalog does not hold what was written into it."""
