/* Rows that repeat: the button that would post for more rows adds one here, empty and ready to be typed in. */
const NUMBER = /-(\d+)-/;

function renumber(row, number) {
  for (const element of row.querySelectorAll("[id], [name], [for]")) {
    for (const name of ["id", "name", "for"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(NUMBER, `-${number}-`));
    }
  }
}

function empty(row) {
  for (const error of row.querySelectorAll(".error")) error.remove();
  for (const field of row.querySelectorAll(".bad")) field.classList.remove("bad");
  for (const input of row.querySelectorAll("input")) {
    input.setAttribute("value", "");
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

/** On a phone the empty rows that a page without scripts needs are a long way to scroll: one is enough. */
function shorten(list) {
  const blank = (row) => [...row.querySelectorAll("input")].every((input) => !input.value);
  while (list.children.length > 1 && blank(list.lastElementChild) && blank(list.lastElementChild.previousElementSibling)) {
    list.lastElementChild.remove();
  }
}

export function start(group) {
  const list = group.querySelector("ol");
  const button = group.querySelector("button[name=more]");
  const numbers = [...list.querySelectorAll("[name]")].map((input) => Number(input.name.match(NUMBER)[1]));
  let next = Math.max(-1, ...numbers) + 1;
  if (matchMedia("(max-width: 47.99em)").matches) shorten(list);
  // No longer a way to post: Enter in a field must save, not add rows.
  button.type = "button";
  button.addEventListener("click", () => {
    const last = list.lastElementChild;
    const row = last.cloneNode(true);
    empty(row);
    renumber(row, next);
    row.setAttribute("aria-label", last.getAttribute("aria-label").replace(/\d+/, list.children.length + 1));
    next += 1;
    list.append(row);
    row.querySelector("input").focus();
  });
}
