/** What a search for the largest datagram concludes from the answers to its probes. */
import { describe, expect, it } from 'vitest';
import {
  type MtuSearchResult,
  PathMtuSearch,
} from '../../../../../nodes/gateway/multipath/mtu-search.ts';

const ORDER = { path: 0, bytes: 1_472, timeoutNs: 30 };

/** Searches to the end; in either round, `answered` says how many of the probes of each size are answered. */
function search(...rounds: readonly Readonly<Record<number, number>>[]): MtuSearchResult {
  let number = 0;
  const one = new PathMtuSearch(() => {
    number += 1;
    return number;
  });
  let [now, effects] = [0, one.begin(0, ORDER)];
  for (const answered of rounds) {
    const left = { ...answered };
    for (const effect of effects) {
      if (effect.kind !== 'probe' || effect.bytes === undefined) continue;
      const more = left[effect.bytes] ?? 0;
      left[effect.bytes] = more - 1;
      if (more > 0) one.take(0, effect.probe);
    }
    now += ORDER.timeoutNs;
    effects = one.askAgain(now);
  }
  const result = one.result(now);
  if (result === undefined) throw new Error('the search is not over');
  return result;
}

describe('the result of a search for the largest datagram', () => {
  it('is a hole if shorter probes are answered and longer ones are not', () => {
    const result = search({ 768: 3, 576: 3 }, {});
    expect(result).toEqual({ order: ORDER, answered: 768, isChance: false });
  });

  it('is a hole on a path that loses a third of the shorter probes, too', () => {
    const result = search({ 768: 2, 576: 2 }, {});
    expect(result).toEqual({ order: ORDER, answered: 768, isChance: false });
  });

  it('is loss, and no hole, if most of the shorter probes are lost as well', () => {
    const result = search({ 1280: 1, 1024: 2, 576: 1 }, {});
    expect(result).toEqual({ order: ORDER, answered: 1_280, isChance: true });
  });

  it('is no hole if the longest probe is answered, however many are lost', () => {
    const result = search({ 768: 1 }, { 1472: 1 });
    expect(result).toEqual({ order: ORDER, answered: 1_472, isChance: false });
  });
});
