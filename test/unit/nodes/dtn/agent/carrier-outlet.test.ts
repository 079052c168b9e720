import { describe, expect, it } from 'vitest';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import {
  decodeTransferMessage,
  encodeTransferMessage,
} from '../../../../../nodes/dtn/layer/carrier.ts';

const S = 1_000_000_000;
const NEVER = Number.POSITIVE_INFINITY;

function outlet(firstTransfer = 7): CarrierOutlet {
  const facts = { id: 'bulk to b', neighbour: 'b', maxBytes: 1_000, retryNs: 5 * S };
  return new CarrierOutlet({ ...facts, firstTransfer });
}

function bundle(key: string): HeldBundle {
  return {
    key,
    source: 'ipn:1.0',
    bytes: new Uint8Array(10),
    destination: 'b',
    priority: 1,
    sinceNs: 0,
    deadlineNs: NEVER,
    from: undefined,
    observerNumber: 0,
  };
}

/** Keys and transfers of all that leaves now. */
function leaving(from: CarrierOutlet, now: number): readonly (readonly [string, number])[] {
  const left: [string, number][] = [];
  while (from.nextAt() <= now) {
    const departure = from.take(now);
    if (departure !== undefined) left.push([departure.bundle.key, departure.transfer ?? -1]);
  }
  return left;
}

describe('a neighbour above a carrier', () => {
  it('gets a bundle again after 5, 10, 20, 40 and 60 s, and then every 60 s', () => {
    const out = outlet();
    out.put(bundle('x'));
    expect(leaving(out, 0)).toEqual([['x', 7]]);
    const instants: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      instants.push(out.nextAt() / S);
      expect(leaving(out, out.nextAt())).toEqual([['x', 7]]);
    }
    expect(instants).toEqual([5, 15, 35, 75, 135, 195, 255]);
  });

  it('gets it no more once it has sent a receipt', () => {
    const out = outlet();
    out.put(bundle('x'));
    leaving(out, 0);
    expect(out.acknowledged(6)).toBeUndefined();
    expect(out.acknowledged(7)?.key).toBe('x');
    expect(out.acknowledged(7)).toBeUndefined();
    expect(out.nextAt()).toBe(NEVER);
  });

  it('has at most 16 bundles under way', () => {
    const out = outlet();
    for (let count = 0; count < 20; count += 1) out.put(bundle(`b${count}`));
    expect(leaving(out, 0)).toHaveLength(16);
    expect(out.waiting(0)).toBe(40);
    out.acknowledged(9);
    expect(leaving(out, 1)).toEqual([['b16', 23]]);
  });

  it('gets all that is under way at once when the way opens', () => {
    const out = outlet();
    out.put(bundle('x'));
    leaving(out, 0);
    out.put(bundle('y'));
    expect(out.close().map(({ key }) => key)).toEqual(['y']);
    expect([out.nextAt(), out.isOpen]).toEqual([NEVER, false]);
    out.open(3 * S);
    expect(leaving(out, 3 * S)).toEqual([['x', 7]]);
    // The first wait begins anew, doubled for the next one.
    expect(out.nextAt()).toBe(13 * S);
  });

  it('does not get what has expired', () => {
    const out = outlet();
    const gone = bundle('x');
    out.put(gone);
    leaving(out, 0);
    out.withdraw(gone);
    expect(out.nextAt()).toBe(NEVER);
  });

  it('counts transfers through 2^32', () => {
    const out = outlet(2 ** 32 - 1);
    for (const key of ['x', 'y']) out.put(bundle(key));
    expect(leaving(out, 0)).toEqual([
      ['x', 2 ** 32 - 1],
      ['y', 0],
    ]);
  });
});

describe('a message of a carrier', () => {
  it.each([
    { kind: 'bundle', transfer: 0xfedc_ba98, bundle: Uint8Array.of(1, 2, 3) },
    { kind: 'bundle', transfer: 0, bundle: new Uint8Array(0) },
    { kind: 'receipt', transfer: 1 },
  ] as const)('is read as it was written: $kind $transfer', (message) => {
    expect(decodeTransferMessage(encodeTransferMessage(message))).toEqual(message);
  });

  it.each([
    [0, 4],
    [1, 9],
    [2, 10],
    [3, 9],
  ])('is none if it begins with %i and has %i bytes, whatever they are', (kind, length) => {
    const bytes = new Uint8Array(length);
    bytes[0] = kind;
    expect(decodeTransferMessage(bytes)).toBeUndefined();
  });

  it.each([
    { kind: 'bundle', transfer: 7, bundle: Uint8Array.of(1, 2, 3) },
    { kind: 'receipt', transfer: 7 },
  ] as const)('is none after a bit was flipped in it: $kind', (message) => {
    const bytes = encodeTransferMessage(message);
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(decodeTransferMessage(changed)).toBeUndefined();
    }
  });
});
