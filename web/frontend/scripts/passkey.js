// Passkeys: the browser's own dialogue, opened by a button that is there only where the browser has one.

const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const withIds = (list) => list?.map((one) => ({ ...one, id: fromText(one.id) }));

/** The options as the browser wants them: bytes where JSON has text. */
function read(options) {
  const bytes = { ...options, challenge: fromText(options.challenge) };
  if (options.user) bytes.user = { ...options.user, id: fromText(options.user.id) };
  if (options.excludeCredentials) bytes.excludeCredentials = withIds(options.excludeCredentials);
  if (options.allowCredentials) bytes.allowCredentials = withIds(options.allowCredentials);
  return bytes;
}

/** What the browser answered, as JSON: text where it has bytes. */
function written(credential) {
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: toText(credential.rawId), type, response, clientExtensionResults: credential.getClientExtensionResults() });
}

export function passkey(form) {
  if (!window.PublicKeyCredential) return;
  const said = (name) => form.querySelector(`[data-passkey-${name}]`);
  const button = form.querySelector('button');

  async function ask() {
    const answer = await fetch(form.dataset.optionsUrl, { method: 'POST' });
    // Signed out, or the second factor is no longer fresh: the page itself says which.
    if (answer.redirected) {
      location.reload();
      return;
    }
    if (!answer.ok) throw new Error(`${form.dataset.optionsUrl} answered ${answer.status}`);
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: read(await answer.json()) });
    form.querySelector('[name=credential]').value = written(credential);
    form.submit();
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    for (const name of ['failed', 'known']) said(name).hidden = true;
    try {
      await ask();
    } catch (error) {
      // The device has one for this person already; anything else, a change of mind too, is said in one sentence.
      said(error.name === 'InvalidStateError' ? 'known' : 'failed').hidden = false;
    }
    button.disabled = false;
  });
  form.hidden = false;
  form.closest('[data-passkey-way]')?.removeAttribute('hidden');
  document.querySelectorAll('[data-passkey-none]').forEach((note) => {
    note.hidden = true;
  });
}
