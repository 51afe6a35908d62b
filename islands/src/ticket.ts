// Reads tickets in the browser as the server does: `booking::ticket` says what their bytes are. What the gate page has is the
// public key, so it can tell a forged ticket without a network and can make none.

/** What a ticket says. */
export interface Ticket {
  /** The booking, in twelve digits or more. */
  booking: string;
  /** The mark of the slot: base64url of 12 bytes. */
  slot: string;
  /** Until when it admits (ms since 1970). */
  until_ms: number;
  /** How many persons, all at once. */
  party: number;
  /** Whether its signature was looked at: not where the browser knows no Ed25519. */
  checked: boolean;
}

/** Why a text is no ticket. */
export type NoTicket = "unreadable" | "forged";

const VERSION = 2;
/** Bytes before the signature. */
const SAID = 26;
/** Bytes in all. */
const BYTES = SAID + 64;
/** Their characters in base64url. */
const CHARS = 120;
const DOMAIN = new TextEncoder().encode("tongxin ticket\n");

/** The booking that a typed number names, as its row on the list is called; nothing if the text is no number. */
export function numberOf(text: string): string | null {
  return /^\d{1,20}$/.test(text) ? text.replace(/^0+(?=\d)/, "").padStart(12, "0") : null;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** The public key of the site's tickets (base64url of 32 bytes); nothing where the browser cannot check signatures with it. */
export async function publicKey(text: string): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey("raw", bytesOf(`${text}=`), "Ed25519", false, ["verify"]);
  } catch {
    return null;
  }
}

/** Reads a ticket. White space around it does not matter. Without a key its signature stays unchecked, and it says so. */
export async function readTicket(text: string, key: CryptoKey | null): Promise<Ticket | NoTicket> {
  const code = text.trim();
  if (code.length !== CHARS || !/^[\w-]+$/.test(code)) return "unreadable";
  const bytes = bytesOf(code);
  if (bytes.length !== BYTES || bytes[0] !== VERSION) return "unreadable";
  const said = bytes.slice(0, SAID);
  if (key !== null) {
    const signed = new Uint8Array([...DOMAIN, ...said]);
    const genuine = await crypto.subtle.verify("Ed25519", key, bytes.slice(SAID), signed).catch(() => false);
    if (!genuine) return "forged";
  }
  const view = new DataView(said.buffer);
  return {
    booking: view.getBigUint64(1).toString().padStart(12, "0"),
    slot: code.slice(12, 28),
    until_ms: view.getUint32(21) * 60_000,
    party: view.getUint8(25),
    checked: key !== null,
  };
}
