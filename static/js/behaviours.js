/* An element says which behaviours it wants; each is a file in modules/ exporting start(element). */
const wanted = (element) => element.dataset.module.split(/\s+/).filter(Boolean);

/** Start what the elements within `root` want. */
export function startModules(root) {
  for (const element of root.querySelectorAll("[data-module]")) {
    for (const name of wanted(element)) {
      import(`./modules/${name}.js`).then((module) => module.start(element));
    }
  }
}
