/**
 * Hostile DER made from certificates and a signed TRC: named refusals, no exception, no more elements
 * than bytes, and whatever is read is written as the same bytes.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { equalBytes, toHex } from '../../../../nodes/_kit/bytes.ts';
import { type DerCodec, readDer } from '../../../../nodes/_kit/der.ts';
import { DER_REFUSALS } from '../../../../nodes/_kit/der-element.ts';
import { forMutants } from '../dtn/layer/mutations.ts';
import {
  anything,
  certificate,
  counted,
  EVERY_TYPE,
  RFC_7468,
  SIGNED_TRC,
  signedData,
} from './der-samples.ts';

const ROWS: readonly {
  readonly what: string;
  readonly form: DerCodec<unknown>;
  readonly samples: readonly Uint8Array[];
  readonly mutants: number;
  /** Refusals that none of the mutants can meet. */
  readonly never: readonly string[];
}[] = [
  {
    what: 'any type',
    form: anything as DerCodec<unknown>,
    samples: [EVERY_TYPE],
    mutants: 60_000,
    never: ['too-long', 'too-deep', 'integer-range', 'default-written', 'unexpected'],
  },
  {
    what: 'certificates',
    form: certificate as DerCodec<unknown>,
    samples: [RFC_7468],
    mutants: 30_000,
    never: ['too-long', 'too-deep', 'bad-null', 'integer-range', 'set-order', 'unexpected'],
  },
  {
    what: 'signed TRCs',
    form: signedData as DerCodec<unknown>,
    samples: [SIGNED_TRC],
    mutants: 10_000,
    never: [
      ...['too-long', 'too-deep', 'bad-null', 'unexpected'],
      ...['bad-boolean', 'bad-bits', 'bad-time', 'default-written', 'set-order'],
    ],
  },
];

describe.each(ROWS)('$mutants mutants of $what', ({ form, samples, mutants, never }) => {
  it('are refused by name, or written again as the same bytes', () => {
    const names = new Map<string, number>();
    const wrong: string[] = [];
    let written = 0;
    forMutants(samples, mutants, (bytes) => {
      counted.elements = 0;
      const read = readDer(form, bytes);
      let isGood = false;
      if (read.kind === 'bad') {
        names.set(read.why, (names.get(read.why) ?? 0) + 1);
        isGood = read.at >= 0 && read.at <= bytes.length;
      } else {
        written += 1;
        isGood = equalBytes(form.write(read.value), bytes);
      }
      // Each takes two bytes; what is in an OCTET STRING is tried as DER, at each depth once.
      if (!isGood || counted.elements > bytes.length + 1) wrong.push(toHex(bytes));
    });
    expect(wrong).toEqual([]);
    const expected = Object.keys(DER_REFUSALS).filter((name) => !never.includes(name));
    expect([...names.keys()].sort()).toEqual(expected.sort());
    expect(written).toBeGreaterThan(mutants / 20);
  });
});
