/**
 * Drives a mixing strategy as a node would: messages arrive at given instants and depart when
 * `nextAt` says so.
 *
 * @module
 */
import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import {
  createMixingStrategy,
  type MixingStrategy,
  mixingConfig,
  type RequestedDelay,
} from '../../../../../nodes/mixnet/mixing/index.ts';

export const MS = 1_000_000;
export const SECOND = 1_000 * MS;
/** Departures per wake-up of the reference scheduler (katzenpost, server/internal/scheduler). */
const PER_TAKE = 16;
/**
 * Largest number of consecutive wake-ups without a departure, which a binomial mix has by chance.
 */
const IDLE_MAX = 10_000;
/** A limit so large that one `take` returns everything of a flush. */
export const WHOLE = 1_000_000;
export const NO_DELAY: RequestedDelay = { delayNs: 0 };
/** A stop-and-go window that is always open. */
export const ALWAYS = [0, 1_000_000 * SECOND] as const;

/** Makes a strategy from options as in a file. */
export function mixingOf(options: Readonly<Record<string, unknown>>, seed = 1): MixingStrategy {
  return createMixingStrategy(mixingConfig.parse(options), openRandomStream(seed, 'mix', 'mixing'));
}

/** An arriving message; its item number is its index in the list. */
export interface Arrival {
  readonly atNs: number;
  readonly asked: RequestedDelay;
}

/**
 * The departed items in order, with their instants; `poolBefore` is the number of items just before
 * each departure.
 */
export interface Departures {
  readonly items: readonly number[];
  readonly atNs: readonly number[];
  readonly poolBefore: readonly number[];
  readonly refused: ReadonlyMap<number, string>;
}

/** Poisson arrivals, each with an exponentially distributed delay. */
export function poissonArrivals(options: {
  readonly count: number;
  readonly gapNs: number;
  readonly delayNs: number;
  readonly seed?: number;
}): Arrival[] {
  const random: RandomStream = openRandomStream(options.seed ?? 11, 'senders', 'arrivals');
  let atNs = 0;
  return Array.from({ length: options.count }, () => {
    atNs += Math.floor(random.exponential(options.gapNs));
    return { atNs, asked: { delayNs: Math.floor(random.exponential(options.delayNs)) } };
  });
}

/** Feeds all arrivals and takes items when they are due, until nothing is left. */
export function drive(
  mixing: MixingStrategy,
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

/** The time inside of each message that left, by item, ns. */
export function delaysOf(arrivals: readonly Arrival[], departures: Departures): number[] {
  return departures.items.map(
    (item, index) => (departures.atNs[index] as number) - (arrivals[item]?.atNs as number),
  );
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
