/**
 * How many datagrams may pass others because they say that they are urgent.
 *
 * @module
 */
import { expect, it } from 'vitest';
import {
  URGENT_BURST_DATAGRAMS,
  UrgentAllowance,
} from '../../../../engine/live/urgent-allowance.ts';

const MS = 1_000_000;
const [URGENT, DATA] = [Uint8Array.of(1), Uint8Array.of(0)];

let nowNs = 0;
const clock = { now: (): number => nowNs };

/** How many such datagrams pass if they come at this rate for one second. */
function passedOf(perSecond: number, bytes: Uint8Array): number {
  nowNs = 0;
  const allowance = new UrgentAllowance(clock, (one) => one[0] === 1);
  let passed = 0;
  for (let index = 0; index < perSecond; index += 1) {
    nowNs = Math.floor((1_000 * MS * index) / perSecond);
    if (allowance.admits(bytes)) passed += 1;
  }
  return passed;
}

it('all of 1,999/s urgent datagrams pass, and no data', () => {
  expect(passedOf(1_999, URGENT)).toBe(1_999);
  expect(passedOf(1_999, DATA)).toBe(0);
});

it('of a flood that calls itself urgent, a burst and 2,000/s pass', () => {
  const passed = passedOf(50_000, URGENT);
  expect(passed).toBeGreaterThanOrEqual(1_999 + URGENT_BURST_DATAGRAMS - 2);
  expect(passed).toBeLessThanOrEqual(2_000 + URGENT_BURST_DATAGRAMS + 2);
});

it('256 pass at once, and not one more', () => {
  nowNs = 5 * MS;
  const allowance = new UrgentAllowance(clock, () => true);
  const answers = Array.from({ length: 300 }, () => allowance.admits(URGENT));
  expect(answers.filter(Boolean).length).toBe(256);
  expect(answers.indexOf(false)).toBe(256);
});
