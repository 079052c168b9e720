/**
 * How long light in a fibre takes between two places on Earth: the great circle on a sphere, at two thirds of the speed
 * of light. Real fibres follow roads and seas and are longer, so this is the smallest possible delay of a fibre.
 *
 * @module
 */
import { cosine, sine } from '../../engine/pure/sine.ts';

/** A place on Earth, degrees. */
export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

/** Mean radius of the Earth, m (Moritz 2000, "Geodetic Reference System 1980", R1). */
const EARTH_M = 6_371_008.8;
const LIGHT_MPS = 299_792_458;
const IN_FIBRE = 2 / 3;
const NS_PER_S = 1e9;
const DEGREE = 0.017453292519943295;
/** Iterations of {@link halfAngle}; the error before each is at most 0.8, 0.08, 8e-5, 8e-14 and 0 radians. */
const ROUNDS = 5;

/** Distance between two places along the surface of the Earth, metres. */
export function greatCircleMetres(a: LatLon, b: LatLon): number {
  const [north, south] = [a.lat * DEGREE, b.lat * DEGREE];
  const up = sine((north - south) / 2);
  const round = sine(((a.lon - b.lon) * DEGREE) / 2);
  // The haversine of the angle (Sinnott 1984, "Virtues of the haversine"), a formula that is
  // accurate even for places near each other.
  const square = up * up + cosine(north) * cosine(south) * round * round;
  return 2 * EARTH_M * halfAngle(Math.min(1, square));
}

/** One-way delay in a fibre along the great circle, whole nanoseconds. */
export function fibreDelayNs(a: LatLon, b: LatLon): number {
  return Math.round((greatCircleMetres(a, b) / (LIGHT_MPS * IN_FIBRE)) * NS_PER_S);
}

/** The angle from 0 to pi/2 whose squared sine is `square`; the same bits on every machine. */
function halfAngle(square: number): number {
  const [s, c] = [Math.sqrt(square), Math.sqrt(1 - square)];
  let angle = 0;
  // Each round subtracts sin(angle - wanted angle), which differs from the error only by a term of
  // its third power.
  if (s > c) angle = Math.PI / 2;
  for (let round = 0; round < ROUNDS; round += 1) {
    angle -= sine(angle) * c - cosine(angle) * s;
  }
  return angle;
}
