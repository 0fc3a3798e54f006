"""The lessons of the course in their order: what each is called, how long it takes, whether it is here yet."""

from dataclasses import dataclass
from pathlib import Path

STAGES = ("Start", "Text as numbers", "Predicting the next word", "Attention", "Pretrain and use", "Look closer")


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, file stem, title, minutes, and the stage of the course it belongs to."""

    number: int
    slug: str
    title: str
    minutes: int
    stage: int

    @property
    def stem(self) -> str:
        """The name its files share, such as `02_word_vectors`."""
        return f"{self.number:02d}_{self.slug}"


LESSONS = (
    Lesson(0, "start_here", "Start here", 15, 0),
    Lesson(1, "text_to_tokens", "From text to tokens", 45, 1),
    Lesson(2, "word_vectors", "Word vectors", 55, 1),
    Lesson(3, "neural_language_models", "Neural language models", 60, 2),
    Lesson(4, "rnn_lstm", "RNN and LSTM", 65, 2),
    Lesson(5, "attention", "Attention", 60, 3),
    Lesson(6, "transformer", "The Transformer", 80, 3),
    Lesson(7, "gpt", "GPT: writing text", 65, 3),
    Lesson(8, "pretraining", "Masked-language-model pretraining", 65, 4),
    Lesson(9, "fine_tuning", "Fine-tuning", 65, 4),
    Lesson(10, "more_tasks", "More tasks", 60, 4),
    Lesson(11, "looking_inside", "Looking inside", 60, 5),
    Lesson(12, "smaller_faster", "Smaller and faster", 50, 5),
    Lesson(13, "limits", "Limits and responsibility", 50, 5),
)


def present(folder: str | Path = ".") -> list[Lesson]:
    """The lessons whose notebooks stand in `folder`, in the order of the course."""
    return [lesson for lesson in LESSONS if (Path(folder) / f"{lesson.stem}.ipynb").exists()]
