"""The exercise on the distillation loss and its known wrong answers."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy, kl_div, mse_loss

from helpers.checks.answers import Loss
from helpers.checks.check import Check
from helpers.checks.exercise import Case, Exercise, Mistake
from helpers.compression.distil import distillation_loss as reference


def _kl(s, t, reduce="batchmean"):
    """Of log-probabilities: KL(t ‖ s), whole classes summed, texts as asked."""
    return kl_div(s, t, reduction=reduce, log_target=True)


def _logs(x, temperature=1.0):
    return (x / temperature).log_softmax(1)


def _both(s, t, y, a, soft, hard=None):
    return a * soft + (1 - a) * (cross_entropy(s, y) if hard is None else hard)


def _soft_entropy(s, t, temperature):
    return -(_logs(t, temperature).exp() * _logs(s, temperature)).sum(1).mean()


MISTAKES = (
    Mistake(
        "no-t-squared",
        "T² is missing in the soft part. Softened by T, its gradients are about T² times smaller; the factor makes up "
        "for that, so that alpha means the same at every temperature.",
        (lambda s, t, y, T, a: _both(s, t, y, a, _kl(_logs(s, T), _logs(t, T))),),
    ),
    Mistake(
        "t-not-squared",
        "You multiply the soft part by T. It takes T²: the gradient shrinks once by the division and once more because "
        "soft probabilities lie closer together.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T * _kl(_logs(s, T), _logs(t, T))),),
    ),
    Mistake(
        "t-squared-on-both",
        "T² stands before the hard part as well. It belongs to the soft part alone.",
        (lambda s, t, y, T, a: T**2 * _both(s, t, y, a, _kl(_logs(s, T), _logs(t, T))),),
    ),
    Mistake(
        "student-not-softened",
        "Only the teacher is softened. Divide both by T: the student should learn the same soft distribution.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s), _logs(t, T))),
         lambda s, t, y, T, a: _both(s, t, y, a, _kl(_logs(s), _logs(t, T)))),
    ),
    Mistake(
        "teacher-not-softened",
        "Only the student is softened. Divide both by T.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s, T), _logs(t))),
         lambda s, t, y, T, a: _both(s, t, y, a, _kl(_logs(s, T), _logs(t)))),
    ),
    Mistake(
        "temperature-forgotten",
        "The temperature is nowhere. Divide the logits of both by it before the softmax.",
        (lambda s, t, y, T, a: _both(s, t, y, a, _kl(_logs(s), _logs(t))),
         lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s), _logs(t)))),
    ),
    Mistake(
        "temperature-times",
        "You multiply the logits by T, which sharpens. Divide.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s * T), _logs(t * T))),),
    ),
    Mistake(
        "hard-part-softened",
        "The hard part is softened too. The labels are met by the student's own probabilities, at temperature 1.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s, T), _logs(t, T)), cross_entropy(s / T, y)),
         lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s, T), _logs(t, T)), T**2 * cross_entropy(s / T, y))),
    ),
    Mistake(
        "kl-reversed",
        "Your KL is the other way round. The teacher's probabilities weigh: KL(teacher ‖ student). In PyTorch's "
        "`kl_div` the first argument is the student's log-probabilities.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(t, T), _logs(s, T))),),
    ),
    Mistake(
        "mean-over-classes",
        "You take the mean over classes too; that is what `kl_div` does by default. Sum over the classes, mean over "
        "the texts: `reduction=\"batchmean\"`.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s, T), _logs(t, T), "mean")),),
    ),
    Mistake(
        "sum-over-texts",
        "You add the texts up. Take their mean, as `cross_entropy` does, or the two parts do not fit together.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s, T), _logs(t, T), "sum")),
         lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl(_logs(s, T), _logs(t, T), "sum"),
                                     cross_entropy(s, y, reduction="sum"))),
    ),
    Mistake(
        "alpha-exchanged",
        "alpha stands before the hard part. It is the weight of the teacher's, 1 - alpha that of the labels'.",
        (lambda s, t, y, T, a: _both(s, t, y, 1 - a, T**2 * _kl(_logs(s, T), _logs(t, T))),),
    ),
    Mistake(
        "no-weights",
        "You add the two parts without weighing them: alpha and 1 - alpha.",
        (lambda s, t, y, T, a: T**2 * _kl(_logs(s, T), _logs(t, T)) + cross_entropy(s, y),
         lambda s, t, y, T, a: a * T**2 * _kl(_logs(s, T), _logs(t, T)) + cross_entropy(s, y)),
    ),
    Mistake(
        "soft-part-only",
        "The labels are missing: (1 - alpha) times the cross-entropy with the student's own probabilities.",
        (lambda s, t, y, T, a: T**2 * _kl(_logs(s, T), _logs(t, T)),
         lambda s, t, y, T, a: a * T**2 * _kl(_logs(s, T), _logs(t, T))),
    ),
    Mistake(
        "hard-part-only",
        "The teacher is missing: alpha times T² times KL.",
        (lambda s, t, y, T, a: cross_entropy(s, y), lambda s, t, y, T, a: (1 - a) * cross_entropy(s, y)),
    ),
    Mistake(
        "cross-entropy-with-teacher",
        "Your soft part is the cross-entropy with the teacher. Its gradient is the right one, but it is not 0 where "
        "both agree. Here it is KL: take away the teacher's own entropy.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _soft_entropy(s, t, T)),),
    ),
    Mistake(
        "probabilities-for-logs",
        "`kl_div` wants the student's *log*-probabilities, and yours are probabilities: `log_softmax`.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * kl_div(_logs(s, T).exp(), _logs(t, T).exp(),
                                                               reduction="batchmean")),),
    ),
    Mistake(
        "logs-for-probabilities",
        "`kl_div` takes your teacher's log-probabilities for probabilities. Give it `log_target=True`, or `softmax`.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * kl_div(_logs(s, T), _logs(t, T), reduction="batchmean")),),
    ),
    Mistake(
        "squared-difference",
        "You take the squared difference. That is another way to distil; here it is the KL divergence of the softened "
        "probabilities.",
        (lambda s, t, y, T, a: _both(s, t, y, a, mse_loss(s, t)),
         lambda s, t, y, T, a: _both(s, t, y, a, T**2 * mse_loss(_logs(s, T).exp(), _logs(t, T).exp()))),
    ),
    Mistake(
        "softmax-over-texts",
        "Your softmax runs over the texts of the batch. It runs over the classes, the last axis.",
        (lambda s, t, y, T, a: _both(s, t, y, a, T**2 * _kl((s / T).log_softmax(0), (t / T).log_softmax(0))),),
    ),
)


def _case(seed: int, b: int, c: int, temperature: float, alpha: float, about: str) -> Case:
    generator = torch.Generator().manual_seed(seed)
    student = (2 * torch.randn(b, c, generator=generator)).round(decimals=1).requires_grad_()
    teacher = (3 * torch.randn(b, c, generator=generator)).round(decimals=1)
    labels = torch.randint(c, (b,), generator=generator)
    return Case((student, teacher, labels, temperature, alpha), about)


distillation_loss = Check(
    Exercise(
        name="compression.distillation_loss",
        title="The distillation loss",
        difficulty="hard",
        minutes=10,
        arguments=("student", "teacher", "labels", "temperature", "alpha"),
        reference=reference,
        answer=Loss(),
        cases=(
            _case(1, 1, 2, 1.0, 0.5, "one text, two classes, temperature 1"),
            _case(2, 1, 3, 2.0, 0.5, "one text, three classes, temperature 2"),
            _case(3, 3, 2, 4.0, 0.9, "three texts, two classes, temperature 4"),
            _case(4, 4, 5, 3.0, 0.3, "four texts, five classes"),
            _case(5, 2, 3, 0.5, 0.7, "a temperature below 1"),
            _case(6, 3, 4, 2.5, 0.25, "three texts, four classes"),
            Case((torch.tensor([[1000.0, 0.0, -1000.0]]).requires_grad_(), torch.tensor([[0.0, 500.0, 1000.0]]),
                  torch.tensor([2]), 2.0, 0.5), "logits of 1,000"),
        ),
        mistakes=MISTAKES,
        hints=(
            "`log_softmax(x / temperature, dim=1)` of both; the divergence sums teacher's probability times (log of "
            "the teacher's minus log of the student's) over the classes. Then T², then alpha.",
            "`kl_div(soft_student, soft_teacher, reduction=\"batchmean\", log_target=True) * temperature**2` is the "
            "soft part, `cross_entropy(student, labels)` the hard one.",
        ),
    )
)
