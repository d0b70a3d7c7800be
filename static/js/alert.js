/* A banner as the server writes it: words, and below them what can be done. */

/** `acts` are links and buttons; kind: success | info | warning | danger. */
export function banner(kind, words, ...acts) {
  const made = document.createElement("div");
  made.className = `banner ${kind}`;
  const body = document.createElement("div");
  body.append(words);
  if (acts.length) {
    const row = document.createElement("div");
    row.className = "btns";
    row.append(...acts);
    body.append(row);
  }
  made.append(body);
  return made;
}

export function link(words, url) {
  const made = document.createElement("a");
  made.className = "btn bare";
  made.href = url;
  made.textContent = words;
  return made;
}
