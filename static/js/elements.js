/* Elements made by page code: one with its class and what it holds, and a button that is busy while it acts. */

/** What is not there (null, undefined, "") is left out. */
export function make(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter((one) => (one ?? "") !== ""));
  return made;
}

export function button(words, act, kind = "btn") {
  const made = make("button", kind, words);
  made.type = "button";
  made.addEventListener("click", async () => {
    made.setAttribute("aria-busy", "true");
    try {
      await act();
    } finally {
      made.removeAttribute("aria-busy");
    }
  });
  return made;
}
