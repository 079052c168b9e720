/**
 * The interface to other simulators for the hold model. Each keeps N pending events, uses the same
 * random draws and reports its clock at the end.
 *
 * @module
 */

/** The result of one run of the hold model. */
export interface PeerRun {
  /** CPU time in microseconds, without set-up. */
  readonly cpuUs: number;
  /** Time of the event removed last, ns. */
  readonly clockNs: number;
  /** FNV-1a hash over the payloads; comparable only between simulators whose ties are FIFO. */
  readonly fnv1a: string;
}

/** A simulator from npm, installed as a development dependency. */
export interface Peer {
  /** Package and version. */
  readonly name: string;
  /** True if events at the same instant keep their order; the hash must then match as well. */
  readonly isFifo: boolean;
  /** Features that it lacks. */
  readonly note: string;
  hold(pending: number, holds: number): PeerRun;
}

/** A hash as eight hex digits. */
export function hexWord(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
