/* PURE. Why a filing still waits on the phone: a code for the program, a message for the person. */
const N_ = (message) => message;

export const REASONS = {
  network: N_("No connection. It is sent by itself when there is one."),
  timeout: N_("The line was too slow or broke off. It is tried again by itself."),
  server: N_("The server has a fault or is busy. It is tried again by itself."),
  not_receipt: N_("The answer was no receipt, so this stays on the phone. It is tried again by itself."),
  not_ours: N_("Something else answered instead of the server, perhaps the sign-in page of a Wi-Fi. It is tried again by itself."),
  redirected: N_("The server wants something else first, perhaps a new password. Open a page of this app, then send again."),
  not_found: N_("The server was not found at its place. It is tried again by itself."),
  bad_body: N_("It arrived damaged and was not taken. It is tried again by itself."),
  in_progress: N_("The server is still working on it. It is tried again by itself."),
  photos_missing: N_("Photos have to be sent again. This happens by itself."),
  newer_format: N_("The server is older than this app. It stays on the phone and goes when the server has been renewed."),
  too_many: N_("Too much at once. It is tried again by itself a little later."),
  sign_in: N_("Sign in again, then it is sent. Nothing is lost."),
  forbidden: N_("You may not file this check any more. It stays here: hand it to the office as a rescue file."),
  too_large: N_("It is too large for the server. Hand it to the office as a rescue file."),
  invalid: N_("The server found something that does not fit. Take it back, correct it and file it again."),
  acted_first: N_("The hazard has changed since you saw it. Look at it; your decision stays here until you put it away."),
  conflict: N_("This check was filed before with other content. Both are kept; hand this one to the office as a rescue file and ask which holds."),
  photo_refused: N_("The server cannot read one of the photos. Send the check without that photo."),
  phone: N_("The phone could not read it just now. It is tried again by itself."),
  photo_gone: N_("The phone has lost one of the photos. Send the check without it, and say so in it."),
};
