/**
 * Delivery predictabilities of PRoPHET version 2 (RFC 6693 section 2.1.2): how likely a node is to
 * meet each other node, computed from the times of its encounters.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { exp, log } from '../../../engine/pure/log-exp.ts';

/**
 * The parameters of RFC 6693 section 3.3, which leaves the usual interval and the unit of time to
 * each network.
 */
export interface ProphetParameters {
  readonly encounterMax: number;
  readonly encounterFirst: number;
  readonly firstThreshold: number;
  readonly beta: number;
  readonly gamma: number;
  readonly delta: number;
  /** Usual time between two encounters of a pair, ns. */
  readonly usualNs: Nanoseconds;
  /** Unit of time for aging, ns. */
  readonly unitNs: Nanoseconds;
}

/** The default parameters of RFC 6693, figure 3. */
export const PROPHET_DEFAULTS: Omit<ProphetParameters, 'usualNs' | 'unitNs'> = {
  encounterMax: 0.7,
  encounterFirst: 0.5,
  firstThreshold: 0.1,
  beta: 0.9,
  gamma: 0.999,
  delta: 0.01,
};

/** Predictabilities below this value are forgotten, since they are too small to matter. */
const LEAST = 0.001;

/**
 * Equation 1 of RFC 6693: the predictability after an encounter. `intervalNs`: time since the last
 * encounter; undefined if there was none.
 */
export function predictabilityAfterEncounter(
  before: number,
  intervalNs: Nanoseconds | undefined,
  parameters: ProphetParameters,
): number {
  const { encounterFirst, firstThreshold, encounterMax, delta, usualNs } = parameters;
  if (intervalNs === undefined || before < firstThreshold) return encounterFirst;
  const encounter = encounterMax * Math.min(1, intervalNs / usualNs);
  return before + (1 - delta - before) * encounter;
}

/** Equation 2 of RFC 6693: the predictability after `units` units of time without an encounter. */
export function agedPredictability(before: number, units: number, gamma: number): number {
  return before * exp(units * log(gamma));
}

/**
 * Equation 3 of RFC 6693: the predictability for a destination through a neighbour, whose own
 * predictability for it is `onward`.
 */
export function transitivePredictability(
  before: number,
  toNeighbour: number,
  onward: number,
  beta: number,
): number {
  return Math.max(before, toNeighbour * onward * beta);
}

/** The table of a node from before its restart. */
export interface SavedPredictabilities {
  readonly values: Iterable<readonly [string, number]>;
  readonly meetings: Iterable<readonly [string, Nanoseconds]>;
  readonly agedNs: Nanoseconds;
}

interface Entry {
  value: number;
  /** Last encounter; undefined if there was none. */
  metNs: Nanoseconds | undefined;
}

/** The predictabilities of one node, by name of the other node. */
export class PredictabilityTable {
  readonly #parameters: ProphetParameters;
  readonly #entries = new Map<string, Entry>();
  #agedNs: Nanoseconds = 0;

  constructor(parameters: ProphetParameters) {
    this.#parameters = parameters;
  }

  /** The predictability for a node; 0 if none is known. */
  of(name: string): number {
    return this.#entries.get(name)?.value ?? 0;
  }

  /** All predictabilities, sorted by name of the node. */
  all(): readonly (readonly [string, number])[] {
    const values = [...this.#entries].map(([name, { value }]) => [name, value] as const);
    return values.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** When each node was met last, sorted by its name. */
  meetings(): readonly (readonly [string, Nanoseconds])[] {
    return this.all().flatMap(([name]) => {
      const metNs = this.#entries.get(name)?.metNs;
      return metNs === undefined ? [] : [[name, metNs] as const];
    });
  }

  /** The instant up to which the predictabilities are aged. */
  get agedNs(): Nanoseconds {
    return this.#agedNs;
  }

  /** Takes the table from before a restart; its values age from `agedNs` on. */
  restore({ values, meetings, agedNs }: SavedPredictabilities): void {
    const met = new Map(meetings);
    for (const [name, value] of values) this.#entries.set(name, { value, metNs: met.get(name) });
    this.#agedNs = agedNs;
  }

  /** Ages all predictabilities up to `now`; callers do this before they use them. */
  age(now: Nanoseconds): void {
    const { unitNs, gamma } = this.#parameters;
    // After a restart plan time may have begun at 0 again.
    if (now < this.#agedNs) this.#agedNs = now;
    const units = Math.floor((now - this.#agedNs) / unitNs);
    if (units <= 0) return;
    this.#agedNs += units * unitNs;
    for (const [name, entry] of this.#entries) {
      entry.value = agedPredictability(entry.value, units, gamma);
      if (entry.value < LEAST) this.#entries.delete(name);
    }
  }

  meet(neighbour: string, now: Nanoseconds): void {
    const { value = 0, metNs } = this.#entries.get(neighbour) ?? {};
    const intervalNs = metNs === undefined ? undefined : Math.max(0, now - metNs);
    const after = predictabilityAfterEncounter(value, intervalNs, this.#parameters);
    this.#entries.set(neighbour, { value: after, metNs: now });
  }

  /** Learns from the table of a neighbour, by equation 3. */
  learn(neighbour: string, values: Iterable<readonly [string, number]>): void {
    const toNeighbour = this.of(neighbour);
    for (const [name, onward] of values) {
      const entry = this.#entries.get(name);
      const before = entry?.value ?? 0;
      const value = transitivePredictability(before, toNeighbour, onward, this.#parameters.beta);
      if (value < LEAST) continue;
      this.#entries.set(name, { value, metNs: entry?.metNs });
    }
  }
}
