// Passkeys: the browser makes or uses one, and what it says of it is sent by the page's own form. The form is shown only where a
// browser can do that, and only at the address for which the passkeys are.
const form = document.querySelector<HTMLFormElement>("form[data-passkey]");

/** How long a browser waits for its person (ms); the challenge is good for as long. */
const WAIT_MS = 300_000;

interface Options {
  challenge: string;
  rp: { id: string; name?: string };
  user?: { id: string; name: string; displayName: string };
  known?: string[];
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const letters = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function can(): boolean {
  return window.isSecureContext && "PublicKeyCredential" in window && "getAuthenticatorData" in AuthenticatorAttestationResponse.prototype;
}

async function options(form: HTMLFormElement): Promise<Options> {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
  const response = await fetch(form.dataset["options"] ?? "", { method: "POST", body: sent, redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Options;
}

/** Makes a passkey; gives the fields that the form sends. */
async function made(asked: Options): Promise<Record<string, string>> {
  if (asked.user === undefined) throw new Error("for nobody");
  const credential = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(asked.challenge),
      rp: { id: asked.rp.id, name: asked.rp.name ?? asked.rp.id },
      user: { ...asked.user, id: bytes(asked.user.id) },
      // ES256, and RS256 for the computers that know nothing else.
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      excludeCredentials: (asked.known ?? []).map((id) => ({ type: "public-key", id: bytes(id) })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
      timeout: WAIT_MS,
    },
  });
  if (!(credential instanceof PublicKeyCredential)) throw new Error("none made");
  const { response } = credential;
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new Error("none made");
  return { client: text(response.clientDataJSON), authenticator: text(response.getAuthenticatorData()) };
}

/** Has the person choose a passkey and sign with it; gives the fields that the form sends. */
async function used(asked: Options): Promise<Record<string, string>> {
  const credential = await navigator.credentials.get({
    publicKey: { challenge: bytes(asked.challenge), rpId: asked.rp.id, userVerification: "required", timeout: WAIT_MS },
  });
  if (!(credential instanceof PublicKeyCredential)) throw new Error("none used");
  const { response } = credential;
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new Error("none used");
  return {
    credential: text(credential.rawId),
    user: response.userHandle === null ? "" : text(response.userHandle),
    client: text(response.clientDataJSON),
    authenticator: text(response.authenticatorData),
    signature: text(response.signature),
  };
}

function say(form: HTMLFormElement, sentence: string | undefined): void {
  const line = form.querySelector<HTMLElement>("[data-said]");
  const place = line?.querySelector("p");
  if (!line || !place) return;
  place.textContent = sentence ?? "";
  line.hidden = sentence === undefined;
}

async function go(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
  say(form, undefined);
  if (button) button.disabled = true;
  try {
    const asked = await options(form);
    const fields = form.dataset["passkey"] === "create" ? await made(asked) : await used(asked);
    for (const [name, value] of Object.entries(fields)) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    form.submit();
  } catch (error) {
    if (button) button.disabled = false;
    const known = error instanceof DOMException && error.name === "InvalidStateError";
    say(form, known ? form.dataset["known"] ?? form.dataset["failed"] : form.dataset["failed"]);
  }
}

if (form !== null) {
  const here = form.dataset["origin"] === location.origin;
  const show = (what: string, shown: boolean): void => {
    const element = document.querySelector<HTMLElement>(what);
    if (element) element.hidden = !shown;
  };
  form.hidden = !(here && can());
  show("[data-passkey-without]", here && !can());
  show("[data-passkey-elsewhere]", !here);
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void go(form, button);
  });
  // A page that comes back from the browser's memory is as it was when it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
