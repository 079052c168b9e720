/** Helper for several router tests: sends one packet through a new router and reads its answer. */
import { expect } from 'vitest';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { decodeScmp, type ReceivedScmp } from '../../../../../nodes/scion/wire/scmp.ts';
import { makePacket, type PacketOptions, situation } from './packets.ts';
import { type Arrival, type Sent, TestRouter, type TestRouterOptions } from './test-router.ts';

export const INSIDE = { internal: '127.1.1.128:31000' };
export const OTHER = { sibling: 'other' };

export function send(
  arrival: Arrival,
  options: PacketOptions,
  router: TestRouterOptions = {},
): Sent {
  return new TestRouter(situation, router).receive(arrival, makePacket(options));
}

export function scmpOf(sent: Sent): ReceivedScmp {
  const view = new PacketView();
  expect(view.parse(sent.packet!, 0, sent.packet!.length)).toBeUndefined();
  expect(view.upperChecksum()).toBe(0);
  return decodeScmp(sent.packet!.subarray(view.upperOffset)) as ReceivedScmp;
}

/** Offset of a hop field in a path of one segment with IPv4 addresses: 36 + 4 + 8 + 12 x hop. */
export const hopPointer = (hop: number): number => 36 + 4 + 8 + 12 * hop;

/** A path on which this AS is in the middle of one segment. */
export const through = (from: number, to: number, isConsDir = true): PacketOptions => ({
  segments: [
    {
      isConsDir,
      hops: [
        [0, 77],
        [from, to],
        [77, 0],
      ],
    },
  ],
  current: 1,
});
