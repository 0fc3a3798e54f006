"""MiniLM in our own encoder: the same numbers as Hugging Face, for any text, silently and without network."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from helpers import assets
from helpers.bert import MiniLM, batch_of, minilm_attention

if not assets.available("minilm") and os.environ.get("CI") != "true":   # under CI its absence is a failure
    pytest.skip("the asset minilm is not here; fetch it with `python -m helpers.assets minilm`",
                allow_module_level=True)


@pytest.fixture(scope="module")
def minilm():
    return MiniLM()


@pytest.mark.parametrize("text", ["The cat sat on the mat because it was tired.", "Naïve cafés aren't",
                                  "我爱这本书 🙂 مرحبا", ""])
def test_equals_hugging_face(minilm, text):
    from transformers import AutoModel, AutoTokenizer

    folder = assets.path("minilm")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()
    encoded = tokenizer(text, return_tensors="pt", truncation=True, max_length=128)
    with torch.no_grad():
        peer = model(**encoded, output_attentions=True).attentions
    maps = minilm.attention(text)
    assert maps.tokens == tokenizer.convert_ids_to_tokens(encoded["input_ids"][0])
    np.testing.assert_allclose(maps.attention, torch.stack(peer)[:, 0].numpy(), atol=1e-5)


def test_hidden_states_equal_hugging_face_in_a_padded_batch(minilm):
    from transformers import AutoModel

    peer = AutoModel.from_pretrained(assets.path("minilm"), local_files_only=True, attn_implementation="eager").eval()
    ids = batch_of(minilm.tokenizer, ["The cat sat.", "", "Naïve cafés 我爱 🙂 " * 12]).token_ids
    real = ids != 0
    with torch.no_grad():
        ours = minilm.model(ids).hidden
        theirs = peer(ids, attention_mask=real.long(), output_hidden_states=True).hidden_states
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine[real], other[real], atol=1e-5, rtol=0)


@pytest.mark.parametrize("text", ["", " ", "cat", "我爱这本书", "🙂👩‍👩‍👧‍👦", "مرحبا بالعالم", "a\x00b\u202e",
                                  "\ud800", "x" * 10_000, "to be or not to be " * 530, "[MASK] [SEP]"])
def test_any_text(minilm, text):
    maps = minilm.attention(text)
    n_tokens = len(maps.tokens)
    assert 2 <= n_tokens <= 128 and (maps.tokens[0], maps.tokens[-1]) == ("[CLS]", "[SEP]")
    assert maps.attention.shape == (6, 12, n_tokens, n_tokens) and maps.attention.dtype == np.float32
    np.testing.assert_allclose(maps.attention.sum(-1), 1, atol=1e-5)


def test_a_long_text_is_cut_and_it_is_said(minilm):
    long, short = minilm.attention("cat " * 2000), minilm.attention("cat " * 20)
    assert len(long.tokens) == 128 and "2,002 tokens" in long.note and "first 128" in long.note
    assert len(short.tokens) == 22 and short.note == ""
    same = minilm.attention("cat " * 126)         # 126 words and two marks are just not too long
    assert same.note == "" and np.array_equal(same.attention, long.attention)


def test_fewer_tokens_on_request(minilm):
    assert minilm.attention("the cat sat", max_tokens=3).tokens == ["[CLS]", "the", "[SEP]"]
    for wrong in (1, 513):
        with pytest.raises(ValueError, match="2 to 512"):
            minilm.attention("cat", max_tokens=wrong)


@pytest.mark.parametrize("text", [None, 7, ["a", "b"]])
def test_what_is_no_text(minilm, text):
    with pytest.raises(ValueError, match="expected a str"):
        minilm.attention(text)


def test_the_function_takes_a_loaded_model_and_repeats_itself(minilm):
    maps = minilm_attention("The cat sat.", minilm)
    assert np.array_equal(maps.attention, minilm_attention("The cat sat.", minilm).attention)
    assert not minilm.model.training


def test_a_folder_without_weights(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ValueError, match=r"no model\.safetensors, vocab\.txt"):
        MiniLM(tmp_path)


def test_silent_and_frugal():
    """A fresh process prints nothing of its own and stays far below a notebook's 1.2 GB."""
    code = ("import psutil; from helpers.bert import minilm_attention; "
            "minilm_attention('The cat sat. ' * 60); print(psutil.Process().memory_info().rss)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert int(done.stdout) < 700e6, f"{int(done.stdout) / 1e6:.0f} MB"
