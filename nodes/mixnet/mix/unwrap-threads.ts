/**
 * Sends a node's packets to worker threads, which unwrap and return them (ADR 0013). Bounds the
 * number of packets in the threads, and logs failures.
 *
 * Threads decide nothing: replay tags, next hops and final packets are handled in the node's thread
 * when a packet returns.
 *
 * @module
 */
import type { ByteJobOutput } from '../../../engine/host/compute.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { UNWRAPPING_PACKETS_MAX } from '../geometry.ts';

/** Name of the worker threads' job in the field `jobs` of the protocol. */
const UNWRAP_JOB = 'unwrap';

/** Passes the packets of one node to worker threads. */
export class UnwrapThreads {
  readonly #host: HostPart<'compute' | 'log'>;
  #inside = 0;
  #isStopped = false;
  #lastFailure = '';

  constructor(host: HostPart<'compute' | 'log'>) {
    this.#host = host;
  }

  /** Number of packets that were sent to the threads and have not returned. */
  get size(): number {
    return this.#inside;
  }

  /**
   * True when as many packets as allowed are in the threads, so that {@link run} must not be
   * called.
   */
  get isFull(): boolean {
    return this.#inside >= UNWRAPPING_PACKETS_MAX;
  }

  /**
   * Unwraps a packet in place.
   * @param setup Keys and format; a different object means different keys.
   * @param bytes The packet; the caller must not touch it until `done` is called.
   * @param done Called later, not during this call, with the result; undefined when a thread gave
   *   no answer, and the bytes are unchanged.
   */
  run(
    setup: Uint8Array,
    bytes: Uint8Array,
    done: (output: ByteJobOutput | undefined) => void,
  ): void {
    this.#inside += 1;
    this.#host.compute(UNWRAP_JOB, { setup, bytes }, (result) => {
      this.#inside -= 1;
      if (this.#isStopped) return;
      if (result.kind === 'failed') this.#tell(result.message);
      done(result.kind === 'done' ? (result.output as ByteJobOutput) : undefined);
    });
  }

  /**
   * Loads a setup into the threads before the first packet needs it, and starts the threads. They
   * wipe the previous setup even if no packet follows.
   */
  warm(setup: Uint8Array): void {
    this.run(setup, new Uint8Array(1), () => undefined);
  }

  /** Ignores everything that the threads return from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  #tell(message: string): void {
    if (message === this.#lastFailure) return;
    this.#lastFailure = message;
    this.#host.log.warn(`unwrapping on threads: ${message}`);
  }
}
