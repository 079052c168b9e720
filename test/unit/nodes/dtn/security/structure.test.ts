import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex } from '../../../../../nodes/_kit/bytes.ts';
import {
  addSecurityBlock,
  newBlock,
  type SplitBundle,
} from '../../../../../nodes/dtn/security/bundle-parts.ts';
import {
  createUintValue,
  decodeSecurityBlock,
  encodeSecurityBlock,
} from '../../../../../nodes/dtn/security/security-block.ts';
import { readSecurityLayout } from '../../../../../nodes/dtn/security/structure.ts';
import { EID_NONE, parseEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../../nodes/dtn/wire/eid-wire.ts';
import { sampleBundle } from '../wire/support.ts';
import { opened } from './support.ts';

const BIB = 11;
const BCB = 12;

interface Sample {
  readonly type: number;
  readonly number: number;
  readonly targets: readonly number[];
  readonly source?: string;
  readonly flags?: number;
}

/** A bundle with blocks 1 (payload), 2, 3 and 4, and these security blocks. */
function bundle(...blocks: readonly Sample[]): SplitBundle {
  const parts = opened(sampleBundle());
  for (const { type, number, targets, source = 'ipn:9.0', flags = 0 } of blocks) {
    const eid = parseEid(source)!;
    const data = encodeSecurityBlock({
      targets: targets.map((target) => ({ number: target, results: [createUintValue(1, 1)] })),
      context: type === BIB ? 1 : 2,
      source: eid,
      sourceBytes: encodeEid(eid),
      parameters: [],
    });
    addSecurityBlock(parts, newBlock({ type, number, flags, data }));
  }
  return parts;
}

const bib = (number: number, ...targets: number[]): Sample => ({ type: BIB, number, targets });
const bcb = (number: number, ...targets: number[]): Sample => ({ type: BCB, number, targets });

describe('security blocks among themselves', () => {
  it.each<[string, readonly Sample[]]>([
    ['a signature of everything that is not security', [bib(9, 0, 1, 2, 3, 4)]],
    ['two signatures of different targets', [bib(9, 0), bib(10, 1)]],
    ['encryption of payload and extension', [bcb(9, 1, 2)]],
    ['a signature that is encrypted with its target', [bib(9, 1), bcb(10, 1, 9)]],
    ['the same, in two blocks', [bib(9, 1), bcb(10, 1), bcb(11, 9)]],
    ['a signature and encryption of different targets', [bib(9, 0), bcb(10, 1)]],
    ['an identifier of the dtn scheme', [{ ...bib(9, 1), source: 'dtn://n/' }]],
  ])('may be %s', (_, blocks) => {
    expect(readSecurityLayout(bundle(...blocks))).toBeDefined();
  });

  it.each<[string, readonly Sample[]]>([
    ['a target that the bundle does not have', [bib(9, 7)]],
    ['two signatures of one target', [bib(9, 1), bib(10, 1)]],
    ['two encryptions of one target', [bcb(9, 1), bcb(10, 1)]],
    ['a signature of a signature', [bib(9, 1), bib(10, 9)]],
    ['a signature of an encryption', [bcb(9, 1), bib(10, 9)]],
    ['encryption of the primary block', [bcb(9, 0)]],
    ['encryption of an encryption', [bcb(9, 1), bcb(10, 9)]],
    ['a signature of what is encrypted', [bib(9, 1), bcb(10, 1)]],
    ['encryption that a node may discard', [{ ...bcb(9, 1), flags: 0x10 }]],
    ['"this node" as the source', [{ ...bib(9, 1), source: 'ipn:!.0' }]],
    ['nobody as the source', [{ ...bib(9, 1), source: 'dtn:none' }]],
  ])('are never %s', (_, blocks) => {
    expect(readSecurityLayout(bundle(...blocks))).toBeUndefined();
  });
});

describe('the data of a security block', () => {
  const good = fromHex('81010100820282020181818201420102');

  it('are read if they are well-formed', () => {
    expect(decodeSecurityBlock(good)).toMatchObject({ context: 1, parameters: [] });
    // Numbers of contexts may be negative (RFC 9172 section 3.6).
    const negative = good.slice();
    negative[2] = 0x20;
    expect(decodeSecurityBlock(negative)).toMatchObject({ context: -1 });
    expect(encodeSecurityBlock(decodeSecurityBlock(negative)!)).toEqual(negative);
  });

  it.each([
    ['no target', '80010082028202018 0'],
    ['a target twice', '82010101008202820201828080'],
    ['a target above 2^53', '811bffffffffffffffff0100820282020181818201420102'],
    ['fewer results than targets', '820102010082028202018180'],
    ['more results than targets', '81010100820282020182808 0'],
    ['unknown flags', '810101028202820201 8180'],
    ['flags that promise parameters', '81010101820282020181818201420102'],
    ['a parameter twice', '8101010182028202018282010182010 28180'],
    ['a result that is no pair', '810101008202820201818101'],
    ['a source that is no identifier', '8101010082038202018180'],
    ['a byte too many', '81010100820282020181818201420102 00'],
    ['an array around it', '8581010100820282020181818201420102'],
  ])('are refused with %s', (_, hex) => {
    expect(decodeSecurityBlock(fromHex(hex.replaceAll(' ', '')))).toBeUndefined();
  });

  it('are refused when they end early, wherever', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect(decodeSecurityBlock(good.subarray(0, length))).toBeUndefined();
    }
  });

  it('believe no count that exceeds what is there', () => {
    // 65 targets; 2^32 targets; 17 results.
    const many = concatBytes(fromHex('9841'), new Uint8Array(65), fromHex('0100820100'));
    expect(decodeSecurityBlock(many)).toBeUndefined();
    expect(decodeSecurityBlock(fromHex('9affffffff01'))).toBeUndefined();
    const results = fromHex(`81010100820282020181${'91'}${'820100'.repeat(17)}`);
    expect(decodeSecurityBlock(results)).toBeUndefined();
  });

  it('name nobody as the source without an exception', () => {
    expect(decodeSecurityBlock(fromHex('81010100820100818 0'.replace(' ', '')))?.source).toEqual(
      EID_NONE,
    );
  });
});
