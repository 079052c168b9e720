/**
 * Options that name a file of the user: a topology file has `prices: ./my.csv`, and the node gets the prices.
 *
 * The loader replaces the path by the text of the file, so that a node needs neither path nor file, wherever it
 * runs. It reports mistakes with their positions in the file (`topologies/assemble/option-files.ts`).
 *
 * @module
 */
import { z } from 'zod';
import type { FileText, UserFileReader, UserFileResult } from '../../engine/host/user-file.ts';
import { QUANTITY_SCHEMAS } from './options.ts';

/**
 * Makes the zod schema of an option whose value is the path of a file of the user.
 * @example prices: userFileSchema({ bytesMax: 100_000, read: readPrices }),
 */
export function userFileSchema<Value>(file: UserFileReader<Value>): z.ZodType<Value> {
  // The result is cached, because most nodes of a network name the same file, and the options of
  // each node are checked several times.
  let last: { readonly text: string; readonly result: UserFileResult<Value> } | undefined;
  const readOnce = (text: string): UserFileResult<Value> => {
    if (last?.text !== text) last = { text, result: file.read(text) };
    return last.result;
  };
  const schema = z.union([z.string(), z.strictObject({ file: z.string(), text: z.string() })]);
  const read = schema.transform((found: string | FileText, context) => {
    const result = typeof found === 'string' ? undefined : readOnce(found.text);
    if (result?.kind === 'value') return result.value;
    // This is reached only with a path that is given after the start, or with a text that no loader
    // has checked.
    const why = result === undefined ? 'is read before a run begins' : 'cannot be read';
    const message = `${typeof found === 'string' ? found : found.file}: the file ${why}`;
    context.issues.push({ code: 'custom', input: found, message });
    return z.NEVER;
  });
  const words = 'the path of a file';
  return read.register(QUANTITY_SCHEMAS, { words, units: {} }).meta({ userFile: file });
}
