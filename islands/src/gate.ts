// A gate of one slot: whom it lets in, decided without a network by the same rules as the server's gate (`booking::ticket::Gate`).
import type { NoTicket, Ticket } from "./ticket.js";

/** What the gate knows. */
export interface Gate {
  /** The mark of its slot, as tickets have it. */
  slot: string;
  /** From when one can check in (ms since 1970). */
  from_ms: number;
  /** Who has a place, if the whole list is on the page: one that was given back is not let in. */
  listed: ReadonlySet<string> | null;
  /** When whom came, on the list or here (ms since 1970). */
  came: ReadonlyMap<string, number>;
}

/** Why somebody is not let in; the times are ms since 1970. */
export type Not =
  | { why: NoTicket }
  | { why: "other" }
  | { why: "early" }
  | { why: "expired"; until_ms: number }
  | { why: "unlisted" }
  | { why: "already"; at_ms: number };

/** Why a ticket does not let somebody in or out now; nothing if it does. */
export function turnedAway(ticket: Ticket | NoTicket, what: string, gate: Gate, now_ms: number): Not | null {
  if (typeof ticket === "string") return { why: ticket };
  if (ticket.slot !== gate.slot) return { why: "other" };
  if (now_ms < gate.from_ms) return { why: "early" };
  if (what !== "in") return null;
  if (now_ms >= ticket.until_ms) return { why: "expired", until_ms: ticket.until_ms };
  if (gate.listed !== null && !gate.listed.has(ticket.booking)) return { why: "unlisted" };
  const at_ms = gate.came.get(ticket.booking);
  return at_ms === undefined ? null : { why: "already", at_ms };
}
