/* Makes a photo small on the phone: upright, long side 1600 pixels. What the phone cannot read goes as it is. */
import { claims } from "../exif.js";
import { sha256 } from "../offline/digest.js";

const LONG_SIDE = 1600;
const QUALITIES = [0.8, 0.65, 0.5];
const ENOUGH_BYTES = 400_000;
const HEADER_BYTES = 128 * 1024;
const LATELY_MS = 10 * 60 * 1000;

async function decoded(blob) {
  if (globalThis.createImageBitmap) {
    try {
      return await createImageBitmap(blob, { imageOrientation: "from-image" });
    } catch {
      // Older Safari knows no options, and no HEIC here; its <img> knows both.
    }
  }
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    return image;
  } finally {
    setTimeout(() => URL.revokeObjectURL(image.src), 10000);
  }
}

/** The canvas as a JPEG, less fine where it shows foliage or gravel and would grow too large for a slow network. */
async function encoded(canvas) {
  let made = null;
  for (const quality of QUALITIES) {
    made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (!made || made.size <= ENOUGH_BYTES) break;
  }
  return made;
}

const sizeOf = (picture) => [picture.naturalWidth || picture.width, picture.naturalHeight || picture.height];

async function smaller(blob) {
  const picture = await decoded(blob);
  const [width, height] = sizeOf(picture);
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  const made = await encoded(canvas);
  const result = { bytes: made && (await made.arrayBuffer()), width: canvas.width, height: canvas.height, scale };
  // iPhones count the memory of canvases until they are emptied.
  canvas.width = canvas.height = 0;
  return result;
}

/** {bytes, type, sha256, size, width, height, takenAt, header, latitude?, longitude?} of a picked file.
 *
 * `header` is the beginning of the original, with its EXIF. Width and height are 0 where the phone cannot decode it.
 * Throws when the file is empty or cannot be read. Of several files the reading is begun before the first is shrunk: iPhones
 * let picked files go.
 */
export async function shrink(file, reading = file.arrayBuffer()) {
  const original = await reading;
  if (!original.byteLength) throw new Error("empty file");
  const header = original.slice(0, HEADER_BYTES);
  const blob = new Blob([original], { type: file.type });
  const made = await smaller(blob).catch(() => null);
  const useful = made?.bytes?.byteLength && (made.scale < 1 || file.type !== "image/jpeg" || made.bytes.byteLength < original.byteLength);
  const bytes = useful ? made.bytes : original;
  const told = claims(header);
  const written = file.lastModified && Date.now() - file.lastModified > LATELY_MS ? file.lastModified : Date.now();
  return {
    ...told,
    takenAt: told.takenAt || new Date(written).toISOString(),
    bytes,
    type: useful ? "image/jpeg" : file.type || "application/octet-stream",
    sha256: await sha256(bytes),
    size: bytes.byteLength,
    width: made?.width || 0,
    height: made?.height || 0,
    header,
  };
}
