import { describe, expect, it } from 'vitest';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { SPRAY_COPIES_MAX } from '../../../../../nodes/dtn/geometry.ts';
import type { CopyOffer } from '../../../../../nodes/dtn/router/router.ts';
import { SprayAndWaitRouter } from '../../../../../nodes/dtn/router/spray-and-wait.ts';

const own = { key: 'own', from: undefined } as HeldBundle;
const given = { key: 'given', from: 'b' } as HeldBundle;

describe('copies of spray and wait', () => {
  it('that are under way can go to nobody else, and come back if the transfer fails', () => {
    const router = new SprayAndWaitRouter('binary', 8);
    router.kept(own, undefined);
    const first = router.offer(own) as CopyOffer;
    const second = router.offer(own) as CopyOffer;
    expect([first.note, second.note]).toEqual([4, 2]);
    router.returned(own, first);
    // 8 - 2 under way: half of six.
    const third = router.offer(own) as CopyOffer;
    expect(third.note).toBe(3);
    router.given(own, second);
    router.given(own, third);
    // 8 - 2 - 3 = 3 are left: one goes, two stay; then one and one; then it waits.
    const rest = [router.offer(own), router.offer(own), router.offer(own)];
    expect(rest.map((offer) => offer?.note)).toEqual([1, 1, undefined]);
  });

  it('are as many as the giver says, at least one and at most the bound', () => {
    for (const [note, half] of [
      [undefined, undefined],
      [0, undefined],
      [1, undefined],
      [5, 2],
      [Number.MAX_SAFE_INTEGER, SPRAY_COPIES_MAX / 2],
    ] as const) {
      const router = new SprayAndWaitRouter('binary', 8);
      router.kept(given, note);
      expect(router.offer(given)?.note).toBe(half);
    }
  });

  it('are forgotten with the bundle', () => {
    const router = new SprayAndWaitRouter('source', 8);
    router.kept(own, undefined);
    expect(router.offer(own)?.note).toBe(1);
    router.done(own);
    expect(router.offer(own)).toBeUndefined();
  });
});
