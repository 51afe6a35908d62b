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
