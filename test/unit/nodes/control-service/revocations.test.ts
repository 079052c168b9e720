/** Interfaces that routers say are down. */
import { expect, it } from 'vitest';
import { REVOCATION_NS, REVOCATIONS_MAX } from '../../../../nodes/control-service/geometry.ts';
import { Revocations } from '../../../../nodes/control-service/lookup/revocations.ts';
import { formatIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';

const isdAs = formatIsdAs(1, 7);

it('is believed of an interface for ten seconds, and of that interface only', () => {
  let now = 1_000;
  const revocations = new Revocations(() => now);
  const is = (ifId: number): boolean =>
    revocations.has([
      { isdAs, ifId: 9 },
      { isdAs, ifId },
    ]);
  revocations.note({ isdAs, ifId: 4 });
  expect([is(4), is(5), revocations.count]).toEqual([true, false, 1]);
  expect(revocations.has([{ isdAs: formatIsdAs(1, 8), ifId: 4 }])).toBe(false);
  now += REVOCATION_NS - 1;
  expect(is(4)).toBe(true);
  now += 1;
  expect([is(4), revocations.count]).toEqual([false, 0]);
  expect(REVOCATION_NS).toBe(10e9);
});

it('is remembered of so many interfaces at the most', () => {
  const revocations = new Revocations(() => 0);
  for (let ifId = 1; ifId <= REVOCATIONS_MAX + 1; ifId += 1) revocations.note({ isdAs, ifId });
  expect(revocations.count).toBe(REVOCATIONS_MAX);
  expect(revocations.has([{ isdAs, ifId: 1 }])).toBe(false);
});
