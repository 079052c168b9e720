/**
 * Rows of names and numbers in the record of an encounter: a CBOR array of name, number, name, …
 *
 * @module
 */
import { CBOR_ARRAY, CBOR_TEXT, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { EID_CHARACTERS_MAX, ROUTER_TABLE_ROWS_MAX } from '../geometry.ts';

/** A row of a router's table: name of a host and a whole number. */
export type RouterTableRow = readonly [string, number];

/** Encodes the first {@link ROUTER_TABLE_ROWS_MAX} rows. */
export function encodeRouterTable(rows: readonly RouterTableRow[]): Uint8Array {
  const writer = new CborWriter();
  const kept = rows.slice(0, ROUTER_TABLE_ROWS_MAX);
  writer.array(2 * kept.length);
  for (const [name, number] of kept) {
    writer.text(name);
    writer.uint(number);
  }
  return writer.taken();
}

/**
 * Decodes rows of names and numbers.
 * @returns undefined if the bytes are not exactly such rows.
 */
export function decodeRouterTable(bytes: Uint8Array): readonly RouterTableRow[] | undefined {
  const reader = new CborReader();
  reader.open(bytes, 0, bytes.length);
  if (!reader.expect(CBOR_ARRAY) || reader.argument > 2 * ROUTER_TABLE_ROWS_MAX) return undefined;
  const items = reader.argument;
  if (items % 2 !== 0) return undefined;
  const rows: RouterTableRow[] = [];
  for (let item = 0; item < items; item += 2) {
    const name = readText(reader);
    if (name === undefined || !reader.expect(CBOR_UINT) || !reader.isExact) return undefined;
    rows.push([name, reader.argument]);
  }
  return reader.at === reader.end ? rows : undefined;
}

const decoder = new TextDecoder();

/**
 * Reads the next item as a name: printable ASCII of at most {@link EID_CHARACTERS_MAX} characters;
 * undefined if the item is not such a name.
 */
function readText(reader: CborReader): string | undefined {
  if (!reader.string(CBOR_TEXT) || reader.argument > EID_CHARACTERS_MAX) return undefined;
  const text = reader.content;
  for (const byte of text) if (byte < 0x20 || byte > 0x7e) return undefined;
  return decoder.decode(text);
}
