"""Models as files: 32, 16 or 2 to 8 bits a weight, zeros left out where that is asked for. What is measured is real."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from helpers.compression.quantise import matrices, symmetric

WHOLE = (16, 32)  # bits that keep floating-point numbers


def pack(levels: np.ndarray, bits: int) -> np.ndarray:
    """Whole numbers from 0 to 2^bits - 1 side by side, `bits` bits each: (n,) -> uint8 (ceil(n · bits / 8),)."""
    if bits == 8:
        return levels.astype(np.uint8)
    places = np.arange(bits - 1, -1, -1, dtype=np.uint8)
    return np.packbits((levels[:, None] >> places) & 1) if len(levels) else np.zeros(0, np.uint8)


def unpack(packed: np.ndarray, bits: int, n: int) -> np.ndarray:
    """The n whole numbers that `pack` put side by side."""
    if bits == 8:
        return packed[:n]
    table = np.unpackbits(packed, count=n * bits).reshape(n, bits)
    return table @ (1 << np.arange(bits - 1, -1, -1))


def save(model: nn.Module, path: str | Path, bits: int = 32, *, sparse: bool = False) -> int:
    """Write a model's weights.

    With 2 to 8 bits the matrices of linear and embedding layers are put on levels, one scale a row; all that is small
    (biases, norms) keeps 32 bits.

    Args:
        model: any that uses no weight twice. path: of the file. bits: 32, 16, or 2 to 8.
        sparse: of matrices, write which weights are zero, a bit each, and only the others.

    Returns:
        Bytes on disk.

    Raises:
        ValueError: other bits, or a weight that two layers share.
    """
    from safetensors.torch import save_file

    if bits not in (*WHOLE, *range(2, 9)):
        raise ValueError(f"bits is {bits}; expected 32, 16, or 2 to 8.")
    names = dict(model.named_parameters(remove_duplicate=False))
    if shared := names.keys() - dict(model.named_parameters()).keys():
        raise ValueError(f"{min(shared)} is another layer's weight, too; such models can't be written.")
    large = matrices(model)
    tensors, shapes = {}, {}
    for name, value in model.state_dict().items():
        value = value.detach().cpu().contiguous()
        if name in large:
            tensors |= _matrix(name, value, bits, sparse)
            shapes[name] = list(value.shape)
        else:
            tensors[name] = value.half() if bits == 16 and value.is_floating_point() else value
    about = {"bits": str(bits), "sparse": str(int(sparse)), "shapes": json.dumps(shapes)}
    save_file(tensors, str(path), metadata=about)
    return Path(path).stat().st_size


def _matrix(name: str, weight: Tensor, bits: int, sparse: bool) -> dict[str, Tensor]:
    """The tensors that a matrix is written as."""
    found, stays = {}, slice(None)
    flat = weight.flatten()
    if sparse:
        stays = flat != 0
        found[f"{name}:stays"] = torch.from_numpy(np.packbits(stays.numpy()))
    if bits in WHOLE:
        values = flat[stays]
        found[name] = values.half() if bits == 16 else values
        return found
    levels, scale = symmetric(weight, bits, per_row=True)
    unsigned = (levels.flatten()[stays].short() + 2 ** (bits - 1)).numpy()  # 0 to 2^bits - 1
    return found | {name: torch.from_numpy(pack(unsigned, bits)), f"{name}:scale": scale.flatten()}


def load(path: str | Path, model: nn.Module) -> nn.Module:
    """Fill a model with the weights of a file that `save` wrote; what it computes with has 32 bits again.

    Raises:
        ValueError: the file's weights have other shapes than the model's.
    """
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file:
        about, names = file.metadata(), set(file.keys())
        bits, sparse, shapes = int(about["bits"]), about["sparse"] == "1", json.loads(about["shapes"])
        found = {}
        for name in (name for name in names if ":" not in name):
            value = file.get_tensor(name)
            if name in shapes:
                parts = {part: file.get_tensor(f"{name}:{part}") for part in ("stays", "scale")
                         if f"{name}:{part}" in names}  # fmt: skip
                value = _whole(value, shapes[name], bits, parts if sparse or bits not in WHOLE else {})
            found[name] = value.float() if value.is_floating_point() else value
    own = model.state_dict()
    if odd := sorted(name for name in own.keys() | found.keys()
                     if name not in own or name not in found or own[name].shape != found[name].shape):  # fmt: skip
        raise ValueError(f"The file holds another model: they differ in {odd[0]}.")
    model.load_state_dict(found, assign=True)
    return model


def _whole(value: Tensor, shape: list[int], bits: int, parts: dict[str, Tensor]) -> Tensor:
    """A matrix from what was written of it."""
    n = shape[0] * shape[1]
    stays = torch.ones(n, dtype=torch.bool)
    if "stays" in parts:
        stays = torch.from_numpy(np.unpackbits(parts["stays"].numpy(), count=n)).bool()
    flat = torch.zeros(n)
    if bits in WHOLE:
        flat[stays] = value.float()
        return flat.view(shape)
    unsigned = torch.from_numpy(unpack(value.numpy(), bits, int(stays.sum())))
    flat[stays] = unsigned.float().sub_(2 ** (bits - 1))
    return flat.view(shape).mul_(parts["scale"][:, None])


def expected_bytes(model: nn.Module, bits: int, kept: float = 1.0, prunable: int = 0) -> int:
    """What `save` would write, a header of some kilobytes aside, by arithmetic; with 16 bits, small tensors count 32.

    Args:
        model: any. bits: of each weight of a matrix.
        kept: share of the prunable weights that are not zero; below 1 the file is sparse there.
        prunable: how many weights may be pruned.
    """
    large = matrices(model)
    n, rows = (sum(weight.numel() for weight in large.values()), sum(len(weight) for weight in large.values()))
    small = sum(value.numel() * value.element_size() for name, value in model.state_dict().items() if name not in large)
    stay = n - round(prunable * (1 - kept))
    return small + (4 * rows if bits <= 8 else 0) + stay * bits // 8 + (n // 8 if kept < 1 else 0)
