/**
 * The exact cost of a link for a packet: rate, delay and overhead of its direction at that instant,
 * from the header of the trace and its table of changes. Undefined for traces without them.
 *
 * @module
 */
import type { LinkInfo } from '../../../engine/measure/trace/layout.ts';
import type { PaceRow } from './trace-answers.ts';

/** Where the time on a link went, ns. */
export interface LinkTime {
  readonly serialisationNs: number;
  readonly propagationNs: number;
}

interface Step {
  readonly fromNs: number;
  readonly rateBps: number;
  readonly delayNs: number;
}

const BIT_NS_PER_BYTE = 8e9;

/** Rates and delays of all directions over time. */
export class PaceBook {
  readonly #steps: readonly (readonly Step[])[];
  readonly #overheads: readonly number[];

  /** @param changes In chronological order, from the start of the run. */
  constructor(links: readonly LinkInfo[], changes: readonly PaceRow[]) {
    const steps = links.map(({ rateBps, delayNs }): Step[] =>
      rateBps === undefined || delayNs === undefined
        ? []
        : [{ fromNs: 0, rateBps: rateBps ?? Number.POSITIVE_INFINITY, delayNs }],
    );
    for (const { timeNs, link, rateBps, delayNs } of changes) {
      const own = steps[link];
      if (own !== undefined && own.length > 0) own.push({ fromNs: timeNs, rateBps, delayNs });
    }
    this.#steps = steps;
    this.#overheads = links.map(({ overheadBytes = 0 }) => overheadBytes);
  }

  /** For a packet whose serialisation begins at `departNs`. */
  timeOf(link: number, bytes: number, departNs: number): LinkTime | undefined {
    const rateBps = this.#at(link, departNs)?.rateBps;
    if (rateBps === undefined) return undefined;
    const length = bytes + (this.#overheads[link] ?? 0);
    // Up to a nanosecond: the remainder of the division is carried over to the next packet.
    const serialisationNs = Math.floor((length * BIT_NS_PER_BYTE) / rateBps);
    // The delay at the instant when the packet leaves the transmitter.
    const propagationNs = this.#at(link, departNs + serialisationNs)?.delayNs ?? 0;
    return { serialisationNs, propagationNs };
  }

  #at(link: number, timeNs: number): Step | undefined {
    const steps = this.#steps[link] ?? [];
    if (steps.length < 2) return steps[0];
    return steps.findLast(({ fromNs }) => fromNs <= timeNs);
  }
}
