/* A list of errors takes the focus, so that it is read out and seen first. */
export function start(element) {
  element.focus();
}
