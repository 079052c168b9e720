/**
 * The tight account of a whole run, as a job: it takes seconds.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import { Accountant, type SpentRounds } from '../privacy/accountant.ts';
import type { PrivacySettings } from '../privacy/settings.ts';

/** What was spent. */
export interface TightInput {
  readonly settings: PrivacySettings;
  readonly spent: readonly SpentRounds[];
}

/** Epsilon of all rounds, by privacy loss distributions. */
export const tightJob: JobDefinition = {
  run: (input) => {
    const { settings, spent } = input as TightInput;
    return new Accountant(settings, spent).tight();
  },
};
