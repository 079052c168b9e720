/**
 * Repair of messages in a mesh: a message is cut into fragments, and each block of fragments gets
 * rows of repairs. Row j is the exclusive or of the fragments j, j + rows, j + 2 rows … of its block,
 * so that each row makes up for one loss, also in a burst of neighbours.
 *
 * @module
 */

/** How messages are cut. */
export interface RepairForm {
  /** Bytes of a fragment; the last one is shorter. */
  readonly dataBytes: number;
  readonly blockFragments: number;
  /** Repairs as a share of fragments. */
  readonly repair: number;
}

/** Fragments of a message. */
export function fragmentsOf(length: number, { dataBytes }: RepairForm): number {
  return Math.ceil(length / dataBytes);
}

/** Rows of repairs of a block with so many fragments. */
export function rowsOf(fragments: number, { repair }: RepairForm): number {
  return Math.ceil(repair * fragments);
}

/** First fragment of a block, and the one behind its last. */
export function blockBounds(
  block: number,
  total: number,
  { blockFragments }: RepairForm,
): readonly [number, number] {
  const first = block * blockFragments;
  return [first, Math.min(total, first + blockFragments)];
}

/** One fragment, as long as it is. */
export function fragmentAt(message: Uint8Array, index: number, form: RepairForm): Uint8Array {
  const start = index * form.dataBytes;
  return message.subarray(start, Math.min(message.length, start + form.dataBytes));
}

/** A row of repairs of a block; fragments that are too short count as filled with zeros. */
export function repairOf(
  fragments: readonly (Uint8Array | undefined)[],
  dataBytes: number,
): Uint8Array {
  const sum = new Uint8Array(dataBytes);
  for (const fragment of fragments) {
    for (const [at, byte] of (fragment ?? []).entries()) sum[at] = (sum[at] as number) ^ byte;
  }
  return sum;
}

/** The fragments that a row covers, as indices of the message. */
export function coveredBy(
  row: number,
  rows: number,
  [first, end]: readonly [number, number],
): readonly number[] {
  const covered: number[] = [];
  for (let index = first + row; index < end; index += rows) covered.push(index);
  return covered;
}
