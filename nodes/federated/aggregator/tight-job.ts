/**
 * The job that computes the tight epsilon of a whole run, which takes seconds.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { PrivacyAccountant, type SpentRounds } from '../privacy/accountant.ts';
import type { PrivacySettings } from '../privacy/settings.ts';

/** The rounds that spent privacy, and the settings of the accountant. */
export interface TightEpsilonInput {
  readonly settings: PrivacySettings;
  readonly spent: readonly SpentRounds[];
}

/** Output: epsilon of all rounds, by privacy loss distributions. */
export const tightEpsilonJob: JobDefinition = {
  run: (input) => {
    const { settings, spent } = input as TightEpsilonInput;
    return new PrivacyAccountant(settings, spent).tight();
  },
};
