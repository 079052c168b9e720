/** Bytes that are not DER are refused by name, at the byte where it shows. @module */
import { describe, expect, it } from 'vitest';
import {
  type DerCodec,
  derChoice,
  derDefault,
  derExplicit,
  derImplicit,
  derOptional,
  derRefined,
  derSequence,
  derSequenceOf,
  derSet,
  derSetOf,
  readDer,
} from '../../../../nodes/_kit/der.ts';
import {
  DER_DEPTH_MAX,
  DER_ELEMENT_BYTES_MAX,
  DER_REFUSALS,
  type DerRefusal,
} from '../../../../nodes/_kit/der-element.ts';
import {
  DER_OID_BYTES_MAX,
  derAny,
  derBoolean,
  derInteger,
  derIntegerBytes,
  derNull,
  derOid,
  derUnsigned,
} from '../../../../nodes/_kit/der-primitives.ts';
import {
  derBitBytes,
  derBits,
  derIa5,
  derNamedBits,
  derOctets,
  derPrintable,
  derTime,
  derUtf8,
} from '../../../../nodes/_kit/der-strings.ts';
import { anything, bytesOf } from './der-samples.ts';

const INTEGERS = [derInteger, derIntegerBytes, derUnsigned(8)] as readonly DerCodec<unknown>[];

/** Rows by the name of the refusal: the form that reads, the bytes, and where it is refused. */
const REFUSED: Readonly<
  Record<DerRefusal, readonly (readonly [DerCodec<unknown>, string | Uint8Array, number])[]>
> = {
  'too-long': [[derOctets as DerCodec<unknown>, new Uint8Array(DER_ELEMENT_BYTES_MAX + 1), 0]],
  'too-deep': [[anything as DerCodec<unknown>, nested(DER_DEPTH_MAX + 1), 2 * DER_DEPTH_MAX + 2]],
  truncated: rows(derSequence({ at: derOctets }), [
    ['30', 0],
    ['30 01', 0],
    ['30 81', 0],
    ['30 82 01', 0],
    ['30 84 7f ff ff ff', 0],
    ['30 83 ff ff ff', 0],
    ['30 85 01 00 00 00 00', 0],
    [`30 fe ${'01'.repeat(126)}`, 0],
    ['30 04 04 03 01 02', 2],
    ['30 02 04 01 01', 2],
    ['30 01 04', 2],
    // Within the input, but not within the element around it
    ['30 03 04 02 01 02', 2],
  ]),
  missing: rows(derSequence({ at: derChoice({ octets: derOctets }) }), [
    ['', 0],
    ['30 00', 2],
  ]),
  trailing: [
    ...rows(derSequence({ at: derSequence({}), next: derOptional(derNull) }), [
      ['30 04 30 02 05 00', 4],
    ]),
    ...rows(derSequence({ at: derNull }), [
      ['30 02 05 00 05 00', 4],
      ['30 04 05 00 05 00', 4],
      ['30 02 05 00 00', 4],
    ]),
  ],
  'indefinite-length': rows(derSequence({ at: derNull }), [['30 80 05 00 00 00', 0]]),
  'length-not-minimal': rows(derSequence({ at: derAny }), [
    ['30 81 02 05 00', 0],
    ['30 82 00 02 05 00', 0],
    ['30 84 00 00 00 02 05 00', 0],
    ['30 04 04 81 01 00', 2],
    [`30 81 85 04 82 00 81 ${'00'.repeat(0x81)}`, 3],
  ]),
  'high-tag': [...rows(derAny, [['1f 81 01 00', 0]]), ...rows(derNull, [['bf 1f 00', 0]])],
  'wrong-form': [
    // Strings of parts are BER (X.690 10.2)
    ...rows(derOctets, [['24 03 04 01 00', 0]]),
    ...rows(derBits, [['23 04 03 02 00 01', 0]]),
    ...rows(derAny, [
      ['2c 00', 0],
      ['10 00', 0],
      ['11 00', 0],
      ['21 00', 0],
    ]),
  ],
  'wrong-tag': [
    ...rows(derInteger, [
      ['05 00', 0],
      ['00 00', 0],
      ['82 01 00', 0],
    ]),
    ...rows(derAny, [['00 00', 0]]),
    ...rows(derExplicit(0, derInteger), [
      ['a1 03 02 01 00', 0],
      ['80 03 02 01 00', 0],
      ['a0 03 04 01 00', 2],
    ]),
    ...rows(derImplicit(0, derInteger), [
      ['02 01 00', 0],
      ['a0 01 00', 0],
    ]),
    ...rows(derImplicit(0, derSequence({})), [['80 00', 0]]),
    ...rows(derChoice({ a: derNull, b: derIa5 }), [['0c 00', 0]]),
    // An element that no member takes ends the list, and is not passed over for ever
    ...rows(derSequenceOf(derOptional(derNull)), [['30 03 02 01 00', 2]]),
    ...rows(derSequenceOf(derDefault(derBoolean, false)), [['30 03 02 01 00', 2]]),
  ],
  'bad-boolean': rows(derBoolean, [
    ['01 00', 2],
    ['01 01 01', 3],
    ['01 01 fe', 3],
    ['01 02 ff ff', 4],
    ['01 02 00 00', 4],
  ]),
  'bad-null': rows(derNull, [['05 01 00', 3]]),
  'bad-integer': INTEGERS.flatMap((form) =>
    rows(form, [
      ['02 00', 2],
      ['02 02 00 7f', 4],
      ['02 02 00 00', 4],
      ['02 02 ff 80', 4],
      ['02 02 ff ff', 4],
    ]),
  ),
  'integer-range': [
    ...rows(derInteger, [
      ['02 07 20 00 00 00 00 00 00', 9],
      ['02 07 e0 00 00 00 00 00 00', 9],
      ['02 08 7f ff ff ff ff ff ff ff', 10],
      [`02 14 01 ${'00'.repeat(19)}`, 22],
    ]),
    ...rows(derUnsigned(2), [
      ['02 01 80', 3],
      ['02 01 ff', 3],
      ['02 03 01 00 00', 5],
      ['02 04 00 ff ff ff', 6],
    ]),
  ],
  'bad-oid': rows(derOid, [
    ['06 00', 2],
    ['06 01 80', 3],
    ['06 02 80 01', 4],
    ['06 03 2a 80 01', 5],
    ['06 02 2a 86', 4],
    ['06 09 a0 80 80 80 80 80 80 80 00', 11],
    ['06 09 2a 90 80 80 80 80 80 80 00', 11],
    [`06 51 ${'01'.repeat(DER_OID_BYTES_MAX + 1)}`, 83],
  ]),
  'bad-bits': [
    ...rows(derBits, [
      ['03 00', 2],
      ['03 01 01', 3],
      ['03 02 01 01', 4],
      ['03 02 07 40', 4],
      ['03 02 08 00', 4],
      ['03 02 ff 00', 4],
    ]),
    ...rows(derBitBytes, [['03 02 01 80', 4]]),
    ...rows(derNamedBits, [
      ['03 02 00 80', 4],
      ['03 02 07 00', 4],
      ['03 03 07 06 00', 5],
      ['03 06 00 00 00 00 00 01', 8],
    ]),
  ],
  'bad-text': [
    ...rows(derPrintable, [
      ['13 01 40', 3],
      ['13 01 2a', 3],
      ['13 01 5f', 3],
      ['13 01 0a', 3],
      ['13 02 41 0a', 4],
      ['13 02 c3 bc', 4],
    ]),
    ...rows(derIa5, [
      ['16 01 80', 3],
      ['16 02 c3 bc', 4],
    ]),
    // Overlong, half of a surrogate pair, above U+10FFFF, cut off (RFC 3629 section 3)
    ...rows(derUtf8, [
      ['0c 02 c0 80', 4],
      ['0c 03 ed a0 80', 5],
      ['0c 04 f4 90 80 80', 6],
      ['0c 01 c3', 3],
      ['0c 01 ff', 3],
    ]),
  ],
  'bad-time': rows(derTime, [['17 00', 2]]),
  'set-order': [
    ...rows(derSetOf(derAny), [
      ['31 06 02 01 04 02 01 03', 8],
      ['31 07 02 02 01 00 02 01 03', 9],
      ['31 05 05 00 01 01 ff', 7],
    ]),
    // By tag, not by octet: [0] constructed is before [1] primitive
    ...rows(derSet(derAny), [
      ['31 04 81 00 a0 00', 6],
      ['31 04 81 00 81 00', 6],
      ['31 04 80 00 a0 00', 6],
      ['31 04 81 00 05 00', 6],
    ]),
  ],
  'default-written': [
    ...rows(derSequence({ at: derDefault(derBoolean, false) }), [['30 03 01 01 00', 5]]),
    ...rows(derSequence({ at: derDefault(derExplicit(0, derInteger), 0) }), [
      ['30 05 a0 03 02 01 00', 7],
    ]),
  ],
  unexpected: rows(
    derRefined(derInteger, (value) => value === 1),
    [['02 01 02', 3]],
  ),
};

function rows<Value>(
  form: DerCodec<Value>,
  cases: readonly (readonly [string, number])[],
): readonly (readonly [DerCodec<unknown>, string, number])[] {
  return cases.map(([hex, at]) => [form as DerCodec<unknown>, hex, at]);
}

/** An empty SEQUENCE within others; `count` in all. */
function nested(count: number): Uint8Array {
  let bytes = new Uint8Array(0);
  for (let rest = count; rest > 0; rest -= 1) bytes = Uint8Array.of(0x30, bytes.length, ...bytes);
  return bytes;
}

describe('bytes that are not DER', () => {
  const cases = Object.entries(REFUSED).flatMap(([why, some]) =>
    some.map(([form, input, at]) => ({ why, form, input, at })),
  );

  it.each(cases)('are refused as $why: $input', ({ why, form, input, at }) => {
    const bytes = typeof input === 'string' ? bytesOf(input) : input;
    expect(readDer(form, bytes)).toEqual({ kind: 'bad', why, at });
  });

  it('have a row for each refusal', () => {
    expect(Object.keys(REFUSED)).toEqual(Object.keys(DER_REFUSALS));
    expect(Object.values(REFUSED).filter(({ length }) => length === 0)).toEqual([]);
  });

  it('are refused for what came first', () => {
    const two = derSequence({ a: derBoolean, b: derInteger, c: derNull });
    const bytes = bytesOf('30 08 01 01 01 02 01 00 05 00');
    expect(readDer(two, bytes)).toEqual({ kind: 'bad', why: 'bad-boolean', at: 5 });
  });

  it('reach no check of the caller', () => {
    const seen: number[] = [];
    const pair = derSequence({
      a: derNull,
      b: derRefined(derInteger, (one) => seen.push(one) > 0),
    });
    expect(readDer(pair, bytesOf('30 06 05 01 00 02 01 05')).kind).toBe('bad');
    expect(readDer(pair, bytesOf('30 05 05 00 02 01 05')).kind).toBe('read');
    expect(seen).toEqual([5]);
  });

  it('may be as deep as the limit', () => {
    expect(readDer(anything, nested(DER_DEPTH_MAX)).kind).toBe('read');
  });
});
