import { expect, it } from 'vitest';
import { trafficRampNs } from '../../../runner/worlds/live/live-world.ts';

const SECOND = 1_000_000_000;

it('traffic grows for half of the warm-up, for one to four seconds, and never when it is measured', () => {
  const warmups = [0, 0.5, 1.5, 2, 5, 8, 60];
  const ramps = warmups.map((warmup) => trafficRampNs(warmup * SECOND) / SECOND);
  expect(ramps).toEqual([0, 0.5, 1, 1, 2.5, 4, 4]);
});
