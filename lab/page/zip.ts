/**
 * Writes a ZIP archive of stored files (PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16), with names in UTF-8
 * and a fixed date, so that the same files make the same archive.
 *
 * @module
 */
import { crc32 } from '../../engine/pure/crc32.ts';
import { joinBytes } from '../../engine/pure/join-bytes.ts';

const VERSION = 20;
/** Bit 11: names are UTF-8 (section 4.4.4). */
const UTF8 = 0x0800;
/** 1980-01-01 in the format of MS-DOS, the earliest date. */
const DATE = 0x0021;

/** An archive of files by path. Paths are checked by the caller. */
export function storedZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [path, bytes] of files) {
    const name = new TextEncoder().encode(path);
    const facts = [VERSION, UTF8, 0, 0, DATE, [crc32(bytes)], [bytes.length], [bytes.length]];
    const local = record([[0x0403_4b50], ...facts, name.length, 0]);
    parts.push(local, name, bytes);
    const rest = [name.length, 0, 0, 0, 0, [0], [at]];
    directory.push(record([[0x0201_4b50], VERSION, ...facts, ...rest]), name);
    at += local.length + name.length + bytes.length;
  }
  const listed = joinBytes(directory);
  const counts = [0, 0, files.size, files.size, [listed.length], [at], 0];
  return joinBytes([...parts, listed, record([[0x0605_4b50], ...counts])]);
}

/** Little-endian fields: numbers have 2 bytes, numbers in brackets 4. */
function record(fields: readonly (number | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap((field) => {
      const [value, length] = typeof field === 'number' ? [field, 2] : [field[0] ?? 0, 4];
      return Array.from({ length }, (_, at) => (value >>> (8 * at)) & 0xff);
    }),
  );
}
