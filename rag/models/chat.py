"""Load chat models by name: any provider of LangChain, your own server, a local folder.

The provider's client reads its key from the environment. No message made here repeats a library's
error, since that may include a request with its headers.
"""

from __future__ import annotations

import os
import re
from typing import Any

from langchain_core.language_models import BaseChatModel

from rag.errors import ModelUnavailable
from rag.models.local_chat import install_command, load_local
from rag.models.precision import AUTO

TIMEOUT = 60.0
"""Seconds without any output after which a request is given up."""
MOST_OUTPUT_TOKENS = 4_096
"""An answer takes about 500. A model's thinking before it counts too."""

# The environment variables for a provider's key; messages name the first.
_KEYS = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "azure_openai": ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"),
    "cohere": ("COHERE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "fireworks": ("FIREWORKS_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistralai": ("MISTRAL_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "perplexity": ("PPLX_API_KEY", "PERPLEXITY_API_KEY"),
    "together": ("TOGETHER_API_KEY",),
    "xai": ("XAI_API_KEY",),
}
_NO_KEY = "none"
"""The key for your own server, as some clients refuse to send none."""


def load_chat_model(
    name: str,
    *,
    base_url: str | None = None,
    timeout: float = TIMEOUT,
    tokens: int = MOST_OUTPUT_TOKENS,
    device: str = AUTO,
) -> BaseChatModel:
    """Load the model `provider:name`; `huggingface:` takes a folder or a name on the hub.

    `base_url` is the address of your own server, OpenAI-compatible or other, which may need no
    key. The model writes at most `tokens` tokens. The client does not retry. `device` is for
    models that run here. Raises ModelUnavailable, and DeviceUnavailable if there is no such device.
    """
    provider, _, model = (part.strip() for part in name.partition(":"))
    if not provider or not model:
        raise ModelUnavailable(
            f"{name!r} is no chat model: write provider:name, such as openai:gpt-5-mini,"
            " ollama:qwen3 or huggingface:FOLDER"
        )
    if provider == "huggingface":
        if base_url:
            raise ModelUnavailable(
                f"{name} is loaded here and takes no base URL: leave it out, or write"
                f" openai:{model} for a server"
            )
        return load_local(model, tokens, device)
    own = base_url or _server_named(provider)
    if own and (not re.match(r"https?://[^/\s]", own) or re.search(r"\s|\[[^\]]*$", own)):
        raise ModelUnavailable(
            f"the base URL for {name} is none: write it such as http://127.0.0.1:8080/v1"
        )
    settings = _settings(provider, base_url, timeout, tokens)
    if provider == "openai" and own and not os.environ.get("OPENAI_API_KEY"):
        settings["api_key"] = _NO_KEY
    try:
        loaded = _init(model, provider, {"temperature": 0, **settings})
        if (loaded.profile or {}).get("temperature") is False:
            loaded = _init(model, provider, settings)
    except ImportError as error:
        raise ModelUnavailable(
            f"{name} needs a package that is not installed: {install_command(error, provider)}"
        ) from None
    except Exception as error:
        # Without its cause: a client's error may contain the key.
        raise _unavailable(name, provider, error, own) from None
    if not own and not _has_key(provider):
        raise _no_key(name, key_variable(name))
    return loaded


def name_of(model: BaseChatModel) -> str:
    """Return the name of a chat model; clients keep it under different names."""
    return str(getattr(model, "model_name", "") or getattr(model, "model", "") or model.get_name())


def key_variable(name: str) -> str:
    """Return the environment variable for a model's key, "" if it is unknown."""
    return _KEYS.get(name.partition(":")[0].strip(), ("",))[0]


def _init(model: str, provider: str, settings: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    model_made: BaseChatModel = init_chat_model(model, model_provider=provider, **settings)
    return model_made


def _settings(provider: str, base_url: str | None, timeout: float, tokens: int) -> dict[str, Any]:
    """Return the limits of a request, by the parameter names of the provider's client."""
    server = {"base_url": base_url} if base_url else {}
    if provider == "ollama":
        return {"num_predict": tokens, "client_kwargs": {"timeout": timeout}, **server}
    settings: dict[str, Any] = {"max_tokens": tokens, "timeout": timeout, **server}
    # Google's client takes 0 for its default; 1 is the request itself.
    settings["max_retries"] = 1 if provider == "google_genai" else 0
    return settings


def _server_named(provider: str) -> str:
    """Return the server in the environment variables of OpenAI's client."""
    names = ("OPENAI_API_BASE", "OPENAI_BASE_URL") if provider == "openai" else ()
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def _has_key(provider: str) -> bool:
    variables = _KEYS.get(provider, ())
    return not variables or any(os.environ.get(variable) for variable in variables)


def _no_key(name: str, variable: str) -> ModelUnavailable:
    return ModelUnavailable(f"{name} needs a key: set {variable} in the environment")


def _unavailable(name: str, provider: str, error: Exception, own: str) -> ModelUnavailable:
    if re.match(r"Unsupported provider", str(error)):
        from langchain.chat_models import base

        known = ", ".join(sorted(getattr(base, "_BUILTIN_PROVIDERS", ())))
        return ModelUnavailable(f"{name}: there is no provider {provider!r}; known are {known}")
    if not own and not _has_key(provider):
        return _no_key(name, key_variable(name))
    # The name of the missing variable is no secret, unlike the rest of the text.
    variable = re.search(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN)\b", str(error))
    if variable and not os.environ.get(variable[0]):
        return _no_key(name, variable[0])
    return ModelUnavailable(
        f"{name} cannot be set up ({type(error).__name__}): check the name and the provider's"
        " environment variables"
    )
