/**
 * Makes columns of a block as typed arrays, which are views of the block's bytes (docs/TRACE.md).
 *
 * @module
 */

/** The values of one column. */
export type ColumnView = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Makes the view of one column within the bytes of a block. */
export function columnViewAt(
  bytes: Uint8Array,
  offset: number,
  shape: { readonly rows: number; readonly width: number },
): ColumnView {
  const at = bytes.byteOffset + offset;
  const { buffer } = bytes;
  switch (shape.width) {
    case 1:
      return new Uint8Array(buffer, at, shape.rows);
    case 2:
      return new Uint16Array(buffer, at, shape.rows);
    case 4:
      return new Uint32Array(buffer, at, shape.rows);
    default:
      return new Float64Array(buffer, at, shape.rows);
  }
}
