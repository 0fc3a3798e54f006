"""The Transformer of Vaswani et al. (2017) and its usual variants: blocks, encoder, decoder, encoder-decoder."""

from helpers.attention.positions import rotate, sinusoidal_positions
from helpers.transformer.block import Block, BlockOutput, FeedForward, make_norm, pre_norm_block
from helpers.transformer.config import TransformerConfig
from helpers.transformer.stack import EncoderDecoder, Output, Stack, TokenEmbedding
from helpers.transformer.translate import translate

__all__ = [
    "Block",
    "BlockOutput",
    "EncoderDecoder",
    "FeedForward",
    "Output",
    "Stack",
    "TokenEmbedding",
    "TransformerConfig",
    "make_norm",
    "pre_norm_block",
    "rotate",
    "sinusoidal_positions",
    "translate",
]
