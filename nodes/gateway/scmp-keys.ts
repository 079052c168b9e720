/**
 * The keys with which routers of other ASes sign SCMP messages to this gateway, from the control service of its own AS.
 *
 * This is the side of SCION "DRKey" that requests keys and derives none. Keys are requested while no link is down, for
 * every AS on a known path, and for the next epoch before it begins: a message about a dead link can then be checked at
 * once.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { CalendarTime } from '../../engine/host/time.ts';
import type { HostPart } from '../_kit/host-part.ts';
import {
  DRKEY_EPOCH_SECONDS,
  drkeyEpochAt,
  type IsdAs,
  isdAsOfWords,
  isScmpSignedBySourceAs,
  type PacketView,
  type Path,
  type SegmentClient,
} from '../scion/index.ts';
import { SCMP_KEY_AHEAD_SECONDS, SCMP_KEY_RETRY_SECONDS, SCMP_KEYS_MAX } from './geometry.ts';

/** The cryptography, the clock and the source of {@link ScmpKeys}. */
export interface ScmpKeysOptions {
  readonly crypto: CryptoProvider;
  readonly clock: () => CalendarTime;
  readonly client: Pick<SegmentClient, 'findKey'>;
}

interface ScmpKey {
  readonly epochBegin: number;
  /** Undefined while the key is not known. */
  key: Uint8Array | undefined;
  /** When the key may be requested again, seconds since 1970. */
  retrySeconds: number;
}

/** The keys with which one gateway verifies SCMP messages of other ASes, and those that it has requested. */
export class ScmpKeys {
  readonly #options: ScmpKeysOptions;
  /** Keys by AS and epoch; when there are too many, the oldest is dropped. */
  readonly #keys = new Map<string, ScmpKey>();

  constructor(options: ScmpKeysOptions) {
    this.#options = options;
  }

  /** Number of keys that are known or requested. */
  get size(): number {
    return this.#keys.size;
  }

  /** Requests the keys of all ASes on these paths that are not known yet. */
  prepare(paths: readonly Pick<Path, 'interfaces'>[]): void {
    const { seconds } = this.#options.clock();
    const current = drkeyEpochAt(seconds);
    const next = current + DRKEY_EPOCH_SECONDS;
    const isNextDue = next - seconds <= SCMP_KEY_AHEAD_SECONDS;
    const ases = new Set(paths.flatMap(({ interfaces }) => interfaces.map(({ isdAs }) => isdAs)));
    for (const isdAs of ases) {
      this.#request(isdAs, current, seconds);
      if (isNextDue) this.#request(isdAs, next, seconds);
    }
  }

  /** True if an SCMP message was signed by the AS from which it comes; false while that AS's key is unknown. */
  isAuthentic(packet: PacketView): boolean {
    const { crypto, clock } = this.#options;
    const isdAs = isdAsOfWords({ high: packet.sourceHigh, low: packet.sourceLow });
    const keyOf = (epochBegin: number): Uint8Array | undefined =>
      this.#keys.get(nameOf(isdAs, epochBegin))?.key;
    return isScmpSignedBySourceAs(packet, { crypto, now: clock(), keyOf });
  }

  #request(isdAs: IsdAs, epochBegin: number, seconds: number): void {
    const name = nameOf(isdAs, epochBegin);
    const made = { epochBegin, key: undefined, retrySeconds: 0 };
    const wanted: ScmpKey = this.#keys.get(name) ?? made;
    if (wanted.key !== undefined || seconds < wanted.retrySeconds) return;
    wanted.retrySeconds = seconds + SCMP_KEY_RETRY_SECONDS;
    this.#keys.set(name, wanted);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > SCMP_KEYS_MAX && oldest !== undefined) this.#keys.delete(oldest);
    this.#options.client.findKey({ owner: isdAs, seconds: epochBegin }, (answer) => {
      if (answer?.epochBegin === epochBegin) wanted.key = answer.key;
    });
  }
}

function nameOf(isdAs: IsdAs, epochBegin: number): string {
  return `${isdAs} ${epochBegin}`;
}

/**
 * The keys of a gateway; undefined without a control service, in which case the log has a warning.
 */
export function createScmpKeys(
  host: HostPart<'clock' | 'crypto' | 'log'>,
  client: SegmentClient | undefined,
): ScmpKeys | undefined {
  if (client === undefined) {
    host.log.warn('no control service has keys to check SCMP messages with');
  }
  return client && new ScmpKeys({ crypto: host.crypto, client, clock: () => host.clock() });
}
