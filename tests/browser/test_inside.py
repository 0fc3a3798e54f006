"""Lesson 11 in JupyterLab: BertViz's three views with no network and hostile tokens, the switchboard, the editor."""

import re

from tests.browser.attention_page import ASK_KERNEL, KEYS_AT_ONCE, TYPE_AT_ONCE

MODELS = """
import numpy as np, torch
from helpers import bert, tracing
from helpers.tokenization import WordPiece
from helpers.widgets.attention_editor import attention_editor
from helpers.widgets.bertviz_views import head_view, model_view, neuron_view
from helpers.widgets.head_switchboard import head_switchboard
torch.manual_seed(0)
vocab = "[PAD] [UNK] [CLS] [SEP] [MASK] the cat sat on mat it < script > alert".split()
config = bert.bert_config(len(vocab), d_model=384, n_heads=12, n_layers=6, context_len=64)  # as large as MiniLM
encoder = bert.Encoder(config).eval()
for parameter in encoder.parameters():
    torch.nn.init.normal_(parameter, std=0.1)
pretrained = bert.Pretrained(encoder, WordPiece(vocab))
twenty = " ".join(["the cat sat on the mat"] * 3)  # with its marks 20 tokens
"""
VIEWS = """
tokens = ["[CLS]", "<script>document.title='got you'</script>", "</script><b>bold</b>", "&amp;", "cat", "[SEP]"]
q, k = np.random.default_rng(0).normal(size=(2, 2, 3, 6, 8))
weights = np.exp(q @ k.swapaxes(-1, -2) / 8 ** 0.5)
weights /= weights.sum(-1, keepdims=True)
display(head_view(tokens, weights, layer=1), model_view(tokens, weights),
        neuron_view(tokens, weights, q, k, layer=1, head=2))
large = np.random.default_rng(1).dirichlet(np.ones(64), size=(12, 12, 64))
model_view([f"t{i}" for i in range(64)], large, title="Twelve by twelve by sixty-four")
"""


def frames(page):
    return [page.locator(".bertviz-view iframe").nth(number).content_frame for number in range(4)]


def test_bertviz_draws_without_network_and_shows_markup_as_text(lab):
    page = lab.open([MODELS, VIEWS], theme="dark")
    head, model, neuron, large = frames(page)
    head.locator("#attention line").first.wait_for(state="attached", timeout=30_000)
    assert head.locator("#attention line").count() == 3 * 6 * 6 and head.locator("#layer").input_value() == "1"
    for view in (head, neuron):
        shown = view.locator("text").all_text_contents()
        assert any(text.startswith("<script>docu") for text in shown) and "&amp;" in shown
        assert view.locator("b").count() == 0
        assert view.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
        assert view.locator("body").evaluate("() => document.title") == "BertViz"
    # Head view: pointing at a token leaves its lines alone; a square hides a head.
    head.locator("#left text").nth(1).hover()
    assert head.locator("#attention line[visibility='visible']").count() == 3 * 6
    # Model view: a click opens a head beside its thumbnail, tokens as text.
    assert model.locator("g line").count() == 2 * 3 * 6 * 6
    model.locator("svg > g > rect[style*='opacity: 0']").nth(4).dispatch_event("click")
    assert model.locator("text.detail").text_content() == "Layer 1, Head 1"
    assert any(text.startswith("</script><b>") for text in model.locator("text.token").all_text_contents())
    # Neuron view: the numbers of queries and keys, behind the plus sign of a token.
    assert neuron.locator("#att_head").input_value() == "2"
    assert neuron.locator("#queries .element").count() == 6 * 8
    neuron.locator("#collapsed #leftText text").nth(4).dispatch_event("mouseover")
    assert neuron.locator("#collapsed .attn-line-group").nth(4).evaluate("one => one.style.opacity") == "1"
    # Twelve layers of twelve heads over 64 tokens: folded, and turned page by page.
    view = page.locator(".bertviz-view").nth(3)
    assert large.locator("g line").count() <= 30_000
    assert "head" in view.locator(".bv-turn [role=status]").last.text_content()
    assert large.locator("text").nth(1).text_content() == "0"
    view.locator("[data-turn='head1']").click()
    turned = view.locator(".bv-turn [role=status]").last
    turned.filter(has_text=re.compile("heads? [1-9]")).wait_for()
    first = re.search(r"\d+", turned.text_content())[0]
    large.locator("svg > text").nth(1).filter(has_text=re.compile(f"^{first}$")).wait_for()
    assert "got you" not in page.title() and page.locator("b", has_text="bold").count() == 0


def test_heads_off_and_attention_edited_within_100_milliseconds(lab):
    texts = "[twenty, 'the mat', 'it sat on the cat', '<script>alert</script>']"
    cells = [MODELS, f"board = head_switchboard(pretrained, {texts}); board",
             "editor = attention_editor(pretrained, text=twenty); editor"]  # fmt: skip
    page = lab.open(cells, width=900)
    board, editor = page.locator(".head-switchboard"), page.locator(".attention-editor")
    board.locator("[data-head='2,3']").click()
    board.locator("[role=status]").filter(has_text="1 of 72 heads").wait_for()
    assert board.locator("[data-head='2,3']").get_attribute("aria-pressed") == "true"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    board.locator("[role=status]").filter(has_text="12 of 72 heads").wait_for()
    board.get_by_role("button", name="switch layer 3").click()
    board.locator("[role=status]").filter(has_text="All 72 heads").wait_for()
    for head in ("0,0", "0,1", "0,2"):
        board.locator(f"[data-head='{head}']").click()
    board.locator("[role=status]").filter(has_text="3 of 72 heads").wait_for()
    assert "<script>alert</script>" in board.locator(".hs-list").text_content()
    page.evaluate(ASK_KERNEL, "board.read(['it sat', 'the mat', 'the cat'], [[0, 0]])")
    board.locator("[role=status]").filter(has_text="1 of 72 heads").wait_for()
    assert board.get_by_label("Text").input_value() == "it sat"
    assert board.locator("textarea").input_value() == "the mat\nthe cat"
    board.evaluate("""board => {
        const text = board.querySelector('textarea');
        for (const value of ['a', 'the mat\\nit'])
            Object.assign(text, { value }).dispatchEvent(new Event('input', {bubbles: true}));
        board.querySelector("[data-head='1,1']").click();
    }""")
    board.locator("[role=status]").filter(has_text="2 of 72 heads").wait_for()
    assert sorted(board.locator(".hs-line bdi").all_text_contents()) == ["it", "the mat"]
    board.locator("textarea").fill("")
    board.locator(".cw-problem").filter(has_text="Give a text").wait_for()

    page.wait_for_function("() => document.querySelectorAll('.ae-line').length === 20")
    canvas = editor.locator("canvas")
    canvas.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    editor.get_by_text("1 row of 1 head edited").wait_for()
    page.keyboard.press("u")
    page.keyboard.press("Backspace")
    editor.get_by_text("Nothing is edited").wait_for()
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 20, "y": box["height"] - 60})
    editor.get_by_text("1 row of 1 head edited").wait_for()
    page.keyboard.press("Escape")
    editor.get_by_text("Nothing is edited").wait_for()
    canvas.evaluate(KEYS_AT_ONCE, ["Home", "Enter", "ArrowUp", "Enter", "ArrowUp", "Enter", "ArrowUp", "Enter"])
    editor.get_by_text("4 rows of 1 head edited").wait_for()  # none of four quick ones is lost
    editor.get_by_label("Text").evaluate(TYPE_AT_ONCE, ["it s", "it sa", "it sat"])
    editor.get_by_label("Layer").select_option("4")
    editor.get_by_text("Layer 5, head 1").wait_for()
    assert editor.locator(".ae-moved .ae-token").all_text_contents() == ["[CLS]", "it", "sat", "[SEP]"]
    page.evaluate(ASK_KERNEL, "editor.read('the cat')")
    page.wait_for_function("() => document.querySelector('.ae-text').value === 'the cat'")
    editor.get_by_label("Text").fill("<script> cat \U0001f642\ud800")
    page.wait_for_function("() => document.querySelectorAll('.ae-line').length > 4")
    for widget in (board, editor):
        assert float(widget.get_attribute("data-answer-ms")) > 0
        assert widget.evaluate("root => root.scrollWidth <= root.clientWidth + 1")
    assert float(editor.get_attribute("data-paint-ms-max")) >= 0
