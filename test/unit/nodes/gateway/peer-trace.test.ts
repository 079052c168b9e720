import { expect, it } from 'vitest';
import type { PeerEffect } from '../../../../nodes/gateway/peer-output.ts';
import { PeerTraceWriter } from '../../../../nodes/gateway/peer-trace.ts';

it('tells that a queue is empty once, at once after it was filled, and that it fills every 20 ms at most', () => {
  let nowNs = 0;
  const told: string[] = [];
  const perform = (effect: PeerEffect): void => {
    if (effect.kind === 'state') told.push(effect.state);
  };
  const trace = new PeerTraceWriter({ perform }, 'bob', 64);
  const steps = [0, 0, 1, 2, 0, 0, 3];
  for (const waiting of steps) {
    trace.waiting(nowNs, waiting, 256);
    nowNs += 10_000_000;
  }
  nowNs += 20_000_000;
  trace.waiting(nowNs, 4, 256);
  expect(told.map((text) => text.match(/\d+/)?.[0])).toEqual(['0', '1', '0', '3', '4']);
});
