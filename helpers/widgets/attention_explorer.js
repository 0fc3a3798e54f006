// A text box over the attention map. The text goes to the kernel after Enter, the button or a pause in typing.

const PAUSE = 300;   // milliseconds without a key before a text is sent

function attentionExplorer({ model, el }) {
  el.classList.add("course-widget", "attention-map");
  keepKeys(el);
  let timer = null;   // while someone types
  let asked = model.get("answer").text;
  let pressed = null;
  const input = h("input", { type: "text", class: "am-text", value: asked, autocomplete: "off", spellcheck: "false" });
  const note = h("p", { class: "cw-note", role: "status" });
  const problem = h("p", { class: "cw-problem", role: "alert" });
  const form = h("form", { class: "cw-row am-form" }, h("label", {}, "Text ", input),
                 h("button", { type: "submit" }, "Show attention"));
  el.append(form, problem, note);
  const view = new AttentionView(model, el);

  const tell = (answer) => {
    note.textContent = answer.note || "";
    note.hidden = !answer.note;
    const other = answer.shown && answer.shown !== answer.text;
    problem.textContent = answer.problem + (other ? ` The map still shows “${answer.shown}”.` : "");
    el.setAttribute("aria-busy", "false");
  };
  const onAnswer = (answer, when) => {
    pressed = when ?? null;
    if (pressed !== null) clock(el, "kernelMs", performance.now() - pressed);
    asked = answer.text;
    if (timer === null) asker.refresh(input, answer.text);
    tell(answer);
  };
  const onWait = () => {
    asked = null;   // so that the same text can be sent again
    problem.textContent = "Python has not answered yet. If its kernel has stopped, run this cell again.";
  };
  const asker = new Asker(model, "question", "answer", { onAnswer, onWait, patience: 4000 });
  const ask = () => {
    clearTimeout(timer);
    timer = null;
    if (input.value === asked) return;
    asked = input.value;
    el.setAttribute("aria-busy", "true");
    asker.ask({ text: asked });
  };

  model.on("change", () => {   // after the view's own listener: now the new map is painted
    if (pressed !== null) clock(el, "answerMs", performance.now() - pressed);
    pressed = null;
  });
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => { timer = setTimeout(ask, PAUSE); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  tell(model.get("answer"));
  return () => {
    clearTimeout(timer);
    asker.stop();
    view.stop();
  };
}
