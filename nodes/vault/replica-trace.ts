/**
 * Traces a replica for the browser view. It exists only while a trace is recorded, sets no timer and draws no
 * random numbers. Nor does it hash with the node's cryptography, whose processor time may be charged: a
 * run is the same without it.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { crc32c } from '../../engine/pure/crc32c.ts';
import type { HostPart } from '../_kit/host-part.ts';
import { REPLICA_TRACE, type TracedReplica } from './trace-states.ts';

/** Time between two traced states, for each operation in the vault, ns: about the cost of encoding what it wrote. */
const INTERVAL_PER_OPERATION_NS = 2_000;
/** Largest time between two traced states, ns. */
const INTERVAL_NS_MAX = 1_000_000_000;

/** What a trace shows of a replica. */
export interface ShownReplica {
  /** The number of the last operation on disk, by actor. */
  readonly clock: ReadonlyMap<string, number>;
  /** Encodes the state; undefined while a write to disk runs. */
  readonly stateBytes: (() => Uint8Array) | undefined;
  /** Number of changes of the state so far. */
  readonly changes: number;
  /**
   * Own erasures that some replica has not confirmed, the oldest first, and the replicas that have not confirmed each.
   */
  readonly unconfirmed: readonly { readonly by: readonly string[] }[];
}

/** Writes the states of one replica into a trace. */
export class ReplicaTrace {
  readonly #host: HostPart<'trace'>;
  readonly #machine: string;
  #clock: TracedReplica['clock'] = null;
  #nextNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  #text = '';
  #checksum = '';
  /** Number of changes for which the checksum was computed. */
  #checked = -1;

  constructor(host: HostPart<'trace'>, vault: string) {
    this.#host = host;
    this.#machine = REPLICA_TRACE.machine.write({ vault });
  }

  /**
   * Notes that stamps follow the time of the other replicas from now on.
   * @param byMs How far their time is ahead, ms; negative if it is behind.
   */
  corrected(byMs: number): void {
    this.#clock = { ms: Math.abs(byMs), side: byMs < 0 ? 'ahead' : 'behind' };
  }

  /** Traces the replica if it has changed and the last trace is long enough ago. */
  show(now: Nanoseconds, replica: () => ShownReplica): void {
    if (now < this.#nextNs) return;
    const shown = replica();
    const { clock, unconfirmed } = shown;
    const operations = [...clock].map(([actor, last]) => ({ actor, last }));
    const count = operations.reduce((sum, { last }) => sum + last, 0);
    this.#nextNs = now + Math.min(INTERVAL_NS_MAX, count * INTERVAL_PER_OPERATION_NS);
    const text = REPLICA_TRACE.state.write({
      checksum: this.#checksumOf(shown),
      operations,
      erasures: unconfirmed.length,
      // A replica that has not confirmed an erasure has not confirmed later ones either.
      waiting: unconfirmed.at(-1)?.by ?? [],
      clock: this.#clock,
    });
    if (text !== this.#text) this.#host.trace.state(this.#machine, text);
    this.#text = text;
  }

  #checksumOf({ stateBytes, changes }: ShownReplica): string | null {
    if (stateBytes === undefined) return null;
    if (changes !== this.#checked) {
      this.#checked = changes;
      this.#checksum = crc32c(stateBytes()).toString(16).padStart(8, '0');
    }
    return this.#checksum;
  }
}
