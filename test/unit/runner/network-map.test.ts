import { expect, it } from 'vitest';
import { networkMap } from '../../../runner/nodes/network-map.ts';
import { load } from './fixture.ts';

it('tells what outside programs are bound to, and nothing of the kind of nodes', () => {
  const { hosts } = networkMap(load('emulate-outside.yaml').topology);
  expect(hosts.map(({ name, address, program }) => [name, address, program])).toEqual([
    ['prober', '127.77.0.1', { address: '127.78.0.1', ports: [] }],
    ['echo', '127.77.0.2', { address: '127.78.0.2', ports: [7_007] }],
  ]);
  const own = networkMap(load('hello.yaml').topology).hosts;
  expect(own.map((host) => 'program' in host)).toEqual([false, false]);
});
