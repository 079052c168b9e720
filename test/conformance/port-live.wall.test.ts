/**
 * The conformance suite of the port on real sockets.
 *
 * @module
 */
import { afterAll, beforeAll } from 'vitest';
import { ComputePool } from '../../engine/live/compute-pool.ts';
import { liveDriver } from './port/drivers.ts';
import { protocol } from './port/port-protocol.ts';
import { runPortSuite } from './port.suite.ts';

// One worker, so that the order of the lanes becomes visible.
const compute = new ComputePool(1);
beforeAll(() => compute.warm([protocol.moduleUrl]));
afterAll(() => compute.close());

runPortSuite('live', () => liveDriver({ compute, moduleOf: (): string => protocol.moduleUrl }), {
  'compute/charged': 'real work takes what it takes',
});
