import { describe, expect, it } from 'vitest';
import { disjointPathIndexes } from '../../../../../nodes/gateway/multipath/selection.ts';
import { fakePath } from './wire.ts';

const on = (id: string, links: readonly string[]): ReturnType<typeof fakePath>['info'] =>
  fakePath(id, 20, { links, transit: links }).info;

describe('paths for copies of one message', () => {
  it('share as little as possible, the wanted one first', () => {
    const paths = [on('a', ['x', '1']), on('b', ['x', '2']), on('c', ['y', '3']), on('d', ['z'])];
    expect(disjointPathIndexes(paths, 0, 3)).toEqual([0, 2, 3]);
    expect(disjointPathIndexes(paths, 1, 3)).toEqual([1, 2, 3]);
  });

  it('are no more than asked for, no more than there are, and each one once', () => {
    const paths = [on('a', ['x']), on('b', ['x'])];
    expect(disjointPathIndexes(paths, 1, 1)).toEqual([1]);
    expect(disjointPathIndexes(paths, 1, 3)).toEqual([1, 0]);
    expect(disjointPathIndexes([], 0, 3)).toEqual([]);
  });
});
