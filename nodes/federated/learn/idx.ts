/**
 * Reads idx files of unsigned bytes, the form of the MNIST digits (LeCun, Cortes, Burges, "The MNIST
 * database of handwritten digits", file formats).
 *
 * ```
 *  0      1      2          3            4               4 + 4 n
 * +------+------+----------+------------+---------------+--------
 * | 0    | 0    | 8: bytes | dimensions | n sizes, u32  | values
 * +------+------+----------+------------+---------------+--------
 * ```
 *
 * @module
 */
import { readUint32 } from '../../_kit/bytes.ts';

/** Contents of a file. */
export interface IdxArray {
  readonly kind: 'array';
  /** Size of each dimension, the first changes most slowly. */
  readonly sizes: readonly number[];
  readonly values: Uint8Array;
}

/** Why a file is not an idx file of unsigned bytes. */
export type IdxFault = 'truncated' | 'not-idx' | 'not-bytes' | 'wrong-length';

const TYPE_AT = 2;
const DIMENSIONS_AT = 3;
const HEAD = 4;
const SIZE = 4;
const UNSIGNED_BYTE = 8;

/** Reads the array in a file; its values are a view of the file's bytes. */
export function readIdx(
  file: Uint8Array,
): IdxArray | { readonly kind: 'fault'; readonly fault: IdxFault } {
  if (file.length < HEAD) return { kind: 'fault', fault: 'truncated' };
  if (file[0] !== 0 || file[1] !== 0) return { kind: 'fault', fault: 'not-idx' };
  if (file[TYPE_AT] !== UNSIGNED_BYTE) return { kind: 'fault', fault: 'not-bytes' };
  const dimensions = file[DIMENSIONS_AT] as number;
  const start = HEAD + SIZE * dimensions;
  if (dimensions === 0) return { kind: 'fault', fault: 'not-idx' };
  if (file.length < start) return { kind: 'fault', fault: 'truncated' };
  const sizes = Array.from({ length: dimensions }, (_, place) =>
    readUint32(file, HEAD + SIZE * place),
  );
  const count = sizes.reduce((product, size) => product * size, 1);
  if (file.length - start !== count) return { kind: 'fault', fault: 'wrong-length' };
  return { kind: 'array', sizes, values: file.subarray(start) };
}
