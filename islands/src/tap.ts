/** What was tapped, as it is kept on the device until it is sent. No name is in it. */
export interface Tap {
  /** The id under which it is carried out once. */
  request: string;
  /** The session. */
  slot: string;
  /** `in`, `out` or `absent`. */
  what: string;
  /** The booking, if the row or the code tells. */
  booking: string;
  /** The code that was shown; empty if a row was tapped. */
  code: string;
  /** Whether the camera read it. */
  qr: boolean;
  /** When, by the server's clock. */
  at: string;
}

/** Characters of a ticket. */
const TICKET_CHARS = 119;

/** The booking that a typed number or a ticket names, in twelve digits; empty if it is neither. */
export function bookingOf(code: string): string {
  if (/^\d{1,20}$/.test(code)) return code.padStart(12, "0");
  if (code.length !== TICKET_CHARS || !/^[\w-]+$/.test(code)) return "";
  const bytes = atob(code.replaceAll("-", "+").replaceAll("_", "/") + "=");
  // The version, then the number in eight bytes, big-endian.
  if (bytes.charCodeAt(0) !== 1) return "";
  let number = 0n;
  for (const byte of bytes.slice(1, 9)) number = number * 256n + BigInt(byte.charCodeAt(0));
  return number.toString().padStart(12, "0");
}
