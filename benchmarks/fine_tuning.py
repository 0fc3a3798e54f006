"""Fine-tuning MiniLM in our encoder beside Hugging Face's, on the same batches of film snippets: seconds and losses."""

import time
from statistics import median

import torch
from torch import nn

from helpers import bert, runtime
from helpers import fine_tuning as ft

BATCH, LABELS, TEST, LEARNING_RATE = 32, 512, 300, 1e-4


class Theirs(nn.Module):
    """Hugging Face's `BertModel` with our weights, under the same head: token_ids (B, T) -> logits (B, 2)."""

    def __init__(self, ours: bert.Classifier) -> None:
        super().__init__()
        from transformers import BertModel

        from helpers.bert.hugging_face import to_hugging_face

        twin = to_hugging_face(ours.encoder)
        twin.config._attn_implementation = "sdpa"  # its fused kernel, as ours
        self.model = BertModel(twin.config, add_pooling_layer=False)
        self.model.load_state_dict(twin.state_dict())
        self.to_logits = nn.Linear(ours.to_logits.in_features, 2)
        self.to_logits.load_state_dict(ours.to_logits.state_dict())

    def forward(self, token_ids: torch.Tensor) -> torch.Tensor:
        mask = token_ids != 0
        x = self.model(token_ids, attention_mask=mask.long()).last_hidden_state
        return self.to_logits(bert.mean_pool(x, mask))


def measure() -> list[dict]:
    """An epoch over some snippets, step by step in turn, both from the same weights and without dropout."""
    runtime.threads(2)
    runtime.seed(0)
    found = bert.load_minilm()
    ours = bert.Classifier(ft.without_dropout(found.encoder), pooling="mean", dropout=0.0)
    models = {"ours": ours, "Hugging Face": ft.without_dropout(Theirs(ours))}
    optimizers = {name: torch.optim.AdamW(model.parameters(), LEARNING_RATE, fused=True)
                  for name, model in models.items()}  # fmt: skip
    part, test = ft.draw(ft.labelled(), LABELS, 0), ft.draw(ft.labelled(split="valid"), TEST, 0)
    batches, generator = ft.Batches(ft.encoded(found.tokenizer, part.texts), part.labels, BATCH), runtime.seed(0)
    seconds, losses = {name: [] for name in models}, {name: [] for name in models}
    for step in range(batches.per_epoch):
        batch = batches(generator)
        for name in models if step % 2 else reversed(models):
            started = time.perf_counter()
            optimizers[name].zero_grad()
            loss = ft.review_loss(models[name].train(), batch)
            loss.backward()
            optimizers[name].step()
            seconds[name].append(time.perf_counter() - started)
            losses[name].append(loss.item())
    ids = ft.encoded(found.tokenizer, test.texts)
    # Batches differ in length and the machine in mood: each step is compared with the other model's on the same batch.
    return [{"model": name, "seconds_per_step": median(seconds[name][2:]), "first_losses": losses[name][:3],
             "ratio": median(one / own for one, own in zip(seconds[name][2:], seconds["ours"][2:], strict=True)),
             "last_loss": losses[name][-1], "accuracy": ft.accuracy(ft.probabilities(model, ids), test.labels)}
            for name, model in models.items()]  # fmt: skip


def tables(rows: list[dict]) -> str:
    """The results as Markdown, with the ratio of their time to ours."""
    lines = [f"MiniLM, all weights, one epoch over {LABELS} film snippets in batches of {BATCH}, two threads, no "
             f"dropout; accuracy on {TEST} held-out snippets.", "",
             "| model | seconds a step | this over ours, by step | losses of the first steps | last loss | accuracy |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        first = ", ".join(f"{loss:.5f}" for loss in row["first_losses"])
        lines.append(f"| {row['model']} | {row['seconds_per_step']:.2f} | {row['ratio']:.2f} | {first} | "
                     f"{row['last_loss']:.4f} | {row['accuracy']:.1%} |")  # fmt: skip
    return "\n".join(lines)
