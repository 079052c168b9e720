/**
 * What the hold model asks of another simulator: N pending events, the same draws, the clock at the
 * end.
 *
 * @module
 */

/** One run of the hold model on a peer. */
export interface PeerRun {
  /** CPU time without set-up, microseconds. */
  readonly cpuUs: number;
  /** Time of the event removed last, ns. */
  readonly clockNs: number;
  /** FNV-1a over the payloads, comparable only where ties are FIFO. */
  readonly fnv1a: string;
}

/** A simulator from npm, as a development dependency. */
export interface Peer {
  /** Package and version. */
  readonly name: string;
  /** True when events of one instant keep their order: then the hash must match, too. */
  readonly isFifo: boolean;
  /** What it lacks. */
  readonly note: string;
  hold(pending: number, holds: number): PeerRun;
}

/** Eight hex digits. */
export function hexWord(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
