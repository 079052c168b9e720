/**
 * The way of a node's packets to the worker threads and back (docs/adr/0013): how many may be on it,
 * and what a failure is called.
 *
 * Threads decide nothing: replay tags, next hops and what ends here are asked in the node's thread
 * when a packet comes back.
 *
 * @module
 */
import type { ByteJobOutput } from '../../../engine/host/compute.ts';
import type { Host } from '../../../engine/host/host.ts';
import { UNWRAPPING_MAX } from '../geometry.ts';

/** Name of the job in the protocol's `jobs`. */
const UNWRAP_JOB = 'unwrap';

/** See the module. */
export class UnwrapThreads {
  readonly #host: Host;
  #inside = 0;
  #isStopped = false;
  #lastFailure = '';

  constructor(host: Host) {
    this.#host = host;
  }

  /** Packets that have gone to the threads and are not back. */
  get size(): number {
    return this.#inside;
  }

  /** True when {@link run} must not be called. */
  get isFull(): boolean {
    return this.#inside >= UNWRAPPING_MAX;
  }

  /**
   * Unwraps a packet in place.
   * @param setup keys and format; another object means other keys.
   * @param bytes belong to the threads until `done`.
   * @param done called in a later turn; undefined: no answer, and the bytes are as they were.
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
   * Opens a setup before the first packet needs it, which starts the threads. The one before is
   * wiped there, even when no packet comes.
   */
  warm(setup: Uint8Array): void {
    this.run(setup, new Uint8Array(1), () => undefined);
  }

  /** What comes back from now on is left alone. */
  stop(): void {
    this.#isStopped = true;
  }

  #tell(message: string): void {
    if (message === this.#lastFailure) return;
    this.#lastFailure = message;
    this.#host.log.warn(`unwrapping on threads: ${message}`);
  }
}
