/* The behaviours of pages on which people enter something: the check page, photos, signatures. */
export { photoReferences, startPhotos } from "./check/photos.js";
import * as checkForm from "./modules/check-form.js";
import * as criterionPick from "./modules/criterion-pick.js";
import * as photos from "./modules/photos.js";
import * as signaturePad from "./modules/signature-pad.js";

export const behaviours = {
  "check-form": checkForm, "criterion-pick": criterionPick, photos, "signature-pad": signaturePad,
};
