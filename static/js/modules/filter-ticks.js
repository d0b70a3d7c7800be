/* A search field over a long list of ticks: what does not match is hidden, what is ticked stays. */
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

export function start(group) {
  const box = group.querySelector("[data-filter]");
  const input = box.querySelector("input");
  const labels = [...group.querySelectorAll(".tick")].map((label) => ({ label, text: plain(label.textContent) }));
  const folds = [...group.querySelectorAll("details")];
  box.hidden = false;
  input.addEventListener("input", (event) => {
    // A half-composed Chinese syllable is not what is searched for.
    if (event.isComposing) return;
    const wanted = plain(input.value);
    for (const { label, text } of labels) {
      label.hidden = !text.includes(wanted) && !label.querySelector("input").checked;
    }
    for (const fold of folds) {
      fold.hidden = !fold.querySelector(".tick:not([hidden])");
      if (wanted && !fold.hidden) fold.open = true;
    }
  });
  input.addEventListener("compositionend", () => input.dispatchEvent(new Event("input")));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
