/**
 * Options that name a file of the user: `prices: ./my.csv` in a file, the prices in the node.
 *
 * The loader puts the text in place of the path, so that a node sees neither path nor file, wherever it
 * runs, and reports mistakes at their places in the file (`topologies/assemble/option-files.ts`).
 *
 * @module
 */
import { z } from 'zod';
import type { FileText, UserFileReader, UserFileResult } from '../../engine/host/user-file.ts';
import { QUANTITY_SCHEMAS } from './options.ts';

/**
 * The zod schema of an option whose value is the path of a file of the user.
 * @example prices: userFile({ bytesMax: 100_000, read: readPrices }),
 */
export function userFileSchema<Value>(file: UserFileReader<Value>): z.ZodType<Value> {
  // Nodes of one network mostly name the same file, and each has its options checked several times.
  let last: { readonly text: string; readonly result: UserFileResult<Value> } | undefined;
  const readOnce = (text: string): UserFileResult<Value> => {
    if (last?.text !== text) last = { text, result: file.read(text) };
    return last.result;
  };
  const schema = z.union([z.string(), z.strictObject({ file: z.string(), text: z.string() })]);
  const read = schema.transform((found: string | FileText, context) => {
    const result = typeof found === 'string' ? undefined : readOnce(found.text);
    if (result?.kind === 'value') return result.value;
    // A path comes here only after the start, and a text with mistakes only past the loader.
    const why = result === undefined ? 'is read before a run begins' : 'cannot be read';
    const message = `${typeof found === 'string' ? found : found.file}: the file ${why}`;
    context.issues.push({ code: 'custom', input: found, message });
    return z.NEVER;
  });
  const words = 'the path of a file';
  return read.register(QUANTITY_SCHEMAS, { words, units: {} }).meta({ userFile: file });
}
