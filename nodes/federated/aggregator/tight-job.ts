/**
 * The job that computes the tight epsilon of a whole run, which takes seconds.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { Accountant, type SpentRounds } from '../privacy/accountant.ts';
import type { PrivacySettings } from '../privacy/settings.ts';

/** The rounds that spent privacy, and their settings. */
export interface TightInput {
  readonly settings: PrivacySettings;
  readonly spent: readonly SpentRounds[];
}

/** Output: epsilon of all rounds, by privacy loss distributions. */
export const tightJob: JobDefinition = {
  run: (input) => {
    const { settings, spent } = input as TightInput;
    return new Accountant(settings, spent).tight();
  },
};
