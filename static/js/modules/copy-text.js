/* Copies a text with one tap. Where the browser refuses, the text is opened and selected for the hand. */
export function start(box) {
  const [button, said, text] = [box.querySelector("button"), box.querySelector("[role=status]"), box.querySelector("textarea")];
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = box.dataset.copied;
    } catch {
      text.closest("details").open = true;
      text.focus();
      text.select();
      said.textContent = box.dataset.failed;
    }
  });
}
