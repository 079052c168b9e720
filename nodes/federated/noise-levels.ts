/**
 * Clients add noise in levels, each from its own key. Levels that would be needed only if more clients had
 * been lost are removed once the sum is known (Jiang, Wang, Chen 2024, "Dordis", EuroSys).
 *
 * A client decides which levels it reveals by the list of survivors that it received. In signed mode all
 * clients have seen the same list; in semi-honest mode the server is trusted to send the right one.
 *
 * @module
 */
import { computeClippingNorms } from './clip-plan.ts';
import type { FederatedOptions } from './config.ts';
import { noiseLevelsToRemove, noiseLevelVariances } from './privacy/dropout-noise.ts';

/** Length of the key of a level, bytes. */
export const NOISE_LEVEL_KEY_BYTES = 32;

/** Bytes of a message before its keys: array head, type, session, head of the string of keys. */
const MESSAGE_HEAD = 48;

type PrivateOptions = Pick<FederatedOptions, 'privacy' | 'learn' | 'minimum'>;

/** True if clients add noise in levels. */
export function hasNoiseLevels({ privacy }: PrivateOptions): boolean {
  return privacy?.place === 'distributed' && privacy.dropouts === 'add-then-remove';
}

/** Number of lost clients with which a round of `clients` clients still gives a sum. */
export function countToleratedDropouts(
  { minimum }: Pick<PrivateOptions, 'minimum'>,
  clients: number,
): number {
  return Math.max(0, clients - minimum);
}

/** Variances of the levels of one client, in squares of ring units. */
export function plannedLevelVariances(options: PrivateOptions, clients: number): readonly number[] {
  const { privacy, learn } = options;
  if (privacy === undefined) return [];
  const units = privacy.noise * computeClippingNorms(privacy).joint * learn.scale;
  const tolerated = countToleratedDropouts(options, clients);
  return noiseLevelVariances('add-then-remove', { clients, tolerated, variance: units * units });
}

/** Upper bound of the bytes of the message that reveals levels; 0 if there are no levels. */
export function revealMessageBytesMax(options: PrivateOptions, clients: number): number {
  return hasNoiseLevels(options)
    ? MESSAGE_HEAD + NOISE_LEVEL_KEY_BYTES * countToleratedDropouts(options, clients)
    : 0;
}

/** Indices of the levels that are not needed with `survivors` of `clients` clients, ascending. */
export function unneededNoiseLevels(
  options: PrivateOptions,
  { clients, survivors }: { readonly clients: number; readonly survivors: number },
): readonly number[] {
  const tolerated = countToleratedDropouts(options, clients);
  return noiseLevelsToRemove('add-then-remove', { tolerated, lost: clients - survivors });
}

/**
 * Variance of the noise that remains in the sum, divided by the planned variance: 1 if all survivors
 * revealed their unneeded levels, more if some did not.
 */
export function remainingVarianceRatio(
  options: PrivateOptions,
  round: { readonly clients: number; readonly survivors: number; readonly revealed: number },
): number {
  const { clients, survivors, revealed } = round;
  const whole = survivors - revealed;
  return revealed / survivors + whole / (clients - countToleratedDropouts(options, clients));
}
