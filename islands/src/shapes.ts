// Small geometry of shapes on the map.
import type { MultiPolygon, Position } from "geojson";

/** South-west and north-east corners of all shapes. */
export function bounds(shapes: MultiPolygon[]): [[number, number], [number, number]] | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of shapes.flatMap((s) => s.coordinates.flat(2)) as [number, number][]) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  return west < east && south < north ? [[west, south], [east, north]] : undefined;
}

/** The middle of the largest ring. */
export function middle(shape: MultiPolygon): [number, number] | undefined {
  const rings = shape.coordinates.map((polygon) => polygon[0]).filter((ring): ring is Position[] => ring !== undefined);
  const ring = rings.sort((a, b) => b.length - a.length)[0];
  if (ring === undefined) return undefined;
  let [area, x, y] = [0, 0, 0];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [x1, y1] = ring[i] as [number, number];
    const [x2, y2] = ring[i + 1] as [number, number];
    const cross = x1 * y2 - x2 * y1;
    area += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  }
  return area === 0 ? undefined : [x / (3 * area), y / (3 * area)];
}

/** The middle of the northern edge of a shape's bounds. */
export function north(shape: MultiPolygon): [number, number] | undefined {
  const box = bounds([shape]);
  return box === undefined ? undefined : [(box[0][0] + box[1][0]) / 2, box[1][1]];
}
