/**
 * Drives a strategy as a node would: arrivals at given instants, departures when `nextAt` says so.
 *
 * @module
 */
import { openStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import {
  type AskedDelay,
  createMixing,
  type Mixing,
  mixingConfig,
} from '../../../../../nodes/mixnet/mixing/index.ts';

export const MS = 1_000_000;
export const SECOND = 1_000 * MS;
/** Departures for each wake-up of the reference scheduler (spec/mixnet.md 3.1). */
const PER_TAKE = 16;
/** Wake-ups in a row that may send nothing; a binomial mix has some by chance. */
const IDLE_MAX = 10_000;
/** Large enough for one take to be one flush. */
export const WHOLE = 1_000_000;
export const NO_DELAY: AskedDelay = { delayNs: 0 };
/** A window that is always open, for stop-and-go. */
export const ALWAYS = [0, 1_000_000 * SECOND] as const;

/** A strategy by its options as a file has them. */
export function mixingOf(options: Readonly<Record<string, unknown>>, seed = 1): Mixing {
  return createMixing(mixingConfig.parse(options), openStream(seed, 'mix', 'mixing'));
}

/** A message that comes; its number in the list is its item. */
export interface Arrival {
  readonly atNs: number;
  readonly asked: AskedDelay;
}

/** What left, in the order of departure, and when; `poolBefore` counts the items inside just then. */
export interface Departures {
  readonly items: readonly number[];
  readonly atNs: readonly number[];
  readonly poolBefore: readonly number[];
  readonly refused: ReadonlyMap<number, string>;
}

/** Poisson arrivals, each asking for an exponential delay. */
export function poissonArrivals(options: {
  readonly count: number;
  readonly gapNs: number;
  readonly delayNs: number;
  readonly seed?: number;
}): Arrival[] {
  const random: RandomStream = openStream(options.seed ?? 11, 'senders', 'arrivals');
  let atNs = 0;
  return Array.from({ length: options.count }, () => {
    atNs += Math.floor(random.exponential(options.gapNs));
    return { atNs, asked: { delayNs: Math.floor(random.exponential(options.delayNs)) } };
  });
}

/** Feeds all arrivals and takes out what is due, on time, until nothing is to be waited for. */
export function drive(
  mixing: Mixing,
  arrivals: readonly Arrival[],
  perTake = PER_TAKE,
): Departures {
  const items: number[] = [];
  const atNs: number[] = [];
  const poolBefore: number[] = [];
  const refused = new Map<number, string>();
  const empty = (until: number): void => {
    let idle = 0;
    for (let now = mixing.nextAt(); now !== undefined && now <= until; now = mixing.nextAt()) {
      const size = mixing.size;
      const before = items.length;
      for (const item of mixing.take(now, perTake)) {
        items.push(item);
        atNs.push(now);
        poolBefore.push(size);
      }
      idle = items.length > before ? 0 : idle + 1;
      if (idle > IDLE_MAX) throw new Error('the mix asks to be woken for ever and sends nothing');
    }
  };
  for (const [item, arrival] of arrivals.entries()) {
    empty(arrival.atNs);
    const drop = mixing.put(item, arrival.atNs, arrival.asked);
    if (drop !== undefined) refused.set(item, drop);
  }
  empty(Number.POSITIVE_INFINITY);
  return { items, atNs, poolBefore, refused };
}

/** Time inside of each message that left, nanoseconds, by its item. */
export function delaysOf(arrivals: readonly Arrival[], departures: Departures): number[] {
  return departures.items.map(
    (item, index) => (departures.atNs[index] as number) - (arrivals[item]?.atNs as number),
  );
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
