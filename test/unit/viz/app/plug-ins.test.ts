/** The nodes that drawings are given: one for each protocol of a node. @module */
import { describe, expect, it } from 'vitest';
import { PATH_IN_USE_TRACE } from '../../../../nodes/_kit/path-states.ts';
import { readSingleTracedState, readTracedState } from '../../../../nodes/_kit/trace-state.ts';
import { POOL_TRACE } from '../../../../nodes/mixnet/trace-states.ts';
import { listNodeStates } from '../../../../viz/app/data/plug-ins.ts';

const NODES = [
  { name: 'a', protocol: 'gateway', address: '127.1.0.1', layers: ['mixnet', 'mix'] },
  { name: 'b', protocol: 'gateway', address: '127.1.0.2' },
];

describe('the nodes that drawings are given', () => {
  it('lacked the states of protocols on top of others, whose drawings stayed empty', () => {
    const nodes = listNodeStates({ nodes: NODES }, [
      [
        0,
        [
          ['path to b', 'via-110'],
          ['mixnet/pool', 'mean=4.00 in=9.0/s'],
          ['mix/pool', 'full'],
        ],
      ],
    ]);
    expect(nodes.map(({ number, name, protocol }) => [number, name, protocol])).toEqual([
      [0, 'a', 'gateway'],
      [1, 'b', 'gateway'],
      [0, 'a', 'mixnet'],
      [0, 'a', 'mix'],
    ]);
    const [gateway, bare, mixnet, mix] = nodes.map(({ states }) => states);
    expect(readTracedState(PATH_IN_USE_TRACE, { peer: 'b' }, gateway!)?.value).toEqual({
      path: 'via-110',
    });
    expect(bare?.size).toBe(0);
    expect(readSingleTracedState(POOL_TRACE, mixnet!)?.value).toEqual({ mean: 4, perSecond: 9 });
    expect(readSingleTracedState(POOL_TRACE, mix!)).toEqual({ value: undefined, text: 'full' });
  });
});
