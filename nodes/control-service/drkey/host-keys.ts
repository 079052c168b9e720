/**
 * The keys that other ASes share with hosts of this AS: they are derived from level 1 keys, which the control services
 * of those ASes give.
 *
 * @module
 */
import {
  deriveDrkeyAsHostKey,
  drkeyEpochAt,
  type EpochKey,
  type HostAddress,
  type HostKeyRequest,
  type IsdAs,
} from '../../scion/index.ts';
import {
  isdAsBytes,
  isEpochNear,
  Level1Exchange,
  type Level1ExchangeParts,
  type Level1Question,
  type Level1Refusal,
} from './level1-exchange.ts';
import { type KeyCallback, Level1Keys } from './level1-keys.ts';

/** The parts of {@link HostKeys}. */
export interface HostKeysParts extends Level1ExchangeParts {
  /** Asks another AS for a level 1 key; `done` is called once. `question` is called when there is a path to the AS. */
  readonly ask: (owner: IsdAs, question: () => Level1Question, done: KeyCallback) => void;
}

/** The keys of hosts of one AS. */
export class HostKeys {
  readonly #parts: HostKeysParts;
  readonly #exchange: Level1Exchange;
  readonly #keys: Level1Keys;

  constructor(parts: HostKeysParts) {
    this.#parts = parts;
    this.#exchange = new Level1Exchange(parts);
    this.#keys = new Level1Keys({
      seconds: parts.seconds,
      fetch: (owner, epochBegin, done): void =>
        parts.ask(owner, () => this.#exchange.ask(owner, epochBegin), done),
    });
  }

  /** Number of level 1 keys of other ASes. */
  get size(): number {
    return this.#keys.size;
  }

  /** Requests the next keys before the current epoch ends; called at every tick. */
  tick(): void {
    this.#keys.tick();
  }

  /** Answers the request of another AS for a level 1 key, or says why not. */
  answer(from: IsdAs, body: Uint8Array): Uint8Array | Level1Refusal {
    return this.#exchange.answer(from, body);
  }

  /** Finds the key that the AS `owner` shares with a host of this AS; undefined if `owner` gives none. */
  find(
    { owner, seconds, host }: HostKeyRequest & { readonly host: HostAddress },
    done: (key: EpochKey | undefined) => void,
  ): void {
    const { own, crypto, drkeys, seconds: now } = this.#parts;
    const epochBegin = drkeyEpochAt(seconds);
    // Keys of other epochs are refused, because each further epoch would cost a derivation from the
    // secret, or a call.
    if (!isEpochNear(epochBegin, now())) {
      done(undefined);
      return;
    }
    const answer: KeyCallback = (level1) => {
      const key = level1 && deriveDrkeyAsHostKey(crypto, level1, host);
      done(key && { epochBegin, key });
    };
    if (owner === own) answer(drkeys.level1KeyOf({ epochBegin, isdAs: isdAsBytes(own) }));
    else this.#keys.find(owner, epochBegin, answer);
  }
}
