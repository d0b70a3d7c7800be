/* The behaviours of pages on which people enter something: the check page, photos, signatures. */
export { photoReferences, startPhotos } from "./check/photos.js";
import * as checkForm from "./modules/check-form.js";
import * as criterionPick from "./modules/criterion-pick.js";
import * as forgetUnsent from "./modules/forget-unsent.js";
import * as keepUnsent from "./modules/keep-unsent.js";
import * as photos from "./modules/photos.js";
import * as signaturePad from "./modules/signature-pad.js";

export const behaviours = {
  "check-form": checkForm, "criterion-pick": criterionPick, "forget-unsent": forgetUnsent, "keep-unsent": keepUnsent, photos,
  "signature-pad": signaturePad,
};
