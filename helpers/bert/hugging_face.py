"""Our BERT's weights in the class that professionals use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from helpers.bert.encoder import Encoder, bert_config
from helpers.bert.heads import MaskedLanguageModel
from helpers.bert.minilm import their_names

if TYPE_CHECKING:
    from transformers import BertForMaskedLM, BertModel


def to_hugging_face(model: Encoder | MaskedLanguageModel) -> BertModel | BertForMaskedLM:
    """Put our weights into Hugging Face's classes, which must then give the same numbers.

    Args:
        model: an encoder gives a `BertModel` without pooler, a `MaskedLanguageModel` a `BertForMaskedLM`.

    Raises:
        ValueError: the config is not that of BERT (see `bert_config`).
    """
    with silent_transformers():
        from transformers import BertConfig, BertForMaskedLM, BertModel

    encoder = model if isinstance(model, Encoder) else model.encoder
    config = encoder.config
    twin = bert_config(config.vocab_size, context_len=config.context_len, d_model=config.d_model, d_ff=config.d_ff,
                       n_heads=config.n_heads, n_layers=config.n_layers, dropout=config.dropout,
                       norm_eps=config.norm_eps, fused=config.fused)  # fmt: skip
    if config != twin:
        raise ValueError("Only a BERT made with bert_config fits into Hugging Face's class.")
    settings = BertConfig(
        vocab_size=config.vocab_size, hidden_size=config.d_model, num_hidden_layers=config.n_layers,
        num_attention_heads=config.n_heads, intermediate_size=config.width, hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=config.dropout, max_position_embeddings=config.context_len,
        type_vocab_size=encoder.embedding.segment.num_embeddings, layer_norm_eps=config.norm_eps,
        pad_token_id=encoder.pad_id, attn_implementation="eager")  # fmt: skip
    own = encoder.state_dict()
    state = {theirs: own[ours].detach().clone() for ours, theirs in their_names(config.n_layers).items()}
    if isinstance(model, Encoder):
        theirs = BertModel(settings, add_pooling_layer=False)
        theirs.load_state_dict(state)
        return theirs.train(model.training)
    theirs, head = BertForMaskedLM(settings), model.head
    theirs.bert.load_state_dict(state)
    predictions = theirs.cls.predictions
    predictions.transform.dense.load_state_dict(head.dense.state_dict())
    predictions.transform.LayerNorm.load_state_dict(head.norm.state_dict())
    predictions.bias.data.copy_(head.to_logits.bias.detach())
    predictions.decoder.bias.data.copy_(head.to_logits.bias.detach())
    return theirs.train(model.training)


@contextlib.contextmanager
def silent_transformers() -> Iterator[None]:
    """Keep transformers from drawing progress bars and reports, and leave its settings as they were."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
