/**
 * Computes the exact time that a packet spends on one direction of a link, from the rate, delay and
 * overhead that the direction has at that instant. The header of the trace and its table of changes
 * have these values; for older traces, which lack them, the result is undefined.
 *
 * @module
 */
import type { LinkDirectionInfo } from '../../../engine/measure/trace/layout.ts';
import type { RateDelayRow } from './trace-answers.ts';

/** The parts of the time that a packet spends on a link, ns. */
export interface TransitTimeParts {
  readonly serialisationNs: number;
  readonly propagationNs: number;
}

interface Step {
  readonly fromNs: number;
  readonly rateBps: number;
  readonly delayNs: number;
}

const BIT_NS_PER_BYTE = 8e9;

/** The rate and delay of each direction of a link over time. */
export class RateDelayHistory {
  readonly #steps: readonly (readonly Step[])[];
  readonly #overheads: readonly number[];

  /** @param changes Changes of rate or delay in chronological order, from the start of the run. */
  constructor(links: readonly LinkDirectionInfo[], changes: readonly RateDelayRow[]) {
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

  /**
   * Computes the time on the link for a packet of `bytes` bytes whose serialisation begins at
   * `departNs`; undefined if the trace does not hold the rate.
   */
  timeOf(link: number, bytes: number, departNs: number): TransitTimeParts | undefined {
    const rateBps = this.#at(link, departNs)?.rateBps;
    if (rateBps === undefined) return undefined;
    const length = bytes + (this.#overheads[link] ?? 0);
    // Exact to 1 ns: a link adds the remainder of this division to the time of its next packet.
    const serialisationNs = Math.floor((length * BIT_NS_PER_BYTE) / rateBps);
    // The delay that counts is the one at the instant when the packet has left the transmitter.
    const propagationNs = this.#at(link, departNs + serialisationNs)?.delayNs ?? 0;
    return { serialisationNs, propagationNs };
  }

  #at(link: number, timeNs: number): Step | undefined {
    const steps = this.#steps[link] ?? [];
    if (steps.length < 2) return steps[0];
    return steps.findLast(({ fromNs }) => fromNs <= timeNs);
  }
}
