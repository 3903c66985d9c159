"""The reader while it learns: weights in float32, computing in bfloat16."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
import torch.distributed
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import BertModel

from rag.models.cross_encoder import unpack
from training.reader.encoding import Batch


class CrossEncoder(nn.Module):
    """The bundled embedding's transformer over two texts side by side.

    The embeddings of words and places are the embedding model's own and stay as they are.
    """

    def __init__(
        self, embedding: Path, dtype: torch.dtype = torch.bfloat16, dropout: float = 0.0
    ) -> None:
        super().__init__()
        # Eager attention: heads of 32 are too narrow for the fused one, whose way back takes 28 %
        # of a step (2,700 to 3,200 tokens a second, eager 3,800).
        self.bert = BertModel.from_pretrained(
            embedding,
            add_pooling_layer=False,
            attn_implementation="eager",
            dtype=dtype,
            hidden_dropout_prob=dropout,
            # On attention it would halve the speed: it is drawn for each pair of tokens.
            attention_probs_dropout_prob=0.0,
        )
        self.bert.embeddings.requires_grad_(False)

    def states(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Return the last state of each token: n x length x size."""
        states: Tensor = self.bert(
            input_ids=ids, token_type_ids=types, attention_mask=mask
        ).last_hidden_state
        return states


class Reader(CrossEncoder):
    """Logits of where an answer starts and ends.

    It learns without dropout: after two epochs the share of first sentences right was .65 on
    questions that it had learnt from, .58 on others.
    """

    def __init__(self, embedding: Path, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__(embedding, dtype)
        self.head = nn.Linear(self.bert.config.hidden_size, 2, dtype=dtype)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the logits of start and end, n x length each, -inf where no answer can be."""
        logits = self.head(self.states(batch.ids, batch.types, batch.mask)).float()
        logits = logits.masked_fill(~batch.passage[..., None], float("-inf"))
        return logits[..., 0], logits[..., 1]


class MasterWeights:
    """AdamW over float32 copies of weights that compute in bfloat16."""

    def __init__(self, weights: Iterable[nn.Parameter], rate: float) -> None:
        self._live = [weight for weight in weights if weight.requires_grad]
        self._master = [nn.Parameter(weight.detach().float().clone()) for weight in self._live]
        plain = [w for w in self._master if w.dim() < 2]
        matrices = [w for w in self._master if w.dim() >= 2]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": 0.01},
                {"params": plain, "weight_decay": 0.0},
            ],
            lr=rate,
            betas=(0.9, 0.98),
            fused=True,
        )

    def share(self, workers: int) -> None:
        """Give each process the mean of all processes' gradients."""
        gradients = [weight.grad for weight in self._live if weight.grad is not None]
        flat = torch.cat([gradient.float().flatten() for gradient in gradients])
        torch.distributed.all_reduce(flat)
        flat /= workers
        at = 0
        for gradient in gradients:
            gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
            at += gradient.numel()

    def step(self, rate: float) -> None:
        """Move the weights against their gradients, which are clipped to length 1 and cleared."""
        for master, live in zip(self._master, self._live, strict=True):
            master.grad = None if live.grad is None else live.grad.float()
            live.grad = None
        nn.utils.clip_grad_norm_(self._master, 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        with torch.no_grad():
            for master, live in zip(self._master, self._live, strict=True):
                live.copy_(master)

    def state(self) -> dict[str, object]:
        """Return what a run needs to go on."""
        return {"optimiser": self.optimiser.state_dict(), "master": self._master}

    def restore(self, state: dict[str, object]) -> None:
        """Take up what `state` returned."""
        self.optimiser.load_state_dict(state["optimiser"])  # type: ignore[arg-type]
        with torch.no_grad():
            for mine, live, theirs in zip(
                self._master,
                self._live,
                state["master"],
                strict=True,  # type: ignore[call-overload]
            ):
                mine.copy_(theirs)
                live.copy_(theirs)


def write_weights(network: nn.Module, path: Path) -> None:
    """Write all weights but the embeddings in bfloat16; a stopped write leaves the old file."""
    weights = {
        name: weight.detach().to(torch.bfloat16).contiguous()
        for name, weight in network.state_dict().items()
        if ".embeddings." not in name
    }
    written = path.with_suffix(".new")
    save_file(weights, str(written))
    written.replace(path)


def pack(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return weights for shipping: each matrix as bytes, with a scale for each of its rows."""
    packed: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if weight.dim() < 2:
            packed[name] = weight.to(torch.bfloat16)
            continue
        scale = weight.float().abs().amax(dim=1) / 127
        packed[name] = (weight.float() / scale[:, None]).round().to(torch.int8)
        packed[f"{name}.scale"] = scale
    return packed


def read_weights(network: nn.Module, path: Path) -> None:
    """Load what `write_weights` wrote, or what was packed; heads that the file lacks stay."""
    missing, unexpected = network.load_state_dict(unpack(load_file(str(path))), strict=False)
    lost = [name for name in missing if ".encoder." in name]
    if lost or any(".encoder." in name for name in unexpected):
        raise ValueError(f"{path} holds other weights: {lost or unexpected}")
