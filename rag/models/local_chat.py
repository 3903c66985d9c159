"""A chat model of a local folder or a hub, run in this process by transformers."""

from __future__ import annotations

import re
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables.config import run_in_executor

from rag.errors import ModelUnavailable
from rag.models.precision import AUTO, choose_device


def install_command(error: ImportError, provider: str) -> str:
    """Return the command that installs the package that an import lacks."""
    said = re.search(r"pip install [\w\[\]-]+", str(error))
    return said[0] if said else f"pip install langchain-{provider.replace('_', '-')}"


def load_local(model: str, tokens: int, device: str = AUTO) -> BaseChatModel:
    """Load a model by its folder or its name on the hub; it writes at most so many tokens.

    Raises ModelUnavailable, and DeviceUnavailable if there is no such device.
    """
    name = f"huggingface:{model}"
    try:
        from langchain_huggingface import ChatHuggingFace
    except ImportError as error:
        raise ModelUnavailable(
            f"{name} needs a package that is not installed: {install_command(error, 'huggingface')}"
        ) from None

    class LocalChat(ChatHuggingFace):
        """A pipeline that streams, and that stops when its reader leaves.

        The library's own pipeline goes on to the last token, and waits a minute if it failed.
        """

        async def _astream(
            self,
            messages: list[BaseMessage],
            stop: list[str] | None = None,
            run_manager: Any = None,  # noqa: ANN401 - the library's signature
            **kwargs: Any,  # noqa: ANN401
        ) -> AsyncIterator[ChatGenerationChunk]:
            over = threading.Event()
            words = _generate(self.llm.pipeline, self._to_chat_prompt(messages), over)
            try:
                while (text := await run_in_executor(None, next, words, None)) is not None:
                    yield ChatGenerationChunk(message=AIMessageChunk(content=text))
            finally:
                # A cancelled generator is closed only by the garbage collector.
                over.set()

    kind, _, number = choose_device(device).partition(":")
    try:
        loaded: BaseChatModel = LocalChat.from_model_id(
            model_id=model,
            task="text-generation",
            device=-1 if kind == "cpu" else int(number or 0),
            pipeline_kwargs={"max_new_tokens": tokens, "do_sample": False},
        )
    except Exception as error:
        raise ModelUnavailable(
            f"{name} cannot be loaded ({type(error).__name__}): name a folder that holds a model"
            " and its tokenizer, or a model that is on the hub"
        ) from error
    if not loaded.tokenizer.chat_template:  # type: ignore[attr-defined]
        raise ModelUnavailable(
            f"{name} is no chat model: its tokenizer has no chat template; take one that has,"
            " often called “instruct”"
        )
    return loaded


def _generate(
    pipeline: Any,  # noqa: ANN401 - untyped library
    prompt: str,
    over: threading.Event,
) -> Iterator[str]:
    """Yield a pipeline's words as they are made, until its end or until `over` is set."""
    import torch
    from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

    failed: list[Exception] = []

    class Over(StoppingCriteria):
        def __call__(
            self,
            input_ids: torch.Tensor,
            scores: torch.Tensor,
            **kwargs: Any,  # noqa: ANN401
        ) -> torch.Tensor:
            size = (input_ids.shape[0],)
            return torch.full(size, over.is_set(), dtype=torch.bool, device=input_ids.device)

    streamer = TextIteratorStreamer(pipeline.tokenizer, skip_prompt=True, skip_special_tokens=True)

    def run() -> None:
        try:
            pipeline(prompt, streamer=streamer, stopping_criteria=StoppingCriteriaList([Over()]))
        except Exception as error:
            failed.append(error)
            streamer.end()

    threading.Thread(target=run, name="local chat model", daemon=True).start()
    try:
        yield from streamer
    finally:
        over.set()
    if failed:
        raise failed[0]
