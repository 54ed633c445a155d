// Passkeys: what needs them is shown where the browser has them; what a device or its owner refuses is said.
// The ceremony itself is allauth's script (mfa/js/webauthn.js), which tells of failures by an event.

import { notice, show } from "./alerts";
import { words } from "./words";

export function startPasskeys(): void {
  const able = window.isSecureContext && "PublicKeyCredential" in window;
  for (const part of document.querySelectorAll<HTMLElement>(able ? "[data-passkey]" : "[data-no-passkey]")) part.hidden = false;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const reason = (event as CustomEvent<{ exception?: unknown }>).detail?.exception;
    const doubled = reason instanceof DOMException && reason.name === "InvalidStateError";
    show(notice("refused", doubled ? words.passkeyThere : words.passkeyFailed, "", doubled ? words.passkeyThereNext : words.passkeyNext));
  });
}
