import { expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import { ReplayTap } from '../../../runner/faults/replay-tap.ts';
import type { ReplayAttack } from '../../../runner/world.ts';

it('an attacker sent copies of a packet to the port of the packet that passed when they were due', () => {
  const share = { replay: 1, replayWithin: 3, reorder: 0, forge: 0 };
  const always: ReplayAttack = { kind: 'tap', links: { kind: 'ids', ids: [] }, ...share };
  const tap = new ReplayTap(always, openRandomStream(1, 'taps', 'test'), () => undefined);
  const sent: string[] = [];
  for (let number = 0; number < 100; number += 1) {
    const bytes = Uint8Array.of(number);
    const inject = ([first]: Uint8Array): void => void sent.push(`${first} by ${number}`);
    tap.see({ bytes, offset: 0, length: 1 }, { inject });
  }
  expect(sent.length).toBeGreaterThan(90);
  expect(sent.filter((one) => !/^(\d+) by \1$/.test(one))).toEqual([]);
});
