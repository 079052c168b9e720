/**
 * A client's checks of what a server tells it: the roster of public keys, and the lists of survivors and
 * lost clients.
 *
 * @module
 */
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import type { SecaggDropReason } from './drops.ts';
import type { ClientPublicKeys, SurvivorLists } from './messages.ts';
import type { SecaggConfig } from './session-config.ts';

/** The values with which a roster must agree. */
export interface RosterExpectations {
  readonly config: SecaggConfig;
  readonly own: ClientPublicKeys;
}

/**
 * Checks a roster: at least t entries, at most k + 1, since more holders would weaken the threshold; all
 * keys different; this client's entry equal to what it sent.
 */
export function checkRoster(
  entries: readonly ClientPublicKeys[],
  { config, own }: RosterExpectations,
): SecaggDropReason | undefined {
  const { n, k, t, mode } = config;
  if (entries.length < t) return 'too-few';
  if (entries.length > k + 1 || entries.some(({ index }) => index >= n)) return 'unknown-client';
  const keys = entries.flatMap(({ channelKey, maskKey }) => [toHex(channelKey), toHex(maskKey)]);
  if (new Set(keys).size < keys.length) return 'duplicate-key';
  const found = entries.find(({ index }) => index === own.index);
  if (found === undefined || !hasSameKeys(found, own)) return 'own-key-changed';
  const isSigned = mode === 'signed';
  return entries.some(({ signature }) => (signature !== undefined) !== isSigned)
    ? 'bad-signature'
    : undefined;
}

function hasSameKeys(left: ClientPublicKeys, right: ClientPublicKeys): boolean {
  if (!equalBytes(left.channelKey, right.channelKey)) return false;
  return equalBytes(left.maskKey, right.maskKey);
}

/** The values with which the lists of survivors and lost clients must agree. */
export interface SurvivorListsExpectations {
  /** Clients whose shares arrived, and this client. */
  readonly sharers: ReadonlySet<number>;
  readonly own: number;
  /** Smallest number of surviving clients for which a sum may be opened; at least the threshold of the shares. */
  readonly t: number;
}

/**
 * Checks the lists of survivors and lost, so that the server cannot ask for both secrets of a client: the
 * lists are disjoint, name only clients that sent shares, and this client is a survivor.
 */
export function checkSurvivorLists(
  { survivors, lost }: SurvivorLists,
  { sharers, own, t }: SurvivorListsExpectations,
): SecaggDropReason | undefined {
  const isSurvivor = new Set(survivors);
  if (lost.some((index) => isSurvivor.has(index))) return 'list-overlap';
  if ([...survivors, ...lost].some((index) => !sharers.has(index))) return 'list-not-subset';
  if (!isSurvivor.has(own)) return 'self-not-survivor';
  return survivors.length < t ? 'too-few' : undefined;
}
