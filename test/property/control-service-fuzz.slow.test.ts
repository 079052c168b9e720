/** What hostile ASes and hosts send a control service ends in answers and named drops; many inputs of each kind. */
import { describe } from 'vitest';
import { describeControlNodeFuzz } from './control-node-fuzz.ts';
import { describeControlServiceFuzz } from './control-service-fuzz.ts';
import { describeControlTrustFuzz } from './control-trust-fuzz.ts';

describe('R-084: a control service', () => {
  describeControlServiceFuzz(100_000);
  describeControlNodeFuzz(100_000);
  describeControlTrustFuzz(100_000);
});
