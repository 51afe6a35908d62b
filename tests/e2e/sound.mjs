// What the journeys ask of a page at each of their steps.
import { accessibilityFaults, languageFaults, layoutFaults } from "./pages.mjs";

/** Fails, saying what, unless it holds. */
export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

/** Fails with everything that is wrong with how the page is now; in English, Chinese words that are not marked too. */
export async function sound(page, locale) {
  const faults = [...(await layoutFaults(page)), ...(await accessibilityFaults(page)), ...page.record.errors, ...page.record.foreign];
  if (locale === "en") faults.push(...(await languageFaults(page)));
  holds(faults.length === 0, faults.join("\n      "));
}
