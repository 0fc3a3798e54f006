"""The numbers behind the embedding map: projection, neighbours, and what the projection keeps of them."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MapData:
    """What the map shows: N words at points (N, 2), the number of each one's group, the neighbours of each.

    `neighbours` holds row numbers, nearest first, from the full space; it is empty where they are not known.
    """

    words: tuple[str, ...]
    points: np.ndarray
    groups: tuple[int, ...]
    group_names: tuple[str, ...]
    neighbours: tuple[tuple[int, ...], ...] = ()


def project(matrix: np.ndarray, method: str = "pca") -> tuple[np.ndarray, float]:
    """Lay N vectors on a plane, along the two directions in which they differ most.

    Args:
        matrix: N vectors of D numbers, (N, D), N at least 1.
        method: "pca", principal component analysis by singular value decomposition; the only one so far.

    Returns:
        points (N, 2), and the share (0 to 1) of the vectors' variance that lies in this plane. Signs are
        fixed (the largest entry of each direction is positive): the same vectors always give the same map.

    Raises:
        ValueError: another method, a matrix that is not (N, D), or numbers that are not finite.

    Source: Jolliffe, Principal Component Analysis (2002), section 3.5.
    """
    matrix = np.asarray(matrix, dtype=np.float64)
    if method != "pca":
        raise ValueError(f"method is {method!r}; the only projection here is 'pca'.")
    if matrix.ndim != 2 or 0 in matrix.shape or not np.isfinite(matrix).all():
        flaw = " with numbers that are not finite" if matrix.ndim == 2 and matrix.size else ""
        raise ValueError(f"Expected vectors as (N, D), N and D at least 1; got shape {matrix.shape}{flaw}.")
    centred = matrix - matrix.mean(axis=0)  # (N, D)
    _, strengths, directions = np.linalg.svd(centred, full_matrices=False)  # (R,), (R, D)
    directions = directions[:2]  # (2, D), or (1, D) when there is only one
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]
    points = np.zeros((len(matrix), 2))
    points[:, : len(directions)] = centred @ directions.T
    variance = (strengths**2).sum()
    return points, float((strengths[:2] ** 2).sum() / variance) if variance > 0 else 1.0


def nearest_rows(matrix: np.ndarray, n: int = 5, metric: str = "cosine") -> list[list[int]]:
    """For each of N vectors the n others nearest to it, nearest first.

    Args:
        matrix: N vectors, (N, D).
        n: how many; at most N - 1 come back.
        metric: "cosine" (direction) for word vectors, "distance" (Euclidean) for points of a map.

    Returns:
        N lists of row numbers.

    Raises:
        ValueError: another metric, a negative n, or a matrix that is not (N, D).
    """
    matrix = np.asarray(matrix, dtype=np.float64)
    if metric not in ("cosine", "distance") or n < 0 or matrix.ndim != 2:
        raise ValueError(f"Expected metric 'cosine' or 'distance', n of 0 or more and a matrix (N, D); "
                         f"got {metric!r}, {n} and shape {matrix.shape}.")
    if metric == "cosine":
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)  # (N, 1)
        matrix = matrix / np.where(lengths > 0, lengths, 1)
    squares = (matrix**2).sum(axis=1)  # (N,)
    found: list[list[int]] = []
    for start in range(0, len(matrix), 1000):  # 1000 rows at a time: memory stays small
        block = matrix[start : start + 1000]
        closeness = block @ matrix.T  # (B, N)
        if metric == "distance":
            closeness = 2 * closeness - squares  # larger where the distance is smaller
        closeness[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        found += np.argsort(-closeness, axis=1, kind="stable")[:, : min(n, len(matrix) - 1)].tolist()
    return found


def kept_neighbours(points: np.ndarray, neighbours: Sequence[Sequence[int]]) -> float:
    """The share (0 to 1) of the true neighbours that are among the equally many nearest points of the map."""
    total = sum(len(row) for row in neighbours)
    if total == 0:
        return 1.0
    flat = nearest_rows(points, max(len(row) for row in neighbours), "distance")
    pairs = zip(neighbours, flat, strict=True)
    return sum(len(set(true) & set(near[: len(true)])) for true, near in pairs) / total


def compute(words: Iterable, points, groups: Iterable[Hashable] | None = None, neighbours=None) -> MapData:
    """Check what the caller gave, and number the groups in the order in which they appear.

    Raises:
        ValueError: lengths that differ, points that are not (N, 2) or not finite, neighbours out of range.
    """
    words = tuple(str(word) for word in words)
    points = np.asarray(points, dtype=np.float64)
    if points.shape != (len(words), 2) or not words:
        raise ValueError(f"Expected one point (x, y) for each of {len(words)} words (at least one), got "
                         f"shape {points.shape}. project() lays vectors on a plane.")
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise ValueError(f"The point of {words[bad]!r} is {points[bad].tolist()}; expected finite numbers.")
    groups = [""] * len(words) if groups is None else list(groups)
    neighbours = [] if neighbours is None else list(neighbours)
    for name, rows in (("groups", groups), ("neighbours", neighbours)):
        if rows and len(rows) != len(words) or name == "groups" and not rows:
            raise ValueError(f"{len(words)} words came with {len(rows)} {name}; give each word its own.")
    numbers: dict[Hashable, int] = {}
    group_of = tuple(numbers.setdefault(group, len(numbers)) for group in groups)
    rows = tuple(tuple(int(i) for i in row) for row in neighbours)
    for word, row in zip(words, rows, strict=False):
        if any(not 0 <= i < len(words) for i in row):
            raise ValueError(f"A neighbour of {word!r} is outside 0 to {len(words) - 1}: {list(row)}.")
    return MapData(words, points, group_of, tuple(str(name) for name in numbers), rows)


def describe(data: MapData, explained: float | None = None) -> str:
    """What the map keeps and hides, in one or two sentences; empty when nothing is known about it."""
    said = []
    if explained is not None:
        said.append(f"These two directions hold {explained:.0%} of the variance of the vectors.")
    if data.neighbours:
        each = max(len(row) for row in data.neighbours)
        kept = kept_neighbours(data.points, data.neighbours) * each
        said.append(f"Of a word's {each} nearest neighbours in all dimensions, {kept:.1f} on average are "
                    f"among its {each} nearest points on the map.")
    return " ".join(said)
