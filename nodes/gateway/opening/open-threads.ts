/**
 * Sends data frames of all peers to worker threads, which open them, and keeps the keys for it: one setup of the job
 * for all keys, made anew when a key comes or goes, and overwritten when it is replaced.
 *
 * @module
 */
import type { ByteJobOutput } from '../../../engine/host/compute.ts';
import { writeUint32 } from '../../_kit/bytes.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { wipe } from '../../_kit/secrets.ts';
import { KEY_ENTRY_BYTES, OPEN_JOB, readOpenRecord } from './open-job.ts';

/** Called, in an event of its own, with the plaintext's length; -1 for a forgery; undefined if no thread has answered. */
export type FrameOpened = (length: number | undefined) => void;

/** The threads of one gateway, with its keys. */
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
    this.#renew();
    return number;
  }

  /** Takes a key away; frames that are with the threads are still opened, and then refused by their session. */
  remove(number: number): void {
    const key = this.#keys.get(number);
    if (key === undefined) return;
    wipe(key);
    this.#keys.delete(number);
    this.#renew();
  }

  /**
   * Opens the frame in `bytes` in place; they belong to the threads until `done` is called.
   * @param bytes As `open-job.ts` lays them out.
   */
  open(bytes: Uint8Array, done: FrameOpened): void {
    this.#host.compute(OPEN_JOB, { setup: this.#setup, bytes }, (result) => {
      if (result.kind === 'done') done(readOpenRecord((result.output as ByteJobOutput).record));
      else {
        this.#tell(result.message);
        done(undefined);
      }
    });
  }

  /** Makes the setup anew, and has the threads take it now: they wipe the keys of the one before. */
  #renew(): void {
    const setup = new Uint8Array(this.#keys.size * KEY_ENTRY_BYTES);
    let at = 0;
    for (const [number, key] of this.#keys) {
      writeUint32(setup, at, number);
      setup.set(key, at + 4);
      at += KEY_ENTRY_BYTES;
    }
    const former = this.#setup;
    this.#setup = setup;
    // A call with no key in it; it starts the threads, too.
    this.open(new Uint8Array(KEY_ENTRY_BYTES).fill(0xff), () => undefined);
    wipe(former);
  }

  #tell(message: string): void {
    if (message === this.#lastFailure) return;
    this.#lastFailure = message;
    this.#host.log.warn(`opening frames on threads: ${message}; the main thread opens them`);
  }
}
