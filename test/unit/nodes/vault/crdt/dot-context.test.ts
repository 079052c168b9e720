/**
 * What a replica of a set has seen.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { DotContext } from '../../../../../nodes/vault/crdt/dot-context.ts';

function contextOf(...dots: readonly (readonly [string, number])[]): DotContext {
  const context = new DotContext();
  for (const [actor, count] of dots) context.add(actor, count);
  return context;
}

describe('a context of dots', () => {
  it('does not declare dots seen that have not arrived, when it joins a later one', () => {
    const context = contextOf(['a', 1]);
    context.merge(contextOf(['a', 3]));
    expect([1, 2, 3].map((count) => context.has('a', count))).toEqual([true, false, true]);
    expect(context.clock).toEqual(new Map([['a', 1]]));
    expect(context.size).toBe(2);
    context.add('a', 2);
    expect(context.clock).toEqual(new Map([['a', 3]]));
    expect([context.cloud.size, context.size]).toEqual([0, 1]);
  });

  it('joins clocks with the dots behind their gaps', () => {
    const context = contextOf(['a', 3], ['a', 4], ['a', 7], ['b', 2]);
    const other = contextOf(['a', 1], ['a', 2], ['a', 6]);
    context.merge(other);
    expect(context.clock).toEqual(new Map([['a', 4]]));
    expect(context.cloud).toEqual(
      new Map([
        ['a', new Set([7, 6])],
        ['b', new Set([2])],
      ]),
    );
    expect([context.size, context.dotCount]).toEqual([4, 7]);
    expect([...context.dots()]).toHaveLength(7);
    expect([context.next('a'), context.next('b'), context.next('c')]).toEqual([5, 1, 1]);
    context.merge(contextOf(['b', 1]));
    expect(context.clock.get('b')).toBe(2);
  });
});
