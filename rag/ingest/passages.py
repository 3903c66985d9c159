"""Split an article into passages: as many whole sentences as the embedding model reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rag.ingest.sentences import split_sentences
from vectorstore import Article, Passage, Span

CountTokens = Callable[[Sequence[str]], list[int]]

# Characters counted as one token at most. BERT's tokenizer counts any word of more than 100
# characters as one token, so a megabyte of base64 was one passage without this limit.
_WIDEST = 20


def split_article(
    article: Article, *, count_tokens: CountTokens, max_tokens: int, overlap: int = 1
) -> list[Passage]:
    """Return the passages of an article, in the order of its text.

    A passage holds whole sentences of one stretch of prose and has at most `max_tokens` tokens,
    heading included. The last `overlap` sentences of a passage begin the next one where they fit. A
    sentence that is too long is cut between words.
    """
    weigh = partial(_weigh, count_tokens)
    heading, limit = article.heading, max_tokens
    room = max_tokens - count_tokens([heading])[0]
    if room < max_tokens // 2:
        # A title of half the window would leave passages of a few words: let the model cut it off.
        heading, room, limit = "", max_tokens // 2, max_tokens // 2
    passages: list[Passage] = []
    for start, end in article.body:
        sentences = split_sentences(article.text, start, end)
        aim = room
        while True:
            found = [
                Passage(article, spans[0][0], spans[-1][1], spans)
                for spans in _group(article.text, sentences, weigh, aim, overlap)
            ]
            # With some tokenizers a text has more tokens than its parts together.
            most = max(weigh([heading + passage.text for passage in found]), default=0)
            if most <= limit or aim == 1:
                break
            aim = max(1, aim - (most - limit))
        passages.extend(found)
    return passages


def build_splitter(
    count_tokens: CountTokens, max_tokens: int
) -> Callable[[Article], list[Passage]]:
    """Return `split_article` for one embedding model."""
    return partial(split_article, count_tokens=count_tokens, max_tokens=max_tokens)


def _weigh(count_tokens: CountTokens, texts: Sequence[str]) -> list[int]:
    counts = count_tokens(texts)
    return [
        max(tokens, -(-len(text) // _WIDEST)) for text, tokens in zip(texts, counts, strict=True)
    ]


def _group(
    text: str, sentences: Sequence[Span], weigh: CountTokens, room: int, overlap: int
) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of each passage."""
    pieces, alone = _fitting(text, sentences, weigh, room)
    if not pieces:
        return
    ends = [start for start, _ in pieces[1:]] + [pieces[-1][1]]
    joined = weigh([text[start:end] for (start, _), end in zip(pieces, ends, strict=True)])
    for first, last in _windows(alone, joined, room, overlap):
        yield tuple(pieces[first:last])


def _windows(
    alone: Sequence[int], joined: Sequence[int], room: int, overlap: int
) -> list[tuple[int, int]]:
    """Return the half-open range of sentences of each passage.

    A sentence counts with its tokens in `joined` if another one follows it, else in `alone`.
    """
    windows: list[tuple[int, int]] = []
    first = 0
    while first < len(alone):
        last, used = first, 0
        while last < len(alone) and (last == first or used + alone[last] <= room):
            used += joined[last]
            last += 1
        windows.append((first, last))
        if last == len(alone):
            break
        # Step back for the overlap, but only while the next new sentence still fits.
        first = last
        back = 0
        while first - 1 > windows[-1][0] and last - first < overlap:
            back += joined[first - 1]
            if back + alone[last] > room:
                break
            first -= 1
    return windows


def _fitting(
    text: str, sentences: Sequence[Span], weigh: CountTokens, room: int
) -> tuple[list[Span], list[int]]:
    """Return sentences and their tokens; those of more than `room` tokens are cut."""
    tokens = weigh([text[start:end] for start, end in sentences])
    if max(tokens, default=0) <= room:
        return list(sentences), tokens
    pieces: list[Span] = []
    for (start, end), count in zip(sentences, tokens, strict=True):
        pieces.extend([(start, end)] if count <= room else _cut(text, start, end, weigh, room))
    return pieces, weigh([text[start:end] for start, end in pieces])


def _cut(text: str, start: int, end: int, weigh: CountTokens, room: int) -> Iterator[Span]:
    """Cut a long sentence into pieces of at most `room` tokens, at spaces if it has some.

    A single character stays whole, even if it has more tokens.
    """
    while start < end:
        # A token seldom has more than four characters. If a piece is too long, try a shorter one.
        size = room * 4
        while True:
            stop = _word_end(text, start, start + size, end)
            if stop - start == 1 or weigh([text[start:stop]])[0] <= room:
                break
            size = (stop - start) * 3 // 4
        yield start, stop
        start = stop
        while start < end and text[start].isspace():
            start += 1


def _word_end(text: str, start: int, stop: int, end: int) -> int:
    """Return the end of the last whole word in `text[start:stop]`, `stop` if there is none."""
    if stop >= end:
        return end
    if text[stop].isspace():
        return start + len(text[start:stop].rstrip())
    words = text[start:stop].rsplit(None, 1)
    return start + len(words[0]) if len(words) == 2 else stop
