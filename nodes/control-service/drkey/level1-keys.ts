/**
 * The level 1 keys that other ASes have given to this AS. Each is kept for its epoch and one more; the key of the next
 * epoch is requested before that epoch begins (reference control/drkey, prefetcher), so that hosts need not wait for
 * it.
 *
 * @module
 */
import { DRKEY_EPOCH_SECONDS, drkeyEpochAt, type IsdAs } from '../../scion/index.ts';
import {
  KEY_FETCHES_MAX,
  KEY_PREFETCH_SECONDS,
  KEY_RETRY_SECONDS,
  KEY_WAITERS_MAX,
  KEYS_KEPT_MAX,
} from '../geometry.ts';

/** Called once with the requested level 1 key; undefined if there is none. */
export type KeyCallback = (key: Uint8Array | undefined) => void;

interface KnownKey {
  readonly owner: IsdAs;
  readonly epochBegin: number;
  readonly key: Uint8Array;
  /** True if a host has asked for the key. */
  isUsed: boolean;
  /** When the key of the next epoch may be requested again, seconds since 1970. */
  renewSeconds: number;
}

/** The clock and the source of {@link Level1Keys}. */
export interface Level1KeysParts {
  readonly seconds: () => number;
  /** Asks the AS `owner` for a key; `done` gets undefined if the AS does not answer. */
  readonly fetch: (owner: IsdAs, epochBegin: number, done: KeyCallback) => void;
}

/** The level 1 keys of other ASes. */
export class Level1Keys {
  readonly #parts: Level1KeysParts;
  /** Keys by owner and epoch; when there are too many, the oldest is dropped. */
  readonly #keys = new Map<string, KnownKey>();
  /** The callbacks of requests that are under way, by owner and epoch. */
  readonly #waiting = new Map<string, KeyCallback[]>();

  constructor(parts: Level1KeysParts) {
    this.#parts = parts;
  }

  /** Number of keys. */
  get size(): number {
    return this.#keys.size;
  }

  /**
   * Finds a key for a host.
   * @param done Called once; with undefined if there is no key, or too many requests are open.
   */
  find(owner: IsdAs, epochBegin: number, done: KeyCallback): void {
    const known = this.#keys.get(nameOf(owner, epochBegin));
    if (known === undefined) {
      this.#ask(owner, epochBegin, (key) => {
        const kept = this.#keys.get(nameOf(owner, epochBegin));
        if (kept !== undefined) kept.isUsed = true;
        done(key);
      });
      return;
    }
    known.isUsed = true;
    done(known.key);
  }

  /**
   * Forgets keys one epoch after their own ended, and requests the next epoch's keys from ASes whose keys hosts used.
   */
  tick(): void {
    const seconds = this.#parts.seconds();
    for (const [name, known] of this.#keys) {
      const endsIn = known.epochBegin + DRKEY_EPOCH_SECONDS - seconds;
      if (endsIn <= -DRKEY_EPOCH_SECONDS) this.#keys.delete(name);
      else if (endsIn > 0 && endsIn <= KEY_PREFETCH_SECONDS) this.#renew(known, seconds);
    }
  }

  #renew(known: KnownKey, seconds: number): void {
    const { owner, isUsed, renewSeconds } = known;
    const next = drkeyEpochAt(seconds) + DRKEY_EPOCH_SECONDS;
    if (!isUsed || seconds < renewSeconds || this.#keys.has(nameOf(owner, next))) return;
    known.renewSeconds = seconds + KEY_RETRY_SECONDS;
    this.#ask(owner, next, () => undefined);
  }

  #ask(owner: IsdAs, epochBegin: number, done: KeyCallback): void {
    const name = nameOf(owner, epochBegin);
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      if (waiting.length >= KEY_WAITERS_MAX) done(undefined);
      else waiting.push(done);
      return;
    }
    if (this.#waiting.size >= KEY_FETCHES_MAX) {
      done(undefined);
      return;
    }
    this.#waiting.set(name, [done]);
    this.#parts.fetch(owner, epochBegin, (key) => {
      const all = this.#waiting.get(name) ?? [];
      this.#waiting.delete(name);
      if (key !== undefined) this.#keep({ owner, epochBegin, key, isUsed: false, renewSeconds: 0 });
      for (const one of all) one(key);
    });
  }

  #keep(known: KnownKey): void {
    this.#keys.set(nameOf(known.owner, known.epochBegin), known);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > KEYS_KEPT_MAX && oldest !== undefined) this.#keys.delete(oldest);
  }
}

function nameOf(owner: IsdAs, epochBegin: number): string {
  return `${owner} ${epochBegin}`;
}
