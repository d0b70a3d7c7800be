/* The behaviours of pages on which people enter something: the check page, photos, signatures, what waits on the phone. */
import * as checkForm from "./modules/check-form.js";
import * as criterionPick from "./modules/criterion-pick.js";
import * as outboxList from "./modules/outbox-list.js";
import * as phoneState from "./modules/phone-state.js";
import * as photos from "./modules/photos.js";
import * as repeatRows from "./modules/repeat-rows.js";
import * as rescueFile from "./modules/rescue-file.js";
import * as rescueTake from "./modules/rescue-take.js";
import * as signaturePad from "./modules/signature-pad.js";

export const behaviours = {
  "check-form": checkForm, "criterion-pick": criterionPick, "outbox-list": outboxList, "phone-state": phoneState, photos,
  "repeat-rows": repeatRows, "rescue-file": rescueFile, "rescue-take": rescueTake, "signature-pad": signaturePad,
};
