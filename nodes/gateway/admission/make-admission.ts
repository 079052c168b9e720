/**
 * Makes the budgets that a node's options ask for: those of this project, or a test double.
 *
 * @module
 */
import type { GatewayOptions } from '../config.ts';
import { type Admission, CheckedAdmission } from './admission.ts';
import type { CookieMint } from './cookie-mint.ts';
import { EagerAdmission } from './double-eager.ts';

/** The budgets of one peer of the gateway whose cookies these are. */
export function makeAdmission(options: GatewayOptions, cookies: CookieMint): Admission {
  const { enabled, perSecond, burst } = options.rateLimit;
  const rate = enabled ? { perSecond, burst } : undefined;
  switch (options.admission) {
    case 'checked':
      return new CheckedAdmission(cookies, rate);
    case 'eager':
      return new EagerAdmission(rate);
  }
}
