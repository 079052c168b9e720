import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { fromHex, toHex } from '../../../../../nodes/_kit/bytes.ts';
import { BUNDLE_FLAG } from '../../../../../nodes/dtn/geometry.ts';
import { copyBundle, freeBlockNumber } from '../../../../../nodes/dtn/wire/copy.ts';
import { BUNDLE_DROP_REASONS } from '../../../../../nodes/dtn/wire/drops.ts';
import { formatEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../../nodes/dtn/wire/eid-wire.ts';
import { encodeBundle, payloadBlock } from '../../../../../nodes/dtn/wire/encode.ts';
import { bundleAgeData } from '../../../../../nodes/dtn/wire/extensions.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { type Draw, draws } from '../../../../fixtures/draws.ts';
import { sampleBundle } from './support.ts';

const INPUTS = 100_000;
const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
const view = new BundleView();

function dropOf(bytes: Uint8Array): string | undefined {
  return view.open(bytes, 0, bytes.length);
}

/** Overwrites, flips, cuts and moves bytes, up to three times. */
function mutated(original: Uint8Array, draw: Draw): Uint8Array {
  let bytes = Uint8Array.from(original);
  for (let change = draw(3); change >= 0; change -= 1) {
    const at = draw(Math.max(1, bytes.length));
    switch (draw(4)) {
      case 0:
        bytes[at] = draw(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << draw(8));
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      default:
        bytes.copyWithin(at, draw(bytes.length + 1));
    }
  }
  return bytes;
}

describe('a bundle', () => {
  it('is read where it lies', () => {
    const bundle = sampleBundle();
    const bytes = new Uint8Array(bundle.length + 20).fill(0xff);
    bytes.set(bundle, 10);
    expect(view.open(bytes, 10, 10 + bundle.length)).toBeUndefined();
    expect(formatEid(view.source)).toBe('ipn:1.1');
    expect(formatEid(view.destination)).toBe('ipn:2.1');
    expect(formatEid(view.previous)).toBe('ipn:7.0');
    expect([view.hopLimit, view.hops, view.ageMs]).toEqual([32, 1, 100]);
    expect(toHex(bytes.slice(view.payloadStart, view.payloadEnd))).toBe('010203');
  });

  it('is refused when cut anywhere', () => {
    const bundle = sampleBundle();
    for (let length = 0; length < bundle.length; length += 1) {
      expect(dropOf(bundle.slice(0, length))).toBe(length === 0 ? 'not-a-bundle' : 'bad-cbor');
    }
  });

  it('is refused with any bit of its primary block or its payload flipped', () => {
    const bundle = sampleBundle();
    expect(dropOf(bundle)).toBeUndefined();
    const { primaryEnd, dataStart, blocks } = view;
    const payloadAt = dataStart[blocks - 1] as number;
    const covered = [...bundle.keys()].filter((at) => at < primaryEnd || at >= payloadAt);
    for (const at of covered) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Uint8Array.from(bundle);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        expect(dropOf(flipped)).toBeDefined();
      }
    }
  });

  it('of 16 MiB and one byte is refused, one of 16 MiB is read', () => {
    const overhead = sampleBundle({ payload: new Uint8Array(1 << 20) }).length - (1 << 20);
    const payload = new Uint8Array(16 * 1024 * 1024 - overhead);
    expect(dropOf(sampleBundle({ payload }))).toBeUndefined();
    const longer = sampleBundle({ payload: new Uint8Array(payload.length + 1) });
    expect(dropOf(longer)).toBe('not-a-bundle');
  });

  it('to more than 255 letters is refused: with millions, who it was for could not be asked', () => {
    const to = (letters: number): string | undefined => {
      const destination = encodeEid({ scheme: 'dtn', node: 'a'.repeat(letters), demux: 'app' });
      const nobody = encodeEid({ scheme: 'none' });
      const ends = { destination, source: nobody, reportTo: nobody };
      const times = { createdMs: 1, sequence: 0, lifetimeMs: 1 };
      const primary = {
        flags: BUNDLE_FLAG.mustNotFragment,
        crcType: 0,
        ...ends,
        ...times,
      } as const;
      const bytes = encodeBundle(primary, [], payloadBlock(Uint8Array.of(1), 0));
      // Who the destination is, a node asks before it keeps a bundle.
      const refused = view.open(bytes, 0, bytes.length);
      if (refused === undefined) formatEid(view.destination);
      return refused;
    };
    // With the slashes and "app".
    expect([to(249), to(250), to(1_000_000)]).toEqual([undefined, 'bad-primary', 'bad-primary']);
  });

  it.each([
    [64, undefined],
    [65, 'too-many-blocks'],
  ])('with %i blocks', (blocks, expected) => {
    const bundle = sampleBundle();
    expect(dropOf(bundle)).toBeUndefined();
    const added = Array.from({ length: blocks - 4 }, (_, index) => ({
      type: 192,
      number: 10 + index,
      flags: 0,
      crcType: 0 as const,
      data: Uint8Array.of(1),
    }));
    const writer = new CborWriter();
    copyBundle(writer, view, { added });
    expect(dropOf(writer.taken())).toBe(expected);
  });

  it.each([
    ['a claimed string of 3 EB', '9f8b07070f82077b3030303030303030', 'bad-cbor'],
    ['a million nested arrays', `9f${'81'.repeat(1_000_000)}`, 'bad-cbor'],
    ['an array of 2^64 - 1 items', '9f9bffffffffffffffffff', 'bad-cbor'],
    ['no blocks at all', '9fff', 'bad-primary'],
    ['text', '6568656c6c6f', 'not-a-bundle'],
  ])('that is %s is refused', (_, hex, expected) => {
    expect(dropOf(fromHex(hex))).toBe(expected);
  });

  it.each([
    [
      'an anonymous one may not ask for reports',
      { source: 'dtn:none', flags: 0x4004 },
      'bad-flags',
    ],
    ['an anonymous one may not be fragmented', { source: 'dtn:none', flags: 0 }, 'bad-flags'],
    ['an anonymous one is read otherwise', { source: 'dtn:none', flags: 4 }, undefined],
    ['a record asks for no reports', { flags: 0x4_0002 }, 'bad-flags'],
    ['a record is read otherwise', { flags: 2 }, undefined],
    ['a group is no source', { source: 'dtn://g/~all' }, 'bad-primary'],
    ['a group is a destination', { destination: 'dtn://g/~all' }, undefined],
    ['one without clock has an age', { createdMs: 0 }, undefined],
    ['unassigned flags are kept', { flags: 2 ** 40 }, undefined],
  ] as const)('%s', (_, sample, expected) => {
    expect(dropOf(sampleBundle(sample))).toBe(expected);
  });

  it('is copied byte for byte but for what changes, and ends as it was when changed back', () => {
    const bundle = sampleBundle({ payload: new Uint8Array(300).fill(7) });
    const writer = new CborWriter();
    expect(dropOf(bundle)).toBeUndefined();
    expect(freeBlockNumber(view)).toBe(5);
    copyBundle(writer, view, {});
    expect(writer.taken()).toEqual(bundle);
    copyBundle(writer, view, { data: new Map([[view.bundleAge, bundleAgeData(70_000)]]) });
    const aged = writer.taken();
    expect(dropOf(aged)).toBeUndefined();
    expect(view.ageMs).toBe(70_000);
    expect(aged.slice(0, view.primaryEnd)).toEqual(bundle.slice(0, view.primaryEnd));
    copyBundle(writer, view, { data: new Map([[view.bundleAge, bundleAgeData(100)]]) });
    expect(writer.taken()).toEqual(bundle);
    expect(dropOf(bundle)).toBeUndefined();
    copyBundle(writer, view, { removed: new Set([view.previousNode, view.hopCount]) });
    expect(dropOf(writer.taken())).toBeUndefined();
    expect([view.previousNode, view.hopCount, view.bundleAge]).toEqual([-1, -1, 0]);
  });

  it(`is never an exception: ${INPUTS} mutations, seed ${SEED}`, () => {
    const draw = draws(SEED);
    const bundle = sampleBundle();
    const drops = new Map<string, number>();
    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = mutated(bundle, draw);
      const drop = dropOf(bytes) ?? 'read';
      drops.set(drop, (drops.get(drop) ?? 0) + 1);
    }
    const known = new Set(['read', ...Object.keys(BUNDLE_DROP_REASONS)]);
    expect([...drops.keys()].filter((drop) => !known.has(drop))).toEqual([]);
    // CRCs catch what they cover; the rest is found by the other checks.
    for (const drop of ['bad-cbor', 'bad-primary', 'crc-primary', 'crc-block', 'bad-block']) {
      expect(drops.get(drop) ?? 0).toBeGreaterThan(100);
    }
  });
});

describe('a view that is kept open', () => {
  it('shows the bundle that was opened last, and none that was refused', () => {
    const first = sampleBundle();
    const second = sampleBundle({ source: 'dtn://alice/app' });
    const kept = new BundleView();
    expect(kept.isOpenOn(first)).toBe(false);
    kept.open(first, 0, first.length);
    // Equal bytes elsewhere may change without it.
    expect([kept.isOpenOn(first), kept.isOpenOn(first.slice())]).toEqual([true, false]);
    kept.reopen(second, 0, second.length);
    expect([kept.isOpenOn(first), kept.isOpenOn(second)]).toEqual([false, true]);
    const broken = first.slice();
    broken[first.length - 1] = 0;
    expect(kept.open(broken, 0, broken.length)).toBeDefined();
    expect([kept.isOpenOn(broken), kept.isOpenOn(second)]).toEqual([false, false]);
  });
});
