/**
 * Published bundles, blocks, checksums and identifiers of the Bundle Protocol (RFC 9171).
 */
import { describe, expect, it } from 'vitest';
import { CborReader } from '../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { crc16X25 } from '../../engine/pure/crc16-x25.ts';
import { crc32c } from '../../engine/pure/crc32c.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { formatEid, parseEid } from '../../nodes/dtn/wire/eid.ts';
import { encodeEid, readEid } from '../../nodes/dtn/wire/eid-wire.ts';
import {
  type CrcType,
  encodeBundle,
  payloadBlock,
  writeBlock,
  writePrimary,
} from '../../nodes/dtn/wire/encode.ts';
import { bundleAgeData, hopCountData, previousNodeData } from '../../nodes/dtn/wire/extensions.ts';
import { writeFragment } from '../../nodes/dtn/wire/fragment.ts';
import { PartialPayload } from '../../nodes/dtn/wire/partial-payload.ts';
import { decodeStatusReport, encodeStatusReport } from '../../nodes/dtn/wire/status-report.ts';
import { BundleView } from '../../nodes/dtn/wire/view.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

interface CrcFile {
  readonly cases: readonly {
    readonly name: string;
    readonly data: string;
    readonly crc16x25: string;
    readonly crc32c: string;
  }[];
}

interface PrimaryCase {
  readonly name: string;
  readonly hex: string;
  readonly fields: {
    readonly flags: number;
    readonly crcType: CrcType;
    readonly destination: string;
    readonly source: string;
    readonly reportTo: string;
    readonly time: number;
    readonly sequence: number;
    readonly lifetime: number;
    readonly fragmentOffset?: number;
    readonly totalLength?: number;
  };
}

interface BlockCase {
  readonly name: string;
  readonly hex: string;
  readonly type: number;
  readonly number: number;
  readonly flags: number;
  readonly crcType: CrcType;
  readonly data: string;
  readonly decoded: Readonly<Record<string, number | string>>;
}

interface BundleCase {
  readonly name: string;
  readonly hex: string;
  readonly verdict: string;
  readonly drop?: readonly string[];
  readonly decoded?: Readonly<Record<string, string | number>>;
}

interface EidFile {
  readonly binary: readonly { readonly hex: string; readonly eid: string }[];
  readonly binaryInvalid: readonly { readonly hex: string; readonly why: string }[];
  readonly text: readonly { readonly text: string; readonly eid: unknown }[];
  readonly textInvalid: readonly string[];
}

/** The null endpoint has two texts; `formatEid` writes the first. */
function eidOf(text: string): Uint8Array {
  const eid = parseEid(text);
  if (eid === undefined) throw new Error(text);
  return encodeEid(eid);
}

/** The bytes of ipn:0.0, which we read and never write. */
const IPN_NULL = fromHex('8202820000');

describe.skipIf(!hasVectors)('checksums', () => {
  const { cases } = hasVectors ? vectors<CrcFile>('dtn/crc.json') : { cases: [] };
  it.each(cases)('of $name', ({ data, crc16x25, crc32c: expected }) => {
    const bytes = fromHex(data);
    expect(crc16X25(bytes).toString(16).padStart(4, '0')).toBe(crc16x25);
    expect(crc32c(bytes).toString(16).padStart(8, '0')).toBe(expected);
  });
});

describe.skipIf(!hasVectors)('R-137: blocks', () => {
  const file = hasVectors
    ? vectors<{ primary: readonly PrimaryCase[]; canonical: readonly BlockCase[] }>(
        'dtn/blocks.json',
      )
    : { primary: [], canonical: [] };

  it.each(file.primary)('writes $name', ({ hex, fields }) => {
    const writer = new CborWriter();
    const { time, lifetime, sequence, flags, crcType, fragmentOffset, totalLength } = fields;
    const bytes = (text: string): Uint8Array => (text === 'ipn:0.0' ? IPN_NULL : eidOf(text));
    writePrimary(writer, {
      flags,
      crcType,
      destination: bytes(fields.destination),
      source: bytes(fields.source),
      reportTo: bytes(fields.reportTo),
      createdMs: time,
      sequence,
      lifetimeMs: lifetime,
      ...(fragmentOffset === undefined || totalLength === undefined
        ? {}
        : { fragment: { offset: fragmentOffset, total: totalLength } }),
    });
    expect(toHex(writer.taken())).toBe(hex);
  });

  it.each(file.canonical)('writes $name', (block) => {
    const writer = new CborWriter();
    writeBlock(writer, { ...block, data: fromHex(block.data) });
    expect(toHex(writer.taken())).toBe(block.hex);
  });

  it.each(file.canonical.filter(({ type }) => [6, 7, 10].includes(type)))(
    'writes the data of $name',
    ({ data, decoded }) => {
      const { age, limit, count, node } = decoded;
      if (age !== undefined) expect(toHex(bundleAgeData(Number(age)))).toBe(data);
      else if (limit !== undefined) {
        expect(toHex(hopCountData(Number(limit), Number(count)))).toBe(data);
      } else expect(toHex(previousNodeData(parseEid(String(node))!))).toBe(data);
    },
  );
});

describe.skipIf(!hasVectors)('R-137: bundles', () => {
  const { cases } = hasVectors
    ? vectors<{ cases: readonly BundleCase[] }>('dtn/bundles.json')
    : { cases: [] };

  it.each(cases.filter(({ verdict }) => verdict !== 'reject'))('reads $name', (each) => {
    const bytes = fromHex(each.hex);
    const view = new BundleView();
    expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
    const { destination, source, lifetime } = each.decoded ?? {};
    if (destination !== undefined) expect(formatEid(view.destination)).toBe(destination);
    if (source !== undefined) expect(formatEid(view.source)).toBe(source);
    if (lifetime !== undefined) expect(view.lifetimeMs).toBe(lifetime);
  });

  it.each(cases.filter(({ verdict }) => verdict === 'reject'))('refuses $name', (each) => {
    const bytes = fromHex(each.hex);
    const drop = new BundleView().open(bytes, 0, bytes.length);
    expect(each.drop).toContain(drop);
  });
});

describe('a bundle that is read', () => {
  it('R-137: has each field as it was written, and its payload', () => {
    const payload = fromHex('00112233445566778899');
    const bytes = encodeBundle(
      {
        ...{ flags: 1, crcType: 2, createdMs: 700_000, sequence: 17, lifetimeMs: 60_000 },
        ...{ fragment: { offset: 40, total: 100 } },
        ...{ destination: eidOf('ipn:7.1'), source: eidOf('ipn:8.2'), reportTo: eidOf('ipn:9.3') },
      },
      [
        { type: 6, number: 2, flags: 0, crcType: 1, data: previousNodeData(parseEid('ipn:5.0')!) },
        { type: 7, number: 3, flags: 0, crcType: 0, data: bundleAgeData(1_234) },
        { type: 10, number: 4, flags: 0, crcType: 2, data: hopCountData(30, 4) },
      ],
      payloadBlock(payload, 1),
    );
    const view = new BundleView();
    expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
    expect(view).toMatchObject({
      ...{ flags: 1, crcType: 2, createdMs: 700_000, sequence: 17, lifetimeMs: 60_000 },
      ...{ isFragment: true, fragmentOffset: 40, totalLength: 100 },
      ...{ blocks: 4, ageMs: 1_234, hopLimit: 30, hops: 4, hopsOrNone: 4 },
    });
    const { destination, source, reportTo, previous } = view;
    expect([destination, source, reportTo, previous].map(formatEid)).toEqual([
      ...['ipn:7.1', 'ipn:8.2', 'ipn:9.3', 'ipn:5.0'],
    ]);
    expect(bytes.subarray(view.payloadStart, view.payloadEnd)).toEqual(payload);
  });
});

describe.skipIf(!hasVectors)('identifiers', () => {
  const file = hasVectors
    ? vectors<EidFile>('dtn/eid.json')
    : { binary: [], binaryInvalid: [], text: [], textInvalid: [] };
  const read = (hex: string): string | undefined => {
    const reader = new CborReader();
    reader.open(fromHex(hex), 0, hex.length / 2);
    const eid = readEid(reader);
    return eid === undefined || reader.at !== hex.length / 2 ? undefined : formatEid(eid);
  };

  it.each(file.binary)('reads $hex as $eid', ({ hex, eid }) => {
    expect(read(hex)).toBe(eid === 'null' ? 'dtn:none' : eid);
  });

  it('accepts "none" as text', () => {
    expect(read('8201646e6f6e65')).toBe('dtn:none');
  });

  it.each(file.binaryInvalid)('refuses $hex: $why', ({ hex }) => {
    expect(read(hex)).toBeUndefined();
  });

  it.each(file.text)('parses $text', ({ text, eid }) => {
    const parsed = parseEid(text);
    if (eid === 'null') expect(parsed).toEqual({ scheme: 'none' });
    else if (text.startsWith('ipn:!')) {
      expect(parsed).toMatchObject({ node: 2 ** 32 - 1, service: 7 });
    } else expect(parsed).toMatchObject(eid as object);
  });

  it.each(file.textInvalid.map((text) => ({ text })))('refuses "$text"', ({ text }) => {
    expect(parseEid(text)).toBeUndefined();
  });
});

interface FragmentFile {
  readonly original: string;
  readonly fragments: readonly {
    readonly offset: number;
    readonly length: number;
    readonly hex: string;
  }[];
  readonly overlap: { readonly fragments: readonly string[] };
  readonly incomplete: readonly string[];
  readonly payload: string;
}

describe.skipIf(!hasVectors)('fragments', () => {
  const file = hasVectors ? vectors<FragmentFile>('dtn/fragments.json') : undefined;
  const opened = (hex: string): BundleView => {
    const view = new BundleView();
    expect(view.open(fromHex(hex), 0, hex.length / 2)).toBeUndefined();
    return view;
  };
  const joined = (bundles: readonly string[]): PartialPayload => {
    const whole = new PartialPayload(opened(bundles[0]!).totalLength);
    for (const view of bundles.map(opened)) {
      whole.add(view.fragmentOffset, view.bytes.subarray(view.payloadStart, view.payloadEnd));
    }
    return whole;
  };

  it('are cut as published', () => {
    const writer = new CborWriter();
    for (const { offset, length, hex } of file?.fragments ?? []) {
      writeFragment(writer, opened(file!.original), { start: offset, end: offset + length });
      expect(toHex(writer.taken())).toBe(hex);
    }
  });

  it('are cut again: a fragment of a fragment adds to its offset', () => {
    const writer = new CborWriter();
    const second = file!.fragments[1]!;
    writeFragment(writer, opened(second.hex), { start: 5, end: 20 });
    const view = opened(toHex(writer.taken()));
    expect([view.fragmentOffset, view.totalLength, view.payloadLength]).toEqual([45, 100, 15]);
  });

  it('give the payload in every order, overlapping or not', () => {
    const plain = file!.fragments.map(({ hex }) => hex);
    for (const bundles of [plain, plain.toReversed(), file!.overlap.fragments]) {
      const { payload } = joined(bundles);
      expect(payload === undefined ? '' : toHex(payload)).toBe(file!.payload);
    }
  });

  it('give nothing while one is missing', () => {
    expect(joined(file!.incomplete).payload).toBeUndefined();
    expect(joined(file!.incomplete).arrived).toBe(65);
  });
});

interface ReportCase {
  readonly name: string;
  readonly hex: string;
  readonly asserted: Readonly<Record<'received' | 'forwarded' | 'delivered' | 'deleted', boolean>>;
  readonly times: readonly (number | null)[];
  readonly reason: number;
  readonly timestamp: readonly [number, number];
  readonly fragment: readonly [number, number] | null;
}

describe.skipIf(!hasVectors)('status reports', () => {
  const { cases } = hasVectors
    ? vectors<{ cases: readonly ReportCase[] }>('dtn/status-report.json')
    : { cases: [] };

  it.each(cases)(
    'read and write $name',
    ({ hex, asserted, times, reason, timestamp, fragment }) => {
      const report = decodeStatusReport(fromHex(hex));
      expect(report).toMatchObject({ reason, createdMs: timestamp[0], sequence: timestamp[1] });
      const items = (['received', 'forwarded', 'delivered', 'deleted'] as const).map(
        (name) => report?.[name],
      );
      expect(items.map((item) => item?.isAsserted)).toEqual(Object.values(asserted));
      expect(items.map((item) => item?.timeMs ?? null)).toEqual(times);
      const { offset, length } = report?.fragment ?? {};
      expect(fragment ?? [undefined, undefined]).toEqual([offset, length]);
      expect(toHex(encodeStatusReport(report!))).toBe(hex);
    },
  );

  it.each(cases)('refuse $name cut anywhere', ({ hex }) => {
    const bytes = fromHex(hex);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeStatusReport(bytes.slice(0, length))).toBeUndefined();
    }
  });
});
