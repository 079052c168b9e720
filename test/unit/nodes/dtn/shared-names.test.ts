import { expect, it } from 'vitest';
import type { HostView } from '../../../../engine/host/network-view.ts';
import { makeHostEids } from '../../../../nodes/dtn/names.ts';

const host = (name: string, protocol: string): HostView => {
  return { name, address: name, protocol, stack: [protocol] };
};

it('each of 60,000 nodes made the names of all: those of one network and scheme are made once', () => {
  const hosts = [host('a', 'dtn'), host('r', 'ping'), host('b', 'dtn')];
  const names = makeHostEids({ hosts }, 'ipn');
  expect([names.numberOf('a'), names.numberOf('r'), names.numberOf('b')]).toEqual([
    0,
    undefined,
    1,
  ]);
  expect(makeHostEids({ hosts }, 'ipn')).toBe(names);
  expect(makeHostEids({ hosts }, 'dtn')).not.toBe(names);
  expect(makeHostEids({ hosts }, 'dtn')).toBe(makeHostEids({ hosts }, 'dtn'));
  expect(makeHostEids({ hosts: [...hosts] }, 'ipn')).not.toBe(names);
});
