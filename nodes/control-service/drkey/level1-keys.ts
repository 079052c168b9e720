/**
 * The level 1 keys that other ASes have given to this one: kept for their epochs, and asked for again before the next
 * epoch begins (reference control/drkey, prefetcher), so that hosts need not wait for them then.
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

/** Told once what became of a question for a level 1 key. */
export type KeyDone = (key: Uint8Array | undefined) => void;

interface KnownKey {
  readonly owner: IsdAs;
  readonly epochBegin: number;
  readonly key: Uint8Array;
  /** True if a host has asked for it. */
  isUsed: boolean;
  /** When its successor may be asked for again, seconds since 1970. */
  renewSeconds: number;
}

/** What the table works with. */
export interface Level1KeysParts {
  readonly seconds: () => number;
  /** Asks the AS `owner`; undefined if it does not answer. */
  readonly fetch: (owner: IsdAs, epochBegin: number, done: KeyDone) => void;
}

/** The level 1 keys of other ASes. */
export class Level1Keys {
  readonly #parts: Level1KeysParts;
  /** By owner and epoch; the oldest makes room. */
  readonly #keys = new Map<string, KnownKey>();
  /** The callbacks of questions that are under way, by owner and epoch. */
  readonly #waiting = new Map<string, KeyDone[]>();

  constructor(parts: Level1KeysParts) {
    this.#parts = parts;
  }

  /** Number of keys. */
  get size(): number {
    return this.#keys.size;
  }

  /** Finds a key, for a host. @param done Called once, with undefined if there is none or too many are asked for. */
  find(owner: IsdAs, epochBegin: number, done: KeyDone): void {
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

  /** Forgets keys of epochs that are over, and asks for those of the next epoch where hosts used the current ones. */
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

  #ask(owner: IsdAs, epochBegin: number, done: KeyDone): void {
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
