"""What shape a Transformer has, and which of the usual variants it follows."""

from __future__ import annotations

from dataclasses import dataclass

CHOICES = {
    "norm_place": ("pre", "post"),
    "norm_kind": ("layer", "rms"),
    "positions": ("sinusoidal", "learned", "rotary", "none"),
    "activation": ("relu", "gelu", "gelu_tanh", "squared_relu"),
}


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes and variants; the defaults are those that lesson 06 teaches.

    Attributes:
        vocab_size: V, different tokens.
        context_len: the longest text, in tokens, for positions that are learned.
        d_model: D, numbers in a token's vector. n_heads: H. n_layers: blocks. d_ff: width inside the feed-forward
            part; 4 D if not given.
        dropout: chance that a number is left out in training.
        norm_place: "pre", before each part (as in GPT-2), or "post", after each sum (as in the paper and in BERT).
        norm_kind: "layer" or "rms" (without mean and bias).
        norm_eps: added to the variance.
        positions: "sinusoidal" (added, fixed), "learned" (added), "rotary" (turned into queries and keys) or "none".
        activation: "relu" (the paper), "gelu" (BERT), "gelu_tanh" (GPT-2) or "squared_relu".
        window: how many tokens, itself included, a token of a decoder can look back at; all if None.
        bias: whether linear layers add one.
        normed_heads: queries and keys at length √K.
        zero_output: output projections start at zero, so that each block starts as doing nothing.
        shifted: self-attention and feed-forward part read the first half of each token's numbers from the token before.
        fused: PyTorch's fused attention, faster, without weights to look at.

    Raises:
        ValueError: a choice is not among those above, or sizes do not fit together.
    """

    vocab_size: int
    context_len: int = 256
    d_model: int = 128
    n_heads: int = 4
    n_layers: int = 4
    d_ff: int | None = None
    dropout: float = 0.0
    norm_place: str = "pre"
    norm_kind: str = "layer"
    norm_eps: float = 1e-5
    positions: str = "sinusoidal"
    activation: str = "relu"
    window: int | None = None
    bias: bool = True
    normed_heads: bool = False
    zero_output: bool = False
    shifted: bool = False
    fused: bool = False

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}; expected one of {', '.join(allowed)}.")
        if min(self.vocab_size, self.context_len, self.d_model, self.n_heads) < 1 or self.n_layers < 0:
            raise ValueError(f"Every size must be 1 or more, got {self}.")
        if self.d_model % self.n_heads:
            raise ValueError(f"d_model = {self.d_model} cannot be divided among {self.n_heads} heads.")
        if self.window is not None and self.window < 1:
            raise ValueError(f"The window is {self.window}; a token must at least see itself: 1 or more, or None.")

    @property
    def d_head(self) -> int:
        """K, numbers in a head."""
        return self.d_model // self.n_heads

    @property
    def width(self) -> int:
        """d_ff, also where it was not given."""
        return 4 * self.d_model if self.d_ff is None else self.d_ff
