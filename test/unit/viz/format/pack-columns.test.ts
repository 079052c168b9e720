import { describe, expect, it } from 'vitest';
import {
  alignedLength,
  BLOCK_ROWS,
  bytesPerValue,
  PACKING_KINDS,
  TABLES,
  type TableSpec,
} from '../../../../engine/measure/trace/layout.ts';
import { ColumnPacker } from '../../../../engine/measure/trace/pack-columns.ts';
import { unpackColumns } from '../../../../viz/format/unpack.ts';

const NARROW = { isWide: false };
const packer = new ColumnPacker();

/** Numbers of a small generator, as integers below 2^32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
}

function tableOf(type: string, columns = 1): TableSpec {
  const column = { name: 'x', type, unit: '' };
  return { name: 't', id: 1, columns: Array.from({ length: columns }, () => column) } as TableSpec;
}

interface Passed {
  readonly kind: number | undefined;
  readonly bits: number | undefined;
  readonly length: number;
  /** True if what was unpacked is what was packed. */
  readonly isSame: boolean;
}

/** Packs one column and unpacks it again. */
function through(type: 'u8' | 'u16' | 'u32' | 'f64', values: readonly number[]): Passed {
  const table = tableOf(type);
  const width = bytesPerValue(type, false);
  const bytes = new Uint8Array(alignedLength(values.length * width));
  const arrays = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array };
  const View = arrays[type];
  new View(bytes.buffer, 0, values.length).set(values);
  const shape = { table, ...NARROW, rows: values.length };
  const packed = packer.pack({ ...shape, bytes }).slice();
  const raw = unpackColumns(packed, { ...shape, rawBytes: bytes.length });
  return { kind: packed[0], bits: packed[1], length: packed.length, isSame: equal(raw, bytes) };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

const list = (length: number, value: (row: number) => number): number[] =>
  Array.from({ length }, (_, row) => value(row));

describe('a packed column', () => {
  it('of equal values takes no bits', () => {
    expect(
      through(
        'u32',
        list(1_000, () => 77),
      ),
    ).toMatchObject({
      kind: PACKING_KINDS.offsets,
      bits: 0,
      length: 16,
      isSame: true,
    });
  });

  it('of sorted values is stored in steps, as many bits as the largest', () => {
    const sorted = list(1_000, (row) => 1_000 * row + (row % 7));
    expect(through('u32', sorted)).toMatchObject({
      kind: PACKING_KINDS.steps,
      bits: 10,
      isSame: true,
    });
  });

  it('of at most 256 far values has a dictionary, of 257 none', () => {
    const far = (values: number): number[] =>
      list(2_000, (row) => (((row * 7_919) % values) * 16_000_001) >>> 0);
    expect(through('u32', far(256))).toMatchObject({
      kind: PACKING_KINDS.dictionary,
      bits: 8,
      isSame: true,
    });
    expect(through('u32', far(257))).toMatchObject({
      kind: PACKING_KINDS.offsets,
      bits: 32,
      isSame: true,
    });
  });

  it('of close values needs the bits of their range', () => {
    const next = numbers(3);
    const close = list(999, () => 4_000_000_000 + (next() % 8));
    expect(through('u32', close)).toMatchObject({
      kind: PACKING_KINDS.offsets,
      bits: 3,
      isSame: true,
    });
  });

  it('of doubles that are integers is packed, others are stored as they are', () => {
    const next = numbers(5);
    const integers = list(500, () => 3e15 + (next() % 1_000));
    expect(through('f64', integers)).toMatchObject({ bits: 10, isSame: true });
    expect(
      through(
        'f64',
        list(9, (row) => -2 + (row % 3)),
      ),
    ).toMatchObject({ bits: 2, isSame: true });
    for (const odd of [0.5, Number.NaN, -0, Number.POSITIVE_INFINITY, -(2 ** 33)]) {
      const values = [7, odd, 9];
      expect(through('f64', values)).toMatchObject({ kind: PACKING_KINDS.plain, isSame: true });
    }
  });

  it('is the same for every type, length and number of bits', () => {
    const next = numbers(11);
    for (const type of ['u8', 'u16', 'u32', 'f64'] as const) {
      for (let bits = 0; bits <= 32; bits += 1) {
        for (const rows of [0, 1, 2, 31, 33, 64, 1_000]) {
          const values = list(rows, () => next() % 2 ** bits);
          expect(through(type, values), `${type} ${bits} ${rows}`).toMatchObject({ isSame: true });
        }
      }
    }
  });
});

describe('a block', () => {
  it('of the hop table is the same afterwards, narrow and wide', () => {
    for (const isWide of [false, true]) {
      const next = numbers(isWide ? 21 : 20);
      const rows = BLOCK_ROWS;
      const { columns } = TABLES.hop;
      const widths = columns.map(({ type }) => bytesPerValue(type, isWide));
      const length = widths.reduce((sum, width) => sum + alignedLength(rows * width), 0);
      const bytes = new Uint8Array(length);
      let offset = 0;
      for (const width of widths) {
        for (let at = offset; at < offset + rows * width; at += 1) bytes[at] = next() >>> 24;
        offset += alignedLength(rows * width);
      }
      const shape = { table: TABLES.hop, isWide, rows };
      const packed = packer.pack({ ...shape, bytes });
      expect(equal(unpackColumns(packed, { ...shape, rawBytes: length }), bytes)).toBe(true);
    }
  });

  it('is unpacked from any place in memory', () => {
    const bytes = new Uint8Array(Uint32Array.of(5, 900_000, 70_000, 12).buffer);
    const shape = { table: tableOf('u32'), ...NARROW, rows: 4 };
    const packed = packer.pack({ ...shape, bytes });
    const moved = new Uint8Array(packed.length + 3);
    moved.set(packed, 3);
    const raw = unpackColumns(moved.subarray(3), { ...shape, rawBytes: bytes.length });
    expect(equal(raw, bytes)).toBe(true);
  });
});

describe('a hostile column', () => {
  const rows = 100;
  const shape = { table: tableOf('u32'), ...NARROW, rows };
  const rawBytes = rows * 4;
  const next = numbers(31);
  const values = Uint32Array.from({ length: rows }, () => (next() % 60) * 10_000_019);
  const packed = packer.pack({ ...shape, bytes: new Uint8Array(values.buffer) }).slice();

  const changed = (at: number, value: number): (() => Uint8Array) => {
    const bytes = packed.slice();
    bytes[at] = value;
    return () => unpackColumns(bytes, { ...shape, rawBytes });
  };

  it('is refused with the reason', () => {
    expect(packed[0]).toBe(PACKING_KINDS.dictionary);
    expect(changed(0, 4)).toThrow('in an unknown way (4)');
    expect(changed(1, 33)).toThrow('numbers of 33 bits');
    expect(changed(1, 32)).toThrow('cut off');
    expect(changed(5, 2)).toThrow('a dictionary of');
    expect(changed(4, 1)).toThrow('of 1 of a dictionary');
    expect(changed(15, 0x7f)).not.toThrow();
    expect(() => unpackColumns(packed.subarray(0, -8), { ...shape, rawBytes })).toThrow('cut off');
    const longer = new Uint8Array(packed.length + 8);
    longer.set(packed);
    expect(() => unpackColumns(longer, { ...shape, rawBytes })).toThrow('8 bytes early');
  });

  it('that begins nowhere is refused', () => {
    const bytes = packed.slice();
    new DataView(bytes.buffer).setFloat64(8, Number.NaN, true);
    expect(() => unpackColumns(bytes, { ...shape, rawBytes })).toThrow('begins nowhere');
  });
});
