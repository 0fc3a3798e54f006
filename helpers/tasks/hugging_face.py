"""Our tagger's weights in the class that professionals use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.bert import Tagger
from helpers.bert.hugging_face import silent_transformers, to_hugging_face

if TYPE_CHECKING:
    from transformers import BertForTokenClassification


def token_classifier(model: Tagger) -> BertForTokenClassification:
    """Put a tagger's weights into Hugging Face's `BertForTokenClassification`, which must then give the same logits.

    Raises:
        ValueError: the encoder has other variants than BERT.
    """
    encoder = to_hugging_face(model.encoder)
    with silent_transformers():
        from transformers import BertForTokenClassification

    settings = encoder.config
    settings.num_labels = model.to_logits.out_features
    theirs = BertForTokenClassification(settings)
    theirs.bert.load_state_dict(encoder.state_dict())
    theirs.classifier.load_state_dict(model.to_logits.state_dict())
    return theirs.train(model.training)
