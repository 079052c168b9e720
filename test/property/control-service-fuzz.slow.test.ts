/** What hostile ASes and hosts send a control service ends in answers and named drops; many inputs of each kind. */
import { describeControlServiceFuzz } from './control-service-fuzz.ts';

describeControlServiceFuzz(100_000);
