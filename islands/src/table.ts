// A register: filters act at once, and sorting and paging replace the table without a page load. The address always
// says what is shown, so that it can be kept and shared.

/** The part of the page that is replaced. */
const ISLAND = '[data-island="table"]';

async function load(address: string, focus: string | null): Promise<void> {
  const response = await fetch(address);
  const next = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(ISLAND);
  const island = document.querySelector(ISLAND);
  if (!response.ok || next === null || island === null) throw new Error(String(response.status));
  island.replaceWith(document.importNode(next, true));
  if (focus !== null) document.getElementById(focus)?.focus({ preventScroll: true });
}

function go(address: string, focus: string | null): void {
  load(address, focus).then(
    () => { history.pushState({ table: true }, "", address); },
    () => { location.assign(address); },
  );
}

/** The address a filter form leads to; empty fields are left out. */
function addressOf(form: HTMLFormElement): string {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") fields.append(name, value);
  }
  const path = new URL(form.action).pathname;
  return fields.size === 0 ? path : `${path}?${fields}`;
}

export function startTable(): void {
  const island = document.querySelector(ISLAND);
  if (island === null) return;
  history.replaceState({ table: true }, "");
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLSelectElement && field.form !== null && field.closest(ISLAND) !== null) go(addressOf(field.form), field.id);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.closest(ISLAND) === null) return;
    event.preventDefault();
    go(addressOf(form), document.activeElement?.id ?? null);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(`${ISLAND} thead a, ${ISLAND} .pager a, ${ISLAND} .field-go a`) : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const paged = link.closest(".pager") !== null;
    go(link.href, link.id === "" ? null : link.id);
    if (paged) document.querySelector(".register-bar")?.scrollIntoView({ block: "start" });
  });
  window.addEventListener("popstate", (event) => {
    const state: unknown = event.state;
    if (typeof state === "object" && state !== null && "table" in state) load(location.href, null).catch(() => { location.reload(); });
  });
}
