"""The embedding map: its numbers against scikit-learn and brute force, its picture, its traits."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.widgets.embedding_map import SHAPES, draw, embedding_map, nearest_rows, project, styles
from helpers.widgets.embedding_map_plane import compute, describe, kept_neighbours

HOSTILE = ["<script>alert(1)</script>", "🙂", "שלום", "我爱这本书", "x" * 400, "$\\frac", "_a\nb", "&amp;"]


@pytest.fixture
def cloud():
    return np.random.default_rng(0).normal(size=(60, 7)) * [5, 3, 1, 1, 1, 0.5, 0.1]


# Projection ------------------------------------------------------------
def test_project_equals_scikit_learn(cloud):
    from sklearn.decomposition import PCA

    points, share = project(cloud)
    theirs = PCA(2).fit(cloud)
    assert share == pytest.approx(theirs.explained_variance_ratio_.sum(), abs=1e-12)
    assert np.allclose(
        np.abs(points), np.abs(theirs.transform(cloud)), atol=1e-9
    )  # the sign of an axis is free


def test_project_fixes_signs_and_ignores_an_offset(cloud):
    points, _ = project(cloud)
    assert np.allclose(points, project(cloud + 100)[0], atol=1e-8)
    assert np.allclose(points, project(cloud.astype(np.float32))[0], atol=1e-4)
    directions = np.linalg.lstsq(cloud - cloud.mean(0), points, rcond=None)[0].T
    assert all(row[np.abs(row).argmax()] > 0 for row in directions)


def test_project_keeps_distances_of_points_that_lie_in_a_plane():
    flat = np.random.default_rng(1).normal(size=(20, 2))
    turned = flat @ np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))[0][:2]  # (20, 5)
    points, share = project(turned)
    assert share == pytest.approx(1)
    distances = [np.linalg.norm(x[:, None] - x[None], axis=2) for x in (flat, points)]
    assert np.allclose(*distances)


@pytest.mark.parametrize("matrix", [np.ones((3, 4)), np.ones((1, 4)), [[1.0], [2.0], [4.0]]])
def test_project_small_cases(matrix):
    points, share = project(matrix)
    assert points.shape == (len(matrix), 2) and share == pytest.approx(1) and np.isfinite(points).all()


@pytest.mark.parametrize(
    ("matrix", "method", "says"),
    [
        (np.ones((3, 4)), "umap", "'umap'"),
        (np.ones(3), "pca", r"shape \(3,\)"),
        (np.ones((0, 3)), "pca", r"\(0, 3\)"),
        ([[1.0, np.nan]], "pca", "not finite"),
    ],
)
def test_project_complains(matrix, method, says):
    with pytest.raises(ValueError, match=says):
        project(matrix, method)


# Neighbours ------------------------------------------------------------
@pytest.mark.parametrize("metric", ["cosine", "distance"])
def test_nearest_rows_equals_brute_force(metric):
    matrix = np.random.default_rng(3).normal(size=(1203, 6))  # more than one block of a thousand
    found = nearest_rows(matrix, 4, metric)
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    for i in (0, 999, 1000, 1202):
        far = 1 - unit @ unit[i] if metric == "cosine" else np.linalg.norm(matrix - matrix[i], axis=1)
        far[i] = np.inf
        assert found[i] == np.argsort(far)[:4].tolist()


def test_nearest_rows_edges():
    assert nearest_rows(np.eye(3), 10) == [[1, 2], [0, 2], [0, 1]]
    assert nearest_rows(np.zeros((2, 3)), 1) == [[1], [0]]
    assert nearest_rows(np.eye(2), 0) == [[], []]
    with pytest.raises(ValueError, match="manhattan"):
        nearest_rows(np.eye(3), 1, "manhattan")
    with pytest.raises(ValueError, match="-1"):
        nearest_rows(np.eye(3), -1)


def test_kept_neighbours_by_hand():
    points = np.array([[0, 0], [1, 0], [3, 0], [7, 0]])
    assert kept_neighbours(points, [[1], [0], [1], [2]]) == 1
    assert kept_neighbours(points, [[3], [0], [1], [0]]) == 0.5
    assert kept_neighbours(points, [[3, 1], [0], [], []]) == pytest.approx(2 / 3)  # 1 of {1, 2}; 1 of {0}
    assert kept_neighbours(points, [[], [], [], []]) == 1


def test_the_map_of_the_full_space_hides_nothing_and_a_projection_does(cloud):
    flat = cloud[:, :2]
    assert kept_neighbours(flat, nearest_rows(flat, 5, "distance")) == 1
    assert kept_neighbours(project(cloud)[0], nearest_rows(cloud, 5)) < 0.9


# Data ------------------------------------------------------------
def test_compute_numbers_groups_in_order_of_appearance():
    data = compute(["a", "b", "c"], np.zeros((3, 2)), ["x", 2, "x"], [[1], [0, 2], []])
    assert data.groups == (0, 1, 0) and data.group_names == ("x", "2")
    assert data.neighbours == ((1,), (0, 2), ())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((["a"], np.zeros((2, 2))), r"each of 1 words.*\(2, 2\)"),
        ((["a"], np.zeros((1, 3))), r"\(1, 3\)"),
        (([], np.zeros((0, 2))), "at least one"),
        ((["a", "b"], [[0, 0], [np.nan, 1]]), "'b'.*nan"),
        ((["a", "b"], np.zeros((2, 2)), ["x"]), "2 words came with 1 groups"),
        ((["a", "b"], np.zeros((2, 2)), []), "2 words came with 0 groups"),
        ((["a", "b"], np.zeros((2, 2)), None, [[1]]), "2 words came with 1 neighbours"),
        ((["a", "b"], np.zeros((2, 2)), None, [[1], [2]]), "neighbour of 'b' is outside 0 to 1"),
    ],
)
def test_compute_complains(arguments, says):
    with pytest.raises(ValueError, match=says):
        compute(*arguments)


def test_every_group_has_a_pair_of_colour_and_shape_of_its_own():
    data = compute([str(i) for i in range(40)], np.zeros((40, 2)), range(40))
    pairs = [(style["colour"], style["shape"]) for style in styles(data)]
    assert len(set(pairs)) == 40
    assert len({colour for colour, _ in pairs[:8]}) == len({shape for _, shape in pairs[:8]}) == 8
    assert {shape for _, shape in pairs} == set(SHAPES)


def test_describe_says_what_the_map_keeps():
    data = compute(list("abcd"), [[0, 0], [1, 0], [3, 0], [7, 0]], neighbours=[[3], [0], [1], [0]])
    said = describe(data, 0.344)
    assert "34%" in said and "0.5 on average" in said
    assert describe(compute(["a"], [[0, 0]])) == ""


# Picture ------------------------------------------------------------
def test_draw_shows_points_lines_and_labels_that_do_not_overlap(cloud):
    words = [f"word{i}" for i in range(60)]
    data = compute(words, project(cloud)[0], ["even", "odd"] * 30, nearest_rows(cloud, 3))
    figure = draw(data, title="T", axes=("one", "two"), selected=4)
    ax = figure.axes[0]
    assert [len(part.get_offsets()) for part in ax.collections] == [30, 30]
    assert len(ax.lines) == 3 and ax.get_xlabel() == "one" and ax.get_ylabel() == "two"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["even", "odd"]
    assert ax.texts[0].get_text() == "word4" and len(ax.texts) > 10
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert ax.get_aspect() == 1


def test_draw_leaves_hidden_groups_out(cloud):
    data = compute([f"w{i}" for i in range(60)], cloud[:, :2], ["even", "odd"] * 30, nearest_rows(cloud, 3))
    figure = draw(data, title="T", axes=("x", "y"), selected=0, hidden=[1])
    assert sum(len(part.get_offsets()) for part in figure.axes[0].collections) == 30
    assert all(int(text.get_text()[1:]) % 2 == 0 for text in figure.axes[0].texts)
    assert not draw(data, title="T", axes=("x", "y"), hidden=[0, 1]).axes[0].collections


@pytest.mark.filterwarnings("error")
def test_picture_of_hostile_words():
    points = np.random.default_rng(4).normal(size=(8, 2))
    widget = embedding_map(
        HOSTILE, points, HOSTILE[::-1], title=HOSTILE[0], neighbours=nearest_rows(points, 2), selected="🙂"
    )
    picture = Image.open(io.BytesIO(widget.picture()))
    assert picture.size == (850, 560) and len(picture.convert("RGB").getcolors(1 << 20)) > 10


# Widget ------------------------------------------------------------
def test_the_widget_holds_plain_data_and_leaves_picture_and_words(cloud):
    points, share = project(cloud)
    widget = embedding_map(
        [f"w{i}" for i in range(60)],
        points,
        ["g"] * 30 + ["h"] * 30,
        title="Sixty",
        neighbours=nearest_rows(cloud, 2),
        selected="w7",
        explained=share,
    )
    assert np.allclose(np.array([widget.xs, widget.ys]).T, points, rtol=0, atol=1e-4)
    assert widget.selected == 7 and widget.selected_word == "w7"
    data, metadata = widget._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and len(data["image/png"]) < 100_000
    assert "application/vnd.jupyter.widget-view+json" in data
    alt = data["text/plain"]
    assert alt.startswith("Sixty: a map of 60 words") and "Groups: g, h." in alt and "variance" in alt
    assert all(f"w{i}" in alt for i in widget.neighbours[7]) and metadata["image/png"]["alt"] == alt


@pytest.mark.parametrize("factor", [1e-12, 1.0, 1e12])
def test_points_of_any_size_reach_the_page(factor):
    points = np.random.default_rng(5).normal(size=(9, 2)) * factor
    widget = embedding_map(list("abcdefghi"), points)
    assert np.allclose(np.array([widget.xs, widget.ys]).T / factor, points / factor, atol=1e-4)


def test_selection_is_checked():
    with pytest.raises(ValueError, match="'z'.*2 words"):
        embedding_map(["a", "b"], np.zeros((2, 2)), selected="z")
    widget = embedding_map(["a", "b"], np.zeros((2, 2)))
    assert widget.selected_word is None
    with pytest.raises(ValueError, match="selected is 2"):
        widget.selected = 2
    widget.selected = 1
    assert widget.selected_word == "b"


def test_two_thousand_words_stay_small():
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(2000, 50))
    widget = embedding_map(
        [f"word{i}" for i in range(2000)], project(matrix)[0], neighbours=nearest_rows(matrix, 5)
    )
    import json

    state = json.dumps({name: value for name, value in widget.get_state().items() if name != "layout"})
    assert len(state) < 300_000


def test_the_script_asks_for_nothing_from_elsewhere():
    widget = embedding_map(["a"], [[0, 0]])
    code = str(widget._esm) + str(widget._css)
    assert "import " not in code and "fetch(" not in code and "innerHTML" not in code and "url(" not in code
    addresses = [part.split('"')[0] for part in code.split("http")[1:]]
    assert set(addresses) <= {"://www.w3.org/2000/svg"}  # the name of SVG, never asked for
