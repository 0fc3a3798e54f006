"""Taggers: targets and predictions word by word, the split of names, entities in any text, Hugging Face's logits."""

import pytest
import torch

from helpers import bert, data
from helpers.pretraining import text
from helpers.tasks import names, tagging, weak_spans
from helpers.tasks.spans import spans_of
from helpers.training import Recipe, train

HOSTILE = ["", " ", "<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 10_000, "no. " * 400,
           "a\nb", "\x00\u200d"]  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer():
    return text.tokenizer()


@pytest.fixture(scope="module")
def tagger(tokenizer):
    torch.manual_seed(0)
    encoder = bert.Encoder(bert.bert_config(tokenizer.vocab_size, d_model=16, n_heads=2, n_layers=1, dropout=0.0))
    return bert.Tagger(encoder, 3, dropout=0.0).eval()


def row(sentence):
    return tagging.tagged(sentence, weak_spans(sentence, ["country"]))


def test_words_and_tags_of_a_sentence():
    one = row("The U.S. and New Zealand spoke.")
    assert one.words == ("The", "U", ".", "S", ".", "and", "New", "Zealand", "spoke", ".")
    assert one.tags == ("O", *["B-country"], *["I-country"] * 3, "O", "B-country", "I-country", "O", "O")
    assert one.spans == spans_of(one.tags) and one.names == ["U.S.", "New Zealand"]


def test_only_the_first_piece_of_each_word_is_asked_about(tokenizer):
    rows = [row("Kyrgyzstan thanked New Zealand."), row("Nobody came.")]
    batch, targets = tagging.TagBatches(tokenizer, rows, tagging.COUNTRY_TAGS).encode(rows)
    assert targets.shape == batch.token_ids.shape
    for number, one in enumerate(rows):
        asked = [place for place in range(targets.shape[1]) if targets[number, place] != bert.IGNORED]
        assert [tagging.COUNTRY_TAGS[targets[number, place]] for place in asked] == list(one.tags)
        pieces = [batch.tokens[number][place] for place in asked]
        assert len(pieces) == len(one.words) and not any(piece.startswith(("##", "[")) for piece in pieces)
    assert len(batch.tokens[0]) > len(rows[0].words) + 2  # some word has several pieces


def test_each_sentence_comes_once_a_round(tokenizer):
    rows = [row(f"In {name} it rained {'very ' * (number % 5)}much.") for number, name in enumerate(names.countries())]
    batches = tagging.TagBatches(tokenizer, rows[:50], tagging.COUNTRY_TAGS, batch_size=8)
    generator, seen = torch.Generator().manual_seed(0), []
    for _ in range(7):
        batch, _ = batches(generator)
        seen += ["".join(tokens) for tokens in batch.tokens]
    assert len(seen) == 50 and len(set(seen)) == 50


def test_predictions_do_not_depend_on_the_company(tokenizer, tagger):
    texts = ["Peru and Chile.", "It rained in the north of New Zealand all day.", "Yes."]
    words = [list(row(one).words) for one in texts]
    words += [[], ["word"] * 200]
    together = tagging.predict(tagger, tokenizer, words, tagging.COUNTRY_TAGS)
    assert [len(tags) for tags in together] == [len(one) for one in words] and together[3] == []
    for one, tags in zip(words, together, strict=True):
        assert tagging.predict(tagger, tokenizer, [one], tagging.COUNTRY_TAGS) == [tags]
    assert set(together[4][tagging.LONGEST :]) == {"O"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_entities_of_any_text_are_stretches_of_it(tokenizer, tagger, hostile):
    found = tagging.find_entities(tagger, tokenizer, hostile, tagging.COUNTRY_TAGS)
    assert all(0 <= a.start < a.end <= len(hostile) for a in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


def test_a_tagger_learns_and_finds_what_it_learned(tokenizer):
    torch.manual_seed(0)
    encoder = bert.Encoder(bert.bert_config(tokenizer.vocab_size, d_model=32, n_heads=2, n_layers=1, dropout=0.0))
    model = bert.Tagger(encoder, 3, dropout=0.0)
    rows = [row(one) for one in ("Peru won.", "New Zealand lost to Chile.", "They lost.", "In Chile it rained.")]
    train(model, tagging.TagBatches(tokenizer, rows, tagging.COUNTRY_TAGS, 4), tagging.tagging_loss,
          Recipe(60, 3e-3), generator=torch.Generator().manual_seed(0), show=False)  # fmt: skip
    found = tagging.predict(model, tokenizer, [one.words for one in rows], tagging.COUNTRY_TAGS)
    assert [tuple(tags) for tags in found] == [one.tags for one in rows]
    sentence = "They lost. Chile won."
    spans = tagging.find_entities(model, tokenizer, sentence, tagging.COUNTRY_TAGS)
    assert "Chile" in {sentence[span.start : span.end] for span in spans}


def test_no_country_of_the_test_was_ever_labelled():
    articles = data.news_articles()[:250]
    split = tagging.country_split(articles, 60, 40)
    other = tagging.country_split(articles, 60, 40, seed=1, leave_out=[split.train[0].text])
    for part, half in ((split.train, 0), (split.test, 1)):
        found = [[one.text[span.start : span.end] for span in weak_spans(one.text, ["country"])] for one in part]
        halves = [{names.half(names.countries()[name]) for name in spans} for spans in found]
        assert halves.count({half}) == halves.count(set()) == len(part) // 2
    assert split.test == other.test and split.train != other.train
    assert not {one.text for one in split.train} & {one.text for one in split.test}
    assert split.train[0].text not in {one.text for one in other.train}
    with pytest.raises(ValueError, match="There are not"):
        tagging.country_split(articles[:5], 60, 40)


def test_hugging_face_gives_the_same_logits(tokenizer, tagger):
    from helpers.tasks.hugging_face import token_classifier

    theirs = token_classifier(tagger)
    batch = bert.batch_of(tokenizer, ["Peru and New Zealand signed it.", "Nobody came.", "🙂 <b>Chad</b> 我"])
    real = batch.token_ids != tagger.encoder.pad_id
    with torch.no_grad():
        ours, logits = tagger(batch.token_ids), theirs(batch.token_ids, attention_mask=real.long()).logits
    assert (ours - logits)[real].abs().max() < 1e-5
    assert sum(part.numel() for part in theirs.parameters()) == sum(part.numel() for part in tagger.parameters())
