/**
 * The second calibration loop: a walk through memory in which every step waits for the one before it, as in a large
 * queue of events. The first loop (engine/measure/calibration-loop.ts) fits in the nearest caches; the ratio of the two
 * loops' speeds differs between machines.
 *
 * @module
 */
import { cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

/** Number of positions of 4 bytes: 32 MiB, more than the caches of one core and about as much as shared caches. */
const PLACES = 8_388_608;
const STEPS = 1_000_000;
const RUNS = 5;

/** Steps of the walk per processor second, millions: the median of five; about 6.5 on a machine of 2026. */
export function memoryPace(): number {
  const ring = makeRing();
  let place = 0;
  const rates = Array.from({ length: RUNS }, () => {
    const cpuUs = cpuTimeUs(() => {
      place = walk(ring, place);
    });
    return STEPS / cpuUs;
  });
  // The end of the walk shows that V8 has not optimised the walk away.
  requireEqual('place after the walk', place, placeAfter(RUNS * STEPS));
  return spreadOf(rates).value;
}

function walk(ring: Int32Array, from: number): number {
  let at = from;
  for (let step = 0; step < STEPS; step += 1) at = ring[at] as number;
  return at;
}

/** One cycle through all positions, each step far from the last: a generator of full period (Hull, Dobell 1962). */
function makeRing(): Int32Array {
  const places = new Int32Array(PLACES);
  let at = 0;
  for (let step = 0; step < PLACES; step += 1) {
    const next = nextOf(at);
    places[at] = next;
    at = next;
  }
  return places;
}

function nextOf(place: number): number {
  return (Math.imul(place, 1_664_525) + 1_013_904_223) & (PLACES - 1);
}

function placeAfter(steps: number): number {
  let at = 0;
  for (let step = 0; step < steps; step += 1) at = nextOf(at);
  return at;
}
