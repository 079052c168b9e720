import { expect, it } from 'vitest';
import { type FleetState, fleetText } from '../../../cli/fleet.ts';

const state: FleetState = {
  ...{ commit: '1a2b3c4', waiting: 8, running: 2, done: 3, failed: 0 },
  workers: [{ host: 'n1', pid: 7, threads: 2, done: 3, commit: '1a2b3c4', atMs: 0 }],
};

it('a fleet that ended no run said `0.0 runs/s left`', () => {
  expect(fleetText(state, 0)).toContain('\n0.0 runs/s\n');
  expect(fleetText(state, 4)).toContain('\n4.0 runs/s, ~3 s left\n');
});
