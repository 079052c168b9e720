/**
 * Computes the map: nodes at their positions on Earth, in an equirectangular projection, with lines
 * of latitude and longitude. The map shows no coasts or borders, because they would need data of
 * third parties.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import type { NodePosition } from './node-position.ts';

/** The size of a drawing, px. */
export interface DrawingSize {
  readonly width: number;
  readonly height: number;
}

/** A line of latitude or longitude, from edge to edge of the map. */
export interface GridLine {
  /** The label of the line: `30° N`. */
  readonly text: string;
  readonly isMeridian: boolean;
  /**
   * Position of the line: for a meridian as a share of the map's width, for a parallel as a share
   * of its height.
   */
  readonly at: number;
}

/** The positions of all nodes and lines, as shares of the map's width and height. */
export interface GeoMap {
  readonly places: readonly NodePosition[];
  readonly lines: readonly GridLine[];
  /** Number of nodes without a known position; they are drawn in a row at the lower edge. */
  readonly unplaced: number;
}

/** The map spans at least this many degrees, so that nodes in one city do not seem far apart. */
const SPAN_MIN = 0.2;
const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 45] as const;
/** Smallest distance between two lines, px, which leaves room for their labels. */
const PITCH_MIN = 56;
/** Margin on each side of the nodes, as a share of the range of their positions. */
const EDGE = 0.08;
/** Nodes with the same position are drawn on a circle of this radius, px. */
const APART = 22;
const FULL_CIRCLE = 360;

/** True if at least one node has a position. */
export function hasMap({ nodes }: Pick<TraceInfo, 'nodes'>): boolean {
  return nodes.some(({ place }) => place !== undefined);
}

/** Computes the map of a run. */
export function computeGeoMap({ nodes }: Pick<TraceInfo, 'nodes'>, room: DrawingSize): GeoMap {
  const known = nodes.flatMap(({ place }) => (place === undefined ? [] : [place]));
  const seam = seamOf(known.map(({ lon }) => lon));
  const east = (lon: number): number => (lon - seam + FULL_CIRCLE) % FULL_CIRCLE;
  const lons = rangeOf(known.map(({ lon }) => east(lon)));
  const lats = rangeOf(known.map(({ lat }) => lat));
  // A degree of longitude is drawn as wide as it is at the middle latitude of the map.
  const shrink = Math.max(0.1, Math.cos((lats.middle * Math.PI) / 180));
  const scale = Math.min(room.width / (lons.span * shrink), room.height / lats.span);
  const x = (lon: number): number =>
    0.5 + ((lon - lons.middle) * shrink * scale) / Math.max(1, room.width);
  const y = (lat: number): number => 0.5 - ((lat - lats.middle) * scale) / Math.max(1, room.height);
  const spots = nodes.map(({ place }) => place && { x: x(east(place.lon)), y: y(place.lat) });
  const step = STEPS.find((one) => one * shrink * scale >= PITCH_MIN) ?? 90;
  const wide = room.width / (shrink * scale);
  const meridians = multiples(seam + lons.middle - wide / 2, seam + lons.middle + wide / 2, step);
  const tall = room.height / scale;
  const parallels = multiples(lats.middle - tall / 2, lats.middle + tall / 2, step);
  return {
    places: apart(spots, room),
    unplaced: nodes.length - known.length,
    lines: [
      ...meridians.map((lon) => ({ text: lonText(lon), isMeridian: true, at: x(lon - seam) })),
      ...parallels
        .filter((lat) => Math.abs(lat) <= 90)
        .map((lat) => ({ text: latText(lat), isMeridian: false, at: y(lat) })),
    ],
  };
}

/** Returns the longitude at which the map is cut: the middle of the widest range without nodes. */
function seamOf(lons: readonly number[]): number {
  const sorted = [...lons].sort((a, b) => a - b);
  let seam = -180;
  let widest = 0;
  for (const [at, lon] of sorted.entries()) {
    const next = sorted[at + 1] ?? (sorted[0] ?? 0) + FULL_CIRCLE;
    if (next - lon <= widest) continue;
    widest = next - lon;
    seam = (lon + next) / 2;
  }
  return seam;
}

function rangeOf(values: readonly number[]): { readonly middle: number; readonly span: number } {
  const [low, high] = [leastOf(values), greatestOf(values)];
  return { middle: (low + high) / 2, span: Math.max(SPAN_MIN, (high - low) * (1 + 2 * EDGE)) };
}

function multiples(from: number, to: number, step: number): readonly number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: Math.min(count, 64) }, (_, at) => (first + at) * step);
}

function latText(lat: number): string {
  return lat === 0 ? '0°' : `${degrees(lat)}° ${lat > 0 ? 'N' : 'S'}`;
}

function lonText(lon: number): string {
  const plain = ((((lon + 180) % FULL_CIRCLE) + FULL_CIRCLE) % FULL_CIRCLE) - 180;
  if (plain === 0 || plain === -180) return `${degrees(plain)}°`;
  return `${degrees(plain)}° ${plain > 0 ? 'E' : 'W'}`;
}

function degrees(value: number): string {
  return String(Number(Math.abs(value).toFixed(2)));
}

/**
 * Moves nodes with the same position onto a circle, and nodes without a position into a row at the
 * lower edge.
 */
function apart(
  spots: readonly (NodePosition | undefined)[],
  room: DrawingSize,
): readonly NodePosition[] {
  const unplaced = spots.filter((spot) => spot === undefined).length;
  const groups = new Map<string, number[]>();
  for (const [node, spot] of spots.entries()) {
    const key = spot === undefined ? '' : `${spot.x.toFixed(4)} ${spot.y.toFixed(4)}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const places: NodePosition[] = spots.map((spot) => spot ?? { x: 0.5, y: 1 });
  for (const [key, members] of groups) {
    for (const [at, node] of members.entries()) {
      const spot = spots[node];
      if (key === '' || spot === undefined) places[node] = { x: (at + 0.5) / unplaced, y: 1 };
      else if (members.length > 1) places[node] = around(spot, (at / members.length) * 2, room);
    }
  }
  return places;
}

/**
 * Returns a point on the circle around a position.
 * @param turn The angle of the point, in multiples of pi.
 */
function around(spot: NodePosition, turn: number, { width, height }: DrawingSize): NodePosition {
  return {
    x: spot.x + (APART * Math.cos(turn * Math.PI)) / Math.max(1, width),
    y: spot.y + (APART * Math.sin(turn * Math.PI)) / Math.max(1, height),
  };
}
