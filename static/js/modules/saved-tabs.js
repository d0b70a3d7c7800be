/* The saved views of a list, put beside the link to their page once the list is shown: they cost the page nothing. */
export async function start(nav) {
  const answer = await fetch(nav.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const list = nav.querySelector("ul");
  for (const view of await answer.json()) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = view.url;
    link.textContent = view.name;
    if (view.query === nav.dataset.query) link.setAttribute("aria-current", "page");
    line.append(link);
    list.append(line);
  }
}
