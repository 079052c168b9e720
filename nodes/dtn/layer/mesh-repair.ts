/**
 * Repair of messages in a mesh: a message is cut into fragments, and for each block of fragments some
 * rows of repair data are sent. Row j is the exclusive or of the fragments j, j + rows, j + 2 rows …
 * of its block, so that each row can replace one lost fragment; consecutive lost fragments are in
 * different rows.
 *
 * @module
 */

/** How messages are cut into fragments and blocks, and how many repairs each block gets. */
export interface RepairParameters {
  /** Length of a fragment, bytes; the last fragment may be shorter. */
  readonly dataBytes: number;
  readonly blockFragments: number;
  /** Number of repairs of a block divided by its number of fragments. */
  readonly repair: number;
}

/** Number of fragments of a message of `length` bytes. */
export function fragmentCount(length: number, { dataBytes }: RepairParameters): number {
  return Math.ceil(length / dataBytes);
}

/** Number of rows of repairs for a block of this many fragments. */
export function repairRowCount(fragments: number, { repair }: RepairParameters): number {
  return Math.ceil(repair * fragments);
}

/** Index of the first fragment of a block, and the index after its last one. */
export function blockFragmentRange(
  block: number,
  total: number,
  { blockFragments }: RepairParameters,
): readonly [number, number] {
  const first = block * blockFragments;
  return [first, Math.min(total, first + blockFragments)];
}

/** The bytes of one fragment; the last one may be shorter. */
export function fragmentAt(message: Uint8Array, index: number, form: RepairParameters): Uint8Array {
  const start = index * form.dataBytes;
  return message.subarray(start, Math.min(message.length, start + form.dataBytes));
}

/**
 * Computes the exclusive or of the fragments of a row; short or missing fragments count as zeros.
 */
export function repairRowData(
  fragments: readonly (Uint8Array | undefined)[],
  dataBytes: number,
): Uint8Array {
  const sum = new Uint8Array(dataBytes);
  for (const fragment of fragments) {
    for (const [at, byte] of (fragment ?? []).entries()) sum[at] = (sum[at] as number) ^ byte;
  }
  return sum;
}

/**
 * The fragments that a row of repair data covers, as indices in the message.
 * @param rows Number of rows of the block, which extends from fragment `first` to before `end`.
 */
export function fragmentIndicesInRow(
  row: number,
  rows: number,
  [first, end]: readonly [number, number],
): readonly number[] {
  const covered: number[] = [];
  for (let index = first + row; index < end; index += rows) covered.push(index);
  return covered;
}
