"use strict";
// Carries what the server asks to the browser's own window for passkeys, and the answer back in the form.
{
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const read = (key) => ({ ...key, id: bytes(key.id) });

  // The server writes bytes as base64url; the browser takes and gives buffers.
  const asked = ({ publicKey: it }) => ({
    publicKey: {
      ...it,
      challenge: bytes(it.challenge),
      ...(it.user && { user: read(it.user) }),
      ...(it.excludeCredentials && { excludeCredentials: it.excludeCredentials.map(read) }),
      ...(it.allowCredentials && { allowCredentials: it.allowCredentials.map(read) }),
    },
  });

  const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(
      PARTS.filter((part) => credential.response[part]).map((part) => [part, text(credential.response[part])]),
    ),
  });

  const begin = (form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.textContent = "";
      try {
        const options = asked(JSON.parse(form.dataset.passkey));
        form.elements.credential.value = JSON.stringify(told(await navigator.credentials[form.dataset.ceremony](options)));
        form.submit();
      } catch {
        failed.textContent = form.dataset.failed;
      }
    });
  };

  if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(begin);
  else document.querySelectorAll("[data-passkey-missing]").forEach((note) => { note.hidden = false; });
}
