/**
 * The routing policy of a gateway in a separate file, in the text format of the reference. Its
 * mistakes are shown like those in our own files, with line, column and suggestion.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { type GatewayFile, parseRoutingPolicy, withRoutingPolicy } from '../nodes/gateway/index.ts';
import { ConfigError } from '../topologies/files/config-error.ts';
import { suggestNearestWord } from '../topologies/files/suggest.ts';

/** Largest file that is read, bytes; policies are shorter than this. */
const FILE_BYTES_MAX = 1_000_000;

/**
 * Returns a schema that also reads the file that `orrery.routing_policy` names.
 * @param path The path of the gateway's file; paths in that file are relative to its folder.
 * @throws ConfigError on parsing, if the policy has a mistake.
 */
export function withRoutingPolicyFile(
  schema: z.ZodType<GatewayFile>,
  folder: string,
): z.ZodType<GatewayFile> {
  return schema.transform((file, context): GatewayFile => {
    const { routingPolicy } = file;
    if (routingPolicy === undefined) return file;
    try {
      const text = readPolicyText(resolve(folder, routingPolicy));
      checkRoutingPolicy(join(folder, routingPolicy), text);
      return withRoutingPolicy(file, text);
    } catch (error) {
      if (error instanceof ConfigError || !(error instanceof Error)) throw error;
      const message = `cannot be read: ${error.message}`;
      context.addIssue({ code: 'custom', path: ['orrery', 'routing_policy'], message });
      return file;
    }
  });
}

function readPolicyText(path: string): string {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('it is no file');
  if (stats.size > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX} bytes`);
  return readFileSync(path, 'utf8');
}

/** Checks the text of a policy. @throws ConfigError that points to its first mistake. */
function checkRoutingPolicy(file: string, text: string): void {
  const policy = parseRoutingPolicy(text);
  if (!('reason' in policy)) return;
  const { line, column, endColumn, reason, words = [] } = policy;
  const sourceLine = text.split(/\r?\n/)[line - 1] ?? '';
  const meant = suggestNearestWord(sourceLine.slice(column - 1, endColumn - 1), words);
  const hint = meant === undefined ? `expected ${words.join(', ')}` : `did you mean "${meant}"?`;
  throw new ConfigError([
    {
      ...{ file, line, column, endColumn, sourceLine, path: '', code: 'E103', message: reason },
      ...(words.length === 0 ? {} : { hint }),
    },
  ]);
}
