/* The camera in the page: what it sees, an earlier photo half-transparent over it, a shutter, the torch where there is one. */
import { button, make } from "./elements.js";
import { _, readyLater } from "./i18n.js";

const WANTED = { audio: false, video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1440 } } };
const QUALITY = 0.9;
const OPACITY = 45;

/** What the camera sees now, as a JPEG file. */
async function frame(video) {
  if (!video.videoWidth) await new Promise((resolve) => { video.addEventListener("loadedmetadata", resolve, { once: true }); });
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  // iPhones count the memory of canvases until they are emptied.
  canvas.width = canvas.height = 0;
  if (!blob) throw new Error("no picture");
  return new File([blob], "camera.jpg", { type: "image/jpeg", lastModified: Date.now() });
}

function slider(ghost) {
  const range = make("input");
  Object.assign(range, { type: "range", min: 0, max: 90, step: 5, value: OPACITY });
  range.setAttribute("aria-label", _("How strongly the photo before shows through"));
  const show = () => { ghost.style.opacity = String(range.value / 100); };
  range.addEventListener("input", show);
  show();
  return range;
}

function torch(stream) {
  const [track] = stream.getVideoTracks();
  if (!track.getCapabilities?.().torch) return "";
  let on = false;
  const made = button(_("Light"), async () => {
    on = !on;
    await track.applyConstraints({ advanced: [{ torch: on }] }).catch(() => {});
    made.setAttribute("aria-pressed", String(on));
  });
  made.setAttribute("aria-pressed", "false");
  return made;
}

function view(stream, ghostUrl) {
  const video = make("video");
  Object.assign(video, { playsInline: true, muted: true, autoplay: true, srcObject: stream });
  const ghost = make("img", "ghost");
  ghost.src = ghostUrl;
  ghost.alt = "";
  return { video, ghost, box: make("div", "finder", video, ghost) };
}

/** A photo taken over the one at `ghostUrl`; null when the person gives up. Throws where the camera does not open. */
export async function photograph(ghostUrl) {
  await readyLater();
  const stream = await navigator.mediaDevices.getUserMedia(WANTED);
  const { video, ghost, box } = view(stream, ghostUrl);
  const dialog = make("dialog", "camera");
  dialog.setAttribute("aria-label", _("Camera over the photo before"));
  return new Promise((resolve, reject) => {
    let taken = null;
    const shoot = button(_("Take the photo"), async () => {
      try {
        taken = await frame(video);
        dialog.close();
      } catch (error) {
        reject(error);
        dialog.close();
      }
    }, "btn primary shutter");
    const hint = make("p", "", _("Move until both pictures lie on each other, then take the photo."));
    const end = button(_("Close the camera"), () => dialog.close());
    dialog.append(box, hint, slider(ghost), make("div", "btns", shoot, torch(stream), end));
    dialog.addEventListener("close", () => {
      for (const track of stream.getTracks()) track.stop();
      dialog.remove();
      resolve(taken);
    });
    document.body.append(dialog);
    dialog.showModal();
    video.play().catch(() => {});
    shoot.focus();
  });
}
