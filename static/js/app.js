/* The only entry. An element says which behaviours it wants; each is a file in modules/ exporting start(element). */
const wanted = (element) => element.dataset.module.split(/\s+/).filter(Boolean);

for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of wanted(element)) {
    import(`./modules/${name}.js`).then((module) => module.start(element));
  }
}
