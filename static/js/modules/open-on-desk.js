/* Filters stand open on a wide screen; browsers that know ::details-content need no help. */
export function start(details) {
  if (matchMedia("(min-width: 48em)").matches && !CSS.supports("selector(::details-content)")) details.open = true;
}
