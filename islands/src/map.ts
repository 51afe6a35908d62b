// The map: MapLibre GL over GeoJSON from this server. No tiles, no glyphs, nothing from elsewhere; names are HTML markers.
import maplibregl, { type LngLatLike, type Map as MapLibre, type StyleSpecification } from "maplibre-gl/dist/maplibre-gl-csp.js";
import type { Feature, FeatureCollection, MultiPolygon } from "geojson";
import { bounds, middle, north } from "./shapes.js";

interface PlaceProperties {
  code: string;
  zh: string;
  en: string;
  level: "district" | "area";
  demo: boolean;
  rules: number;
}

type Words = Record<"rules" | "hint" | "open" | "duties" | "ask" | "enterprises" | "roads" | "demo" | "label" | "zoom_in" | "zoom_out" | "compass", string>;

/** All that is drawn. */
interface Shapes {
  places: FeatureCollection<MultiPolygon, PlaceProperties>;
  lines: FeatureCollection;
  enterprises: FeatureCollection;
}

/** A colour of the page's tokens. */
function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function style({ places, lines, enterprises }: Shapes): StyleSpecification {
  const paint = { land: token("--map-land"), line: token("--map-line"), area: token("--map-area"), ink: token("--ink-2"), zhu: token("--zhu") };
  return {
    version: 8,
    sources: {
      places: { type: "geojson", data: places, attribution: "© OpenStreetMap contributors" },
      lines: { type: "geojson", data: lines },
      enterprises: { type: "geojson", data: enterprises },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": token("--sheet") } },
      { id: "districts", type: "fill", source: "places", filter: ["==", ["get", "level"], "district"], paint: { "fill-color": paint.land } },
      { id: "borders", type: "line", source: "places", filter: ["==", ["get", "level"], "district"], paint: { "line-color": paint.line, "line-width": 1.2 } },
      { id: "river", type: "line", source: "lines", filter: ["==", ["get", "class"], "river"], paint: { "line-color": "#7fa6c9", "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.5, 14, 7] } },
      { id: "roads", type: "line", source: "lines", filter: ["!=", ["get", "class"], "river"], layout: { "line-cap": "round" }, paint: {
        "line-color": paint.ink,
        "line-opacity": 0.55,
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, ["match", ["get", "class"], "trunk", 0.9, 0.4], 14, ["match", ["get", "class"], "trunk", 4, "primary", 3, 1.6]],
      } },
      { id: "areas", type: "fill", source: "places", filter: ["==", ["get", "level"], "area"], paint: { "fill-color": paint.area, "fill-opacity": 0.1 } },
      { id: "area-borders", type: "line", source: "places", filter: ["==", ["get", "level"], "area"], paint: { "line-color": paint.area, "line-width": 2, "line-dasharray": [3, 1.5] } },
      { id: "enterprises", type: "circle", source: "enterprises", paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2, 14, 6],
        "circle-color": paint.zhu, "circle-stroke-color": token("--sheet"), "circle-stroke-width": 1, "circle-opacity": 0.85,
      } },
    ],
  };
}

/** A link, its text set as text. */
function link(href: string, text: string): HTMLAnchorElement {
  const a = document.createElement("a");
  a.href = href;
  a.textContent = text;
  return a;
}

function card(title: string, ...rest: (HTMLElement | string)[]): HTMLElement {
  const box = document.createElement("div");
  box.className = "map-card";
  const strong = document.createElement("strong");
  strong.textContent = title;
  box.append(strong);
  for (const part of rest) {
    const line = document.createElement("div");
    line.append(part);
    box.append(line);
  }
  return box;
}

function popup(map: MapLibre, at: LngLatLike, content: HTMLElement): void {
  new maplibregl.Popup({ maxWidth: "18rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(content).addTo(map);
}

function label(map: MapLibre, feature: Feature<MultiPolygon, PlaceProperties>, name: string): void {
  // Areas lie within each other, so each bears its name at its northern edge.
  const area = feature.properties.level === "area";
  const at = area ? north(feature.geometry) : middle(feature.geometry);
  if (at === undefined) return;
  const mark = document.createElement("div");
  mark.className = area ? "map-label map-label-area" : "map-label";
  mark.textContent = name;
  const offset: [number, number] = area ? [0, 12] : [0, 0];
  const marker = new maplibregl.Marker({ element: mark, offset }).setLngLat(at).addTo(map);
  marker.getElement().removeAttribute("role");
  marker.getElement().removeAttribute("tabindex");
  marker.getElement().setAttribute("aria-hidden", "true");
}

/** Buttons that show and hide a layer. */
function switches(map: MapLibre, frame: HTMLElement, layers: [string, string][]): void {
  const box = document.createElement("div");
  box.className = "map-switches";
  for (const [layer, name] of layers) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") === "true";
      map.setLayoutProperty(layer, "visibility", shown ? "none" : "visible");
      button.setAttribute("aria-pressed", String(!shown));
    });
    box.append(button);
  }
  frame.append(box);
}

async function start(frame: HTMLElement): Promise<void> {
  const { places: url, lines, enterprises, worker, lang, words: text } = frame.dataset;
  if (url === undefined || lines === undefined || enterprises === undefined || worker === undefined || text === undefined) return;
  const words = JSON.parse(text) as Words;
  const json = async (address: string): Promise<unknown> => (await fetch(address)).json();
  const [a, b, c] = await Promise.all([json(url), json(lines), json(enterprises)]);
  const shapes = { places: a, lines: b, enterprises: c } as Shapes;
  const { places } = shapes;
  const box = bounds(places.features.filter((f) => f.properties.level === "area").map((f) => f.geometry)) ?? bounds(places.features.map((f) => f.geometry));
  if (box === undefined) return;

  const name = (p: PlaceProperties): string => (lang === "en" && p.en !== "" ? p.en : p.zh);
  maplibregl.setWorkerUrl(worker);
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  frame.append(canvas);
  const map = new maplibregl.Map({
    container: canvas,
    style: style(shapes),
    bounds: box,
    fitBoundsOptions: { padding: 40 },
    attributionControl: { compact: true },
    dragRotate: false,
    pitchWithRotate: false,
    // One finger scrolls the page, two move the map.
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    locale: {
      "Map.Title": words.label,
      "NavigationControl.ZoomIn": words.zoom_in,
      "NavigationControl.ZoomOut": words.zoom_out,
      "NavigationControl.ResetBearing": words.compass,
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.once("load", () => {
    // The drawing is what gets printed.
    frame.querySelector("svg.drawing")?.classList.add("covered");
    for (const feature of places.features) label(map, feature, name(feature.properties));
    const hint = document.createElement("p");
    hint.className = "map-hint";
    hint.textContent = words.hint;
    frame.append(hint);
    switches(map, frame, [["enterprises", words.enterprises], ["roads", words.roads]]);
  });
  map.on("click", (event) => {
    const hit = map.queryRenderedFeatures(event.point, { layers: ["enterprises", "areas", "districts"] });
    const enterprise = hit.find((f) => f.layer.id === "enterprises");
    if (enterprise !== undefined) {
      const { id, name: title, demo } = enterprise.properties as { id: string; name: string; demo: boolean };
      popup(map, event.lngLat, card(title, link(`/enterprises/${encodeURIComponent(id)}`, words.duties), demo ? words.demo : ""));
      return;
    }
    const around = hit.map((f) => f.properties as PlaceProperties);
    const place = around[0];
    if (place === undefined) return;
    const point = `${event.lngLat.lng.toFixed(5)},${event.lngLat.lat.toFixed(5)}`;
    popup(map, event.lngLat, card(
      [...new Set(around.map(name))].join(" · "),
      `${place.rules} ${words.rules}`,
      link(`/places/${encodeURIComponent(place.code)}`, words.open),
      link(`/ask?point=${encodeURIComponent(point)}`, words.ask),
    ));
  });
  for (const layer of ["enterprises", "areas", "districts"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  // A change of theme by the reader's system repaints the map.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    map.setStyle(style(shapes));
  });
}

for (const frame of document.querySelectorAll<HTMLElement>('[data-island="map"]')) {
  // Whatever fails, the drawing stays.
  void start(frame).catch((error: unknown) => { console.error(error); });
}

