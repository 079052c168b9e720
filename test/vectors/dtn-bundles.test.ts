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
import { BundleView } from '../../nodes/dtn/wire/view.ts';
import { vectorSets } from '../vectors-root.ts';

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

/** The check values of both checksums, and RFC 7143 A.4. */
const CHECKSUMS: CrcFile = {
  cases: [
    { name: 'check-value', data: '313233343536373839', crc16x25: '906e', crc32c: 'e3069283' },
    {
      name: 'ones32',
      data: 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      crc16x25: 'e051',
      crc32c: '62a8ab43',
    },
  ],
};

describe.each(vectorSets('dtn/crc.json', CHECKSUMS))('checksums, $set', ({ file }) => {
  it.each(file.cases)('of $name', ({ data, crc16x25, crc32c: expected }) => {
    const bytes = fromHex(data);
    expect(crc16X25(bytes).toString(16).padStart(4, '0')).toBe(crc16x25);
    expect(crc32c(bytes).toString(16).padStart(8, '0')).toBe(expected);
  });
});

interface BlockFile {
  readonly primary: readonly PrimaryCase[];
  readonly canonical: readonly BlockCase[];
}

/**
 * The first of `test/test_MockBPA_Codecs.c` of NASA-AMMOS/BSL, the age block of RFC 9173 A.3; the
 * others computed independently from RFC 9171 sections 4.3 and 4.4.
 */
const BLOCKS: BlockFile = {
  primary: [
    {
      name: 'primary-ipn-crc2',
      hex: '89070002820282030482028201028202820000821903e81903e90044d64c9e29',
      fields: {
        flags: 0,
        crcType: 2,
        destination: 'ipn:3.4',
        source: 'ipn:1.2',
        reportTo: 'ipn:0.0',
        time: 1000,
        sequence: 1001,
        lifetime: 0,
      },
    },
    {
      name: 'primary-fragment-crc32c',
      hex: '8b07010282028202018202820101820100821b000000ba43b74000071a05265c001903e819100044310926df',
      fields: {
        flags: 1,
        crcType: 2,
        destination: 'ipn:2.1',
        source: 'ipn:1.1',
        reportTo: 'dtn:none',
        time: 800000000000,
        sequence: 7,
        lifetime: 86400000,
        fragmentOffset: 1000,
        totalLength: 4096,
      },
    },
  ],
  canonical: [
    {
      name: 'age-300-rfc9173-A3',
      hex: '85070200004319012c',
      type: 7,
      number: 2,
      flags: 0,
      crcType: 0,
      data: '19012c',
      decoded: { age: 300 },
    },
    {
      name: 'hop-crc32c',
      hex: '860a0401024482181e0144fb7f718f',
      type: 10,
      number: 4,
      flags: 1,
      crcType: 2,
      data: '82181e01',
      decoded: { limit: 30, count: 1 },
    },
    {
      name: 'previous-node-ipn-crc16',
      hex: '860603100147820282197d0100422331',
      type: 6,
      number: 3,
      flags: 16,
      crcType: 1,
      data: '820282197d0100',
      decoded: { node: 'ipn:32001.0' },
    },
  ],
};

describe.each(vectorSets('dtn/blocks.json', BLOCKS))('R-137: blocks, $set', ({ file }) => {
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

/**
 * The first of `test/test_MockBPA_Codecs.c` of NASA-AMMOS/BSL; the others computed independently from
 * RFC 9171.
 */
const BUNDLES: { readonly cases: readonly BundleCase[] } = {
  cases: [
    {
      name: 'bsl-plain',
      hex: '9f88070000820282030482028201028202820000821903e81903e900850101000043010203ff',
      verdict: 'accept-if-lax',
    },
    {
      name: 'reference-good',
      hex:
        '9f89070001820282020182028201018202820100821b000000ba43b74000011a0036ee80423ab58507020000' +
        '4100860a030001448218200042dd8086010100024d48656c6c6f2c20576f726c642144cfd3f293ff',
      verdict: 'accept',
    },
    {
      name: 'reference-payload-bitflip',
      hex:
        '9f89070001820282020182028201018202820100821b000000ba43b74000011a0036ee80423ab58507020000' +
        '4100860a030001448218200042dd8086010100024d48656c6c6f2c20576f726c652144cfd3f293ff',
      verdict: 'reject',
      drop: ['crc-block'],
    },
    {
      name: 'indefinite-payload-string',
      hex:
        '9f89070001820282020182028201018202820100821b000000ba43b74000011a0036ee80423ab58501010000' +
        '5f4454455354ffff',
      verdict: 'reject',
      drop: ['bad-block'],
    },
  ],
};

describe.each(vectorSets('dtn/bundles.json', BUNDLES))('R-137: bundles, $set', ({ file }) => {
  const { cases } = file;

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

/** From `bpv7/src/eid/cbor_tests.rs` and `str_tests.rs` of ricktaylor/hardy. */
const IDENTIFIERS: EidFile = {
  binary: [
    { hex: '820283000101', eid: 'ipn:1.1' },
    { hex: '8202820000', eid: 'null' },
    { hex: '8201672f2f6e6f64652f', eid: 'dtn://node/' },
  ],
  binaryInvalid: [{ hex: '82028400000000', why: 'ipn SSP with 4 elements' }],
  text: [
    { text: 'ipn:977000.1.3', eid: { allocator: 977000, node: 1, service: 3 } },
    { text: 'dtn://somewhere/else/', eid: { node: 'somewhere', demux: 'else/' } },
  ],
  textInvalid: ['dtn:somewhere', 'ipn:a.b'],
};

describe.each(vectorSets('dtn/eid.json', IDENTIFIERS))('identifiers, $set', ({ file }) => {
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

const FIRST_PART =
  '9f8b07010182028202018202820101820100821b000000ba43b740000519ea600018644284b7860a02010143' +
  '82080042c125850703000041008518c9040100412a86010100025828030a11181f262d343b424950575e656c' +
  '737a81888f969da4abb2b9c0c7ced5dce3eaf1f8ff060d1444536aa2abff';
const LAST_PART =
  '9f8b07010182028202018202820101820100821b000000ba43b740000519ea60184b1864420335860a020101' +
  '4382080042c1258518c9040100412a8601010002581910171e252c333a41484f565d646b727980878e959ca3' +
  'aab1b844ba6980d9ff';

/** Computed independently from RFC 9171 sections 5.8 and 5.9. */
const FRAGMENTS: FragmentFile = {
  original:
    '9f8907000182028202018202820101820100821b000000ba43b740000519ea6042bfa5860a02010143820800' +
    '42c125850703000041008518c9040100412a86010100025864030a11181f262d343b424950575e656c737a81' +
    '888f969da4abb2b9c0c7ced5dce3eaf1f8ff060d141b222930373e454c535a61686f767d848b9299a0a7aeb5' +
    'bcc3cad1d8dfe6edf4fb020910171e252c333a41484f565d646b727980878e959ca3aab1b844e22d6d07ff',
  fragments: [
    { offset: 0, length: 40, hex: FIRST_PART },
    {
      offset: 40,
      length: 35,
      hex:
        '9f8b07010182028202018202820101820100821b000000ba43b740000519ea60182818644288f9860a020101' +
        '4382080042c1258518c9040100412a860101000258231b222930373e454c535a61686f767d848b9299a0a7ae' +
        'b5bcc3cad1d8dfe6edf4fb0209444748ffc5ff',
    },
    { offset: 75, length: 25, hex: LAST_PART },
  ],
  overlap: {
    fragments: [
      FIRST_PART,
      '9f8b07010182028202018202820101820100821b000000ba43b740000519ea60181e18644257d3860a020101' +
        '4382080042c1258518c9040100412a86010100025828d5dce3eaf1f8ff060d141b222930373e454c535a6168' +
        '6f767d848b9299a0a7aeb5bcc3cad1d8dfe64446815b97ff',
      '9f8b07010182028202018202820101820100821b000000ba43b740000519ea60183c186442dae5860a020101' +
        '4382080042c1258518c9040100412a86010100025828a7aeb5bcc3cad1d8dfe6edf4fb020910171e252c333a' +
        '41484f565d646b727980878e959ca3aab1b8442a3171dfff',
    ],
  },
  incomplete: [FIRST_PART, LAST_PART],
  payload:
    '030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dce3eaf1f8ff060d141b222930' +
    '373e454c535a61686f767d848b9299a0a7aeb5bcc3cad1d8dfe6edf4fb020910171e252c333a41484f565d64' +
    '6b727980878e959ca3aab1b8',
};

describe.each(vectorSets('dtn/fragments.json', FRAGMENTS))('fragments, $set', ({ file }) => {
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
    for (const { offset, length, hex } of file.fragments) {
      writeFragment(writer, opened(file.original), { start: offset, end: offset + length });
      expect(toHex(writer.taken())).toBe(hex);
    }
  });

  it('are cut again: a fragment of a fragment adds to its offset', () => {
    const writer = new CborWriter();
    const second = file.fragments[1]!;
    writeFragment(writer, opened(second.hex), { start: 5, end: 20 });
    const view = opened(toHex(writer.taken()));
    expect([view.fragmentOffset, view.totalLength, view.payloadLength]).toEqual([45, 100, 15]);
  });

  it('give the payload in every order, overlapping or not', () => {
    const plain = file.fragments.map(({ hex }) => hex);
    for (const bundles of [plain, plain.toReversed(), file.overlap.fragments]) {
      const { payload } = joined(bundles);
      expect(payload === undefined ? '' : toHex(payload)).toBe(file.payload);
    }
  });

  it('give nothing while one is missing', () => {
    expect(joined(file.incomplete).payload).toBeUndefined();
    expect(joined(file.incomplete).arrived).toBe(65);
  });
});
