/**
 * Sends data frames of all peers to worker threads, which open them, and keeps the keys that the
 * threads need. One setup of the job contains all keys; it is made anew whenever a key is added or
 * removed, and the old one is wiped.
 *
 * @module
 */
import type { ByteJobOutput } from '../../../engine/host/compute.ts';
import { writeUint32 } from '../../_kit/bytes.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { wipe } from '../../_kit/secrets.ts';
import { KEY_ENTRY_BYTES, OPEN_JOB, readOpenRecord } from './open-job.ts';

/**
 * Called in a separate event with the length of the plaintext: -1 for a forged frame, undefined if
 * no thread has answered.
 */
export type OnFrameOpened = (length: number | undefined) => void;

/** The threads of one gateway, and the keys that they have. */
export class OpenThreads {
  readonly #host: HostPart<'compute' | 'log'>;
  readonly #keys = new Map<number, Uint8Array>();
  #setup = new Uint8Array(0);
  #nextKey = 0;
  #lastFailure = '';

  constructor(host: HostPart<'compute' | 'log'>) {
    this.#host = host;
  }

  /** Gives the threads a copy of a key. @returns its number. */
  add(key: Uint8Array): number {
    const number = this.#nextKey;
    this.#nextKey += 1;
    this.#keys.set(number, key.slice());
    this.#replaceSetup();
    return number;
  }

  /**
   * Removes a key. Frames that are with the threads are still opened, but their session then
   * refuses them.
   */
  remove(number: number): void {
    const key = this.#keys.get(number);
    if (key === undefined) return;
    wipe(key);
    this.#keys.delete(number);
    this.#replaceSetup();
  }

  /**
   * Opens the frame in `bytes` in place; the threads own `bytes` until `done` is called.
   * @param bytes In the layout of `open-job.ts`.
   */
  open(bytes: Uint8Array, done: OnFrameOpened): void {
    this.#host.compute(OPEN_JOB, { setup: this.#setup, bytes }, (result) => {
      if (result.kind === 'done') done(readOpenRecord((result.output as ByteJobOutput).record));
      else {
        this.#warnOnce(result.message);
        done(undefined);
      }
    });
  }

  /**
   * Makes a new setup and sends it to the threads at once, so that they wipe the keys of the former
   * one.
   */
  #replaceSetup(): void {
    const setup = new Uint8Array(this.#keys.size * KEY_ENTRY_BYTES);
    let at = 0;
    for (const [number, key] of this.#keys) {
      writeUint32(setup, at, number);
      setup.set(key, at + 4);
      at += KEY_ENTRY_BYTES;
    }
    const former = this.#setup;
    this.#setup = setup;
    // This call names no known key; its only purpose is to make the threads take the setup. It also
    // starts the threads.
    this.open(new Uint8Array(KEY_ENTRY_BYTES).fill(0xff), () => undefined);
    wipe(former);
  }

  #warnOnce(message: string): void {
    if (message === this.#lastFailure) return;
    this.#lastFailure = message;
    this.#host.log.warn(`opening frames on threads: ${message}; the main thread opens them`);
  }
}
