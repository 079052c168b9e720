/** What hostile ASes and hosts send a control service ends in answers and named drops; a few inputs of each kind. */
import { describe } from 'vitest';
import { describeControlNodeFuzz } from './control-node-fuzz.ts';
import { describeControlServiceFuzz } from './control-service-fuzz.ts';
import { describeControlTrustFuzz } from './control-trust-fuzz.ts';

describe('R-084: a control service', () => {
  describeControlServiceFuzz(5_000);
  describeControlNodeFuzz(5_000);
  describeControlTrustFuzz(2_000);
});
