"""The laboratory of leaks: each planted fault shows where the lesson says, and nowhere else."""

import math

import pytest
import torch
from torch import nn

from helpers import leaks


@pytest.fixture(scope="module")
def suspects():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield leaks.suspects(seed=3, steps=120)
    torch.set_num_threads(threads)


@pytest.fixture
def batch():
    return leaks.windows(leaks.roll(40, torch.Generator().manual_seed(5)), 3, 2)


def marks(suspects, name, batch, row, place):
    return (leaks.moved(suspects[name].model, batch, row, place) > 1e-6).tolist()


def test_reported_losses_are_impossible_and_honest_ones_are_not(suspects):
    assert leaks.HONEST == pytest.approx(math.log(6))
    for name, suspect in suspects.items():
        reported, honest = suspect.reported(), leaks.honest_loss(suspect.model)
        if name == "clean":
            assert abs(reported - leaks.HONEST) < 0.1 and abs(honest - leaks.HONEST) < 0.15
        else:
            assert reported < leaks.HONEST - 0.2 and honest > leaks.HONEST + 0.1, name


def test_each_fault_leaves_its_own_mark(suspects, batch):
    of = {fault: name for name, fault in leaks.PLANTED.items()}
    later = [False] * 6 + [True] * 6
    nothing = [False] * 12
    for name in ("clean", of["knows the test"], of["repeats its input"]):
        assert marks(suspects, name, batch, 0, 6) == [later, nothing], name
    assert marks(suspects, of["sees one ahead"], batch, 0, 6) == [[place >= 5 for place in range(12)], nothing]
    here = [place == 6 for place in range(12)]
    assert marks(suspects, of["sees its neighbours"], batch, 0, 6) == [here, here]
    said = suspects[of["repeats its input"]].model(batch).argmax(-1)
    assert (said == batch).float().mean() > 0.95
    assert (suspects["clean"].model(batch).argmax(-1) == batch).float().mean() < 0.7


def test_the_answers_are_where_the_faults_find_them(batch):
    assert (batch[0, :-1] == batch[1, 1:]).all()  # the text above is one roll ahead
    assert batch.min() >= 1 and batch.max() <= 6


def test_padding_at_the_end_moves_nothing_but_where_a_token_sees_ahead(suspects, batch):
    padded = batch.clone()
    padded[0, 9:] = leaks.PAD
    for name, fault in [*leaks.PLANTED.items(), ("clean", "")]:
        moved = leaks.moved(suspects[name].model, padded, 0, 9, token=4)[0, :9] > 1e-6
        assert moved.tolist() == [False] * 8 + [fault == "sees one ahead"], name


def test_moved_says_what_it_cannot_do(suspects, batch):
    model = suspects["clean"].model
    assert leaks.moved(model, batch, 1, 0, token=int(batch[1, 0])).max() == 0
    for row, place in ((2, 0), (0, 12), (-1, 0)):
        with pytest.raises(ValueError, match="no token"):
            leaks.moved(model, batch, row, place)
    with pytest.raises(ValueError, match="training mode"):
        leaks.moved(nn.Embedding(7, 3), batch, 0, 0)
    with pytest.raises(ValueError, match="no fault"):
        leaks.suspect("sees ghosts")


@pytest.mark.parametrize("hostile", [None, 3, "A", {}, {"A": 1, "B": None, "X": "y"}, {"A": "<script>"}, []])
def test_a_verdict_takes_anything(hostile, capsys):
    assert leaks.verdict(hostile) == dict.fromkeys("ABCD")
    assert capsys.readouterr().out.count("not answered yet") == 4


def test_a_verdict_tells_right_from_wrong(capsys):
    wrong = dict(leaks.PLANTED) | {"C": "knows the test"}
    assert leaks.verdict(wrong) == {"A": True, "B": True, "C": False, "D": True}
    said = capsys.readouterr().out.splitlines()
    assert said[2] == f"C: not “knows the test”. {leaks.CLUES['sees one ahead']}"
    assert leaks.FAULTS["repeats its input"] in said[3]
    assert set(leaks.CLUES) == set(leaks.FAULTS) == set(leaks.PLANTED.values())


def test_the_same_seed_gives_the_same_suspect_and_leaves_chance_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    one = leaks.suspect(seed=1, steps=2)
    assert torch.rand(1) == expected
    other = leaks.suspect(seed=1, steps=2)
    assert all((a == b).all() for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True))
