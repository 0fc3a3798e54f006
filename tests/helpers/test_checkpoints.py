"""Checkpoints: what is kept is what was trained, whatever happens to the files."""

import dataclasses
import json

import pytest
import torch
from torch import nn

from helpers import checkpoints
from helpers.checkpoints import Checkpoint, CheckpointError, Trained, store
from helpers.checkpoints.__main__ import main
from helpers.training import History

MB = 1_000_000


class Tied(nn.Module):
    """Two names for one matrix, as in a GPT, and a buffer of integers."""

    def __init__(self, width=3):
        super().__init__()
        self.embedding = nn.Embedding(5, width)
        self.output = nn.Linear(width, 5, bias=False)
        self.output.weight = self.embedding.weight
        self.register_buffer("seen", torch.tensor([7]))


def trained(seed):
    torch.manual_seed(seed)
    history = History(losses=[2.0, 1.5], seconds=[0.25, 0.5], evaluations=[(2, 1.25)], best=(2, 1.25))
    return Trained(Tied(), history, {"accuracy": seed / 10})


def toy(**changes):
    return Checkpoint(**{"name": "toy", "about": "A toy.", "train": trained, "recipe": {"width": 3}} | changes)


def save(checkpoint, folder, seed=0, texts=None):
    return store.save(checkpoint, seed, checkpoint.train(seed), texts or {}, folder)


def test_weights_and_record_come_back(tmp_path):
    for seed in (1, 0, 2):  # in any order
        save(toy(), tmp_path, seed)
    model = Tied()
    found = checkpoints.load("toy", model, tmp_path)
    wanted = trained(0).model
    assert all(
        torch.equal(a, b) for a, b in zip(model.state_dict().values(), wanted.state_dict().values(), strict=True)
    )
    assert model.output.weight is model.embedding.weight and not model.training
    assert [run["seed"] for run in found.runs] == [0, 1, 2]
    assert found.figures == {"accuracy": [0.0, 0.1, 0.2]}
    assert (found.seconds, found.curve, found.parameters) == (0.8, [[2, 0.8, 1.25]], 15)
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == [
        "toy.json", "toy.safetensors"]  # fmt: skip


def test_half_precision_is_half_the_size_and_close(tmp_path):
    save(toy(), tmp_path)
    save(toy(name="half", precision="float16"), tmp_path)
    model = Tied()
    checkpoints.load("half", model, tmp_path)
    assert model.embedding.weight.dtype == torch.float32
    assert torch.allclose(model.embedding.weight, trained(0).model.embedding.weight, atol=1e-3)
    assert (tmp_path / "half.safetensors").stat().st_size < (tmp_path / "toy.safetensors").stat().st_size


@pytest.mark.parametrize("change", [{"recipe": {"width": 4}}, {"texts": {"wiki": "other"}}], ids=["recipe", "texts"])
def test_runs_of_another_recipe_or_text_are_dropped(tmp_path, change):
    save(toy(), tmp_path, 0)
    save(toy(), tmp_path, 1)
    texts = change.pop("texts", {})
    found = save(toy(**change), tmp_path, 2, texts)
    assert [run["seed"] for run in found.runs] == [2] and found.sha256 == ""
    with pytest.raises(CheckpointError, match="not the file of its record"):
        checkpoints.load("toy", Tied(), tmp_path)


def test_damage_is_one_sentence_and_leaves_the_model(tmp_path):
    save(toy(), tmp_path)
    path, model = tmp_path / "toy.safetensors", Tied()
    before = model.embedding.weight.detach().clone()
    whole = path.read_bytes()

    def refused(match, which=model, name="toy"):
        with pytest.raises(CheckpointError, match=match) as caught:
            checkpoints.load(name, which, tmp_path)
        assert "\n" not in str(caught.value)

    path.write_bytes(whole[:-1])
    refused("not the file of its record")
    path.unlink()
    refused("missing")
    path.write_bytes(whole)
    refused("other parts or sizes", Tied(width=4))
    refused("other parts or sizes", nn.Linear(2, 2))
    refused("there are toy", name="unheard_of")
    (tmp_path / "toy.json").write_text("{")
    refused("damaged")
    assert torch.equal(before, model.embedding.weight)


def test_a_checkpoint_says_what_it_cannot_be():
    for wrong in ({"name": "../up"}, {"seeds": ()}, {"precision": "int8"}, {"recipe": {"sizes": (1, 2)}}):
        with pytest.raises(ValueError):
            toy(**wrong)


def test_digest_changes_with_characters_order_and_borders():
    texts = [["ab", "c"], ["a", "bc"], ["c", "ab"], [["a", "b"], "c"], [torch.tensor([1, 2])], [torch.tensor([2, 1])]]
    assert len({checkpoints.digest(text) for text in texts}) == len(texts)
    assert checkpoints.digest(iter(["ab", "c"])) == checkpoints.digest(["ab", "c"])


def test_the_command_trains_what_is_missing_and_only_that(tmp_path, monkeypatch, capsys):
    calls = []

    def train(seed):
        calls.append(seed)
        return trained(seed)

    module = "helpers.checkpoints.__main__"
    monkeypatch.setattr(f"{module}.catalogue", lambda: {"toy": toy(train=train)})
    for name in ("save", "record", "kept_runs"):
        real = getattr(store, name)
        monkeypatch.setattr(f"{module}.{name}", lambda *args, real=real: real(*args, folder=tmp_path))
    monkeypatch.setattr("sys.argv", ["checkpoints", "--seeds", "1"])
    main()
    monkeypatch.setattr("sys.argv", ["checkpoints"])
    main()
    main()
    assert calls == [1, 0, 2]
    monkeypatch.setattr("sys.argv", ["checkpoints", "toy", "--again", "--seeds", "0"])
    main()
    assert calls == [1, 0, 2, 0] and "seeds 0, 1, 2" in capsys.readouterr().out


def declared():
    return list(checkpoints.catalogue().values())


@pytest.mark.parametrize("checkpoint", declared(), ids=lambda checkpoint: checkpoint.name)
def test_what_stands_in_the_tree_is_what_is_declared(checkpoint):
    found = checkpoints.record(checkpoint.name)
    assert found.recipe == checkpoint.recipe, f"run `python -m helpers.checkpoints {checkpoint.name}`"
    assert [run["seed"] for run in found.runs] == list(checkpoint.seeds)
    assert all(run["seconds"] > 0 and run["figures"] for run in found.runs)
    assert bool(found.sha256) is checkpoint.keeps_weights
    if checkpoint.keeps_weights:
        path = checkpoints.FOLDER / f"{checkpoint.name}.safetensors"
        assert path.stat().st_size <= 12 * MB
        assert store.hashlib.sha256(path.read_bytes()).hexdigest() == found.sha256


def test_nothing_in_the_folder_is_undeclared():
    names = {path.stem for path in checkpoints.FOLDER.iterdir() if path.suffix in (".json", ".safetensors")}
    assert names == set(checkpoints.catalogue())


def test_records_are_plain_data():
    for checkpoint in declared():
        found = checkpoints.record(checkpoint.name)
        assert json.loads(json.dumps(dataclasses.asdict(found))) == dataclasses.asdict(found)
