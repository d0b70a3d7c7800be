/* Photos dropped on a page at a desk: into the field under the pointer, or into the only field in sight. */
const fields = new Map();

const carriesFiles = (event) => fields.size > 0 && [...event.dataTransfer.types].includes("Files");

function fieldFor(event) {
  const all = [...fields.keys()];
  const under = all.find((field) => field.contains(event.target));
  if (under) return under;
  const visible = all.filter((field) => field.getClientRects().length > 0);
  return visible.length === 1 ? visible[0] : null;
}

function mark(target) {
  for (const field of fields.keys()) field.classList.toggle("drop", field === target);
}

document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  const field = fieldFor(event);
  event.dataTransfer.dropEffect = field ? "copy" : "none";
  mark(field);
});
document.addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) mark(null); });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  // A file dropped beside a field must not replace the page and what was typed into it.
  event.preventDefault();
  mark(null);
  fields.get(fieldFor(event))?.([...event.dataTransfer.files]);
});

/** Call take(files) with what is dropped for this field. */
export function acceptDrops(field, take) {
  fields.set(field, take);
}
