/**
 * Where urgent datagrams go on loopback, as every process of a run computes it.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { findUrgentAddress } from '../../../../engine/live/urgent-address.ts';

it('is the same port of the address in the other half of 127.0.0.0/8, and there of this one', () => {
  expect(findUrgentAddress({ address: '127.0.3.2', port: 31_056 })).toEqual({
    address: '127.128.3.2',
    port: 31_056,
  });
  for (const address of ['127.0.0.1', '127.9.255.7', '127.200.0.3', '127.255.1.1']) {
    const there = findUrgentAddress({ address, port: 9 });
    expect(there?.address).not.toBe(address);
    expect(there && findUrgentAddress(there)).toEqual({ address, port: 9 });
  }
});

it('is nowhere outside of loopback', () => {
  for (const address of ['10.0.0.1', '192.0.2.7', '0.0.0.0', '::1', '1127.0.0.1', '127.0.0']) {
    expect(findUrgentAddress({ address, port: 9 })).toBeUndefined();
  }
});
