import { describe, expect, it } from 'vitest';
import {
  fitsOneFrame,
  fragmentBytesMax,
  planFragments,
  REASSEMBLY_LIMITS,
  Reassembler,
} from '../../../../nodes/gateway/fragment.ts';
import { FRAGMENTS_MAX, FRAME_OVERHEAD_BYTES_MAX } from '../../../../nodes/gateway/geometry.ts';
import { FrameHeader } from '../../../../nodes/gateway/wire.ts';

const LIMITS = { packetsMax: 3, bytesMax: 1000, timeoutNs: 100 };

function part(first: number, fragment: number, fragments: number, epoch = 1): FrameHeader {
  const sequence = first + fragment;
  return Object.assign(new FrameHeader(), { epoch, sequence, fragment, fragments });
}

function reassembler(limits = LIMITS): { readonly box: Reassembler; readonly lost: string[] } {
  const lost: string[] = [];
  return { box: new Reassembler(limits, (reason) => lost.push(reason)), lost };
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('planning fragments', () => {
  it('R-029: carries 1 byte to 64 KiB and names what is larger', () => {
    expect(planFragments(1, 1200)).toEqual({ size: 1200 - FRAME_OVERHEAD_BYTES_MAX, count: 1 });
    expect(planFragments(65_536, 1200)).toMatchObject({ count: Math.ceil(65_536 / 1149) });
    expect(planFragments(65_537, 1200)).toBe('packet-too-large');
    expect(planFragments(0, 1200)).toBe('packet-empty');
  });

  it('never needs more fragments than a frame can number, on the narrowest path', () => {
    const narrowest = 64 + FRAME_OVERHEAD_BYTES_MAX;
    expect(planFragments(65_536, narrowest)).toEqual({ size: 64, count: FRAGMENTS_MAX });
    expect(planFragments(65_536, narrowest - 1)).toBe('path-too-narrow');
  });

  it('knows the packets that need no plan', () => {
    expect(fitsOneFrame(fragmentBytesMax(1200), 1200)).toBe(true);
    expect(fitsOneFrame(fragmentBytesMax(1200) + 1, 1200)).toBe(false);
    expect(fitsOneFrame(0, 1200)).toBe(false);
  });
});

describe('reassembly', () => {
  it('puts fragments together in any order', () => {
    const { box } = reassembler();
    expect(box.add(part(10, 2, 3), bytes(5), 0)).toBeUndefined();
    expect(box.add(part(10, 0, 3), bytes(1, 2), 0)).toBeUndefined();
    expect(box.add(part(10, 1, 3), bytes(3, 4), 0)).toEqual(bytes(1, 2, 3, 4, 5));
    expect(box.bytes).toBe(0);
  });

  it('R-030: keeps packets of different epochs and sequences apart', () => {
    const { box } = reassembler();
    box.add(part(10, 0, 2, 1), bytes(1), 0);
    box.add(part(10, 0, 2, 2), bytes(2), 0);
    box.add(part(12, 0, 2, 1), bytes(3), 0);
    expect(box.add(part(10, 1, 2, 2), bytes(9), 0)).toEqual(bytes(2, 9));
    expect(box.add(part(12, 1, 2, 1), bytes(9), 0)).toEqual(bytes(3, 9));
    expect(box.add(part(10, 1, 2, 1), bytes(9), 0)).toEqual(bytes(1, 9));
  });

  it('ignores duplicates, before and after the packet is whole', () => {
    const { box, lost } = reassembler();
    box.add(part(0, 0, 2), bytes(1), 0);
    expect(box.add(part(0, 0, 2), bytes(7), 0)).toBe('fragment-duplicate');
    expect(box.add(part(0, 1, 2), bytes(2), 0)).toEqual(bytes(1, 2));
    expect(box.add(part(0, 0, 2), bytes(1), 50)).toBe('fragment-duplicate');
    box.expire(1000);
    expect([lost, box.packets]).toEqual([[], 0]);
  });

  it('gives a packet up by name when a fragment is lost', () => {
    const { box, lost } = reassembler();
    box.add(part(0, 0, 2), bytes(1), 0);
    expect(box.deadlineNs).toBe(100);
    box.expire(99);
    expect(lost).toEqual([]);
    box.expire(100);
    expect([lost, box.packets, box.bytes]).toEqual([['fragment-timeout'], 0, 0]);
    expect(box.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it('is bounded in packets: the oldest goes by name', () => {
    const { box, lost } = reassembler();
    for (const first of [0, 10, 20, 30]) box.add(part(first, 0, 2), bytes(1), 0);
    expect([lost, box.packets]).toEqual([['fragment-evicted'], 3]);
    expect(box.add(part(10, 1, 2), bytes(2), 0)).toEqual(bytes(1, 2));
  });

  it('is bounded in bytes: the oldest goes by name, never the newest', () => {
    const { box, lost } = reassembler();
    box.add(part(0, 0, 2), new Uint8Array(600), 0);
    box.add(part(10, 0, 2), new Uint8Array(600), 0);
    expect([lost, box.bytes]).toEqual([['fragment-evicted'], 600]);
    expect(box.add(part(10, 1, 2), new Uint8Array(600), 0)).toHaveLength(1200);
  });

  it('refuses a fragment that contradicts its packet', () => {
    const { box } = reassembler();
    box.add(part(0, 0, 2), bytes(1), 0);
    expect(box.add(part(0, 1, 3), bytes(1), 0)).toBe('fragment-mismatch');
    expect(box.add(part(0, 1, 2), bytes(), 0)).toBe('packet-empty');
  });

  it('R-029: refuses fragments that add up to more than 64 KiB', () => {
    const { box } = reassembler(REASSEMBLY_LIMITS);
    box.add(part(0, 0, 2), new Uint8Array(65_000), 0);
    expect(box.add(part(0, 1, 2), new Uint8Array(537), 0)).toBe('packet-too-large');
    expect(box.add(part(0, 1, 2), new Uint8Array(536), 0)).toHaveLength(65_536);
  });
});
