/**
 * Published values and segments of the Licklider Transmission Protocol (RFC 5326, RFC 6256).
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  decodeLtpSegment,
  encodeLtpSegment,
  type LtpSegment,
} from '../../nodes/dtn/layer/ltp-wire.ts';
import { SdnvReader, writeSdnv } from '../../nodes/dtn/layer/sdnv.ts';
import { vectorSets } from '../vectors-root.ts';

interface Fields {
  readonly type: number;
  readonly engine?: number;
  readonly session?: number;
  readonly client?: number;
  readonly offset?: number;
  readonly length?: number;
  readonly checkpoint?: number;
  readonly report?: number;
  readonly upper?: number;
  readonly lower?: number;
  readonly reason?: number;
  readonly claims?: readonly (readonly [number, number])[];
}

interface File {
  readonly sdnv: readonly { readonly value: string; readonly hex: string }[];
  readonly segments: readonly {
    readonly name: string;
    readonly hex: string;
    readonly fields: Fields;
  }[];
}

/**
 * The examples of RFC 6256 section 2, a value too large for us, and segments computed independently
 * from RFC 5326 section 3.
 */
const FIGURES: File = {
  sdnv: [
    { value: '127', hex: '7f' },
    { value: '2748', hex: '953c' },
    { value: '4660', hex: 'a434' },
    { value: '16948', hex: '818434' },
    { value: '18446744073709551615', hex: '81ffffffffffffffff7f' },
  ],
  segments: [
    {
      name: 'red data, checkpoint, end of red part and block',
      hex: '030a1400010506a0010020776f726c64',
      fields: { type: 3, offset: 5, length: 6, checkpoint: 4097, report: 0 },
    },
    {
      name: 'report: hole 5..8 of 11',
      hex: '080a1400c002a0010b000200050803',
      fields: {
        type: 8,
        report: 8194,
        checkpoint: 4097,
        upper: 11,
        lower: 0,
        claims: [
          [0, 5],
          [8, 3],
        ],
      },
    },
    {
      name: 'cancel by sender, retransmission limit',
      hex: '0c0a140002',
      fields: { type: 12, reason: 2 },
    },
  ],
};

/** The fields of a segment as the vectors name them. */
function fieldsOf({ engine, session, content }: LtpSegment, type: number): Fields {
  const base = { type, engine, session };
  switch (content.kind) {
    case 'data': {
      const { service: client, offset, data, checkpoint, report } = content;
      return { ...base, client, offset, length: data.length, checkpoint, report };
    }
    case 'report': {
      const { report, checkpoint, upper, lower } = content;
      const claims = content.claims.map(({ start, end }) => [start - lower, end - start] as const);
      return { ...base, report, checkpoint, upper, lower, claims };
    }
    case 'report-receipt':
      return { ...base, report: content.report };
    case 'cancel':
      return { ...base, reason: content.reason };
    default:
      return base;
  }
}

describe.each(vectorSets('dtn/ltp.json', FIGURES))('published LTP, $set', ({ file }) => {
  it.each(file.sdnv)('value $value is $hex', ({ value, hex }) => {
    const bytes = fromHex(hex);
    const reader = new SdnvReader(bytes, 0, bytes.length);
    const number = Number(value);
    if (!Number.isSafeInteger(number)) {
      expect(reader.next()).toBe(false);
      return;
    }
    expect(reader.next()).toBe(true);
    expect([reader.value, reader.at]).toEqual([number, bytes.length]);
    const written = new Uint8Array(bytes.length);
    expect(writeSdnv(written, 0, number)).toBe(bytes.length);
    expect(toHex(written)).toBe(hex);
  });

  it.each(file.segments)('segment: $name', ({ hex, fields }) => {
    const segment = decodeLtpSegment(fromHex(hex));
    expect(segment).toBeDefined();
    expect(fieldsOf(segment!, fields.type)).toMatchObject(fields);
    expect(toHex(encodeLtpSegment(segment!))).toBe(hex);
  });
});
