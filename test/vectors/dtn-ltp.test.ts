/**
 * Published values and segments of the Licklider Transmission Protocol (RFC 5326, RFC 6256).
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { decodeLtp, encodeLtp, type LtpSegment } from '../../nodes/dtn/layer/ltp-wire.ts';
import { SdnvReader, writeSdnv } from '../../nodes/dtn/layer/sdnv.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

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

const file: File = hasVectors ? vectors<File>('dtn/ltp.json') : { sdnv: [], segments: [] };

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

describe.skipIf(!hasVectors)('published LTP', () => {
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
    const segment = decodeLtp(fromHex(hex));
    expect(segment).toBeDefined();
    expect(fieldsOf(segment!, fields.type)).toMatchObject(fields);
    expect(toHex(encodeLtp(segment!))).toBe(hex);
  });
});
