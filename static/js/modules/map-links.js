/* A tap on a site of the map opens its open hazards; the table below the map has the same as links. */
export function start(map) {
  map.addEventListener("click", (event) => {
    const site = event.target.closest("[data-href]");
    if (site) location.assign(site.dataset.href);
  });
}
