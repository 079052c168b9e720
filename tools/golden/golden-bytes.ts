/**
 * Golden bytes: what each codec writes for fixed values. They are stored beside the tests of its
 * folder, so that a changed wire format is noticed even in a clone without the published vectors.
 *
 * They were first written after the codecs had passed the published vectors (`test/vectors`). The
 * cases were made for this project: their names, addresses and keys occur in no published file.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Bytes in hexadecimal, by name. */
export type GoldenBytes = Readonly<Record<string, string>>;

/** Name of the file with a folder's golden bytes; the file golden.ts beside it computes these bytes. */
export const GOLDEN_FILE = 'golden-bytes.json';

const UNIT = fileURLToPath(new URL('../../test/unit', import.meta.url));

/** Test data: the bytes first, first + 3, first + 6, ... modulo 256. */
export function patternBytes(length: number, first: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + 3 * index) & 0xff);
}

/** Paths of the folders below test/unit that have golden bytes, sorted. */
export function goldenFolders(): readonly string[] {
  const nodes = readdirSync(join(UNIT, 'nodes')).map((name) => join(UNIT, 'nodes', name));
  return [join(UNIT, 'engine/core'), ...nodes.sort()].filter((folder) =>
    existsSync(join(folder, 'golden.ts')),
  );
}

/** The bytes that the codecs of a folder write now. */
export async function goldenBytesOf(folder: string): Promise<GoldenBytes> {
  const { href } = pathToFileURL(join(folder, 'golden.ts'));
  const module = (await import(href)) as { readonly goldenBytes: () => GoldenBytes };
  return module.goldenBytes();
}
