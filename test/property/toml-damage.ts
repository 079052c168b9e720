/**
 * Damages TOML files, and reads them: each is read, or refused by name at a place that it has.
 *
 * @module
 */
import type { z } from 'zod';
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import { gatewaySampleToml, gatewayTomlSchema } from '../../nodes/gateway/index.ts';
import { mixnodeTomlSchema } from '../../nodes/mixnet/mixnode-toml.ts';
import { CONFIG_CODES, ConfigError } from '../../topologies/files/config-error.ts';
import { readToml } from '../../topologies/files/toml.ts';
import { mutate } from './mutate.ts';

/** Of the random stream that damages. */
export const SEED = 20_261_127;

const MIXNODE: readonly string[] = [
  '[node]\ntype = "middle"\nport = 9001\n',
  '[pipeline]\nworkers = 4 # threads\npool_size = 1_024\n\n[sphinx]\nnum_hops = 3\nenabled = true\n',
  'node = { port = 9001, type = \'exit\' }\nvrf.delay_variance_ms = 5e1\n"sphinx".num_hops = 0x2\n',
  '[[a.b]]\nc = [ [1, 2], [""" x\\\n y""", { d.e = 1979-05-27T07:32:00Z } ] ]\n[a.b.f]\n[[a.b]]\n',
];
const SAMPLE = gatewaySampleToml({ topology: 'two-offices.yaml', node: 'gateway-111', index: 0 });
const GATEWAY: readonly string[] = [
  ...['htx', 'multipath', 'security.rate_limiting'].map((table) => `[${table}]\n`),
  '[orrery]\ntopology = "t"\nnode = "n"\npolicy = { acl = ["- 1-ff00:0:120", "+"] }\npeers = ["a"]\n',
  '[orrery]\ntopology = "t"\nnode = "n"\n[[orrery.classes]]\nname = "voice"\n[orrery.tun]\nname = "t"\n',
  '[multipath]\nmin_paths = 1\nmax_paths = 4\n[orrery]\ntopology = "t"\nnode = "n"\nprofile = true\n',
  '[htx]\nbind_addr = "[::1]:1"\nconnection_timeout = "5s"\n[security.access_control]\nenabled = true\n',
];
/** The kinds of files, with their schemas. */
const KINDS = {
  mixnode: { genuine: MIXNODE, schema: mixnodeTomlSchema },
  gateway: { genuine: [SAMPLE, ...GATEWAY], schema: gatewayTomlSchema },
} as const;
const PARTS = [
  ...[
    '[',
    ']',
    '[[',
    ']]',
    '{',
    '}',
    '=',
    '.',
    ',',
    '#',
    '"',
    "'",
    '"""',
    "'''",
    '\\',
    '\r\n',
    '\n',
  ],
  ...[
    '__proto__',
    'constructor',
    '\\u0000',
    '\\UFFFFFFFF',
    '\\ud800',
    '\0',
    '\ufeff',
    '\u2028',
    '𝄞',
  ],
  ...['inf', '-nan', 'true', '1e999', '0b', '9'.repeat(30), '07:32:00', '1979-05-27', '\n[node]\n'],
  ...['port = 1\n', 'port.x = 1\n', 'node.port = 1\n', '[node.port]\n', '[[node]]\n'],
];

function damaged(random: RandomStream, files: readonly string[]): string {
  const genuine = files[random.below(files.length)] as string;
  if (random.below(3) === 0) {
    const bytes = new TextEncoder().encode(genuine);
    return new TextDecoder().decode(mutate(bytes, random, { header: bytes.length }));
  }
  let text = genuine;
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const at = random.below(text.length + 1);
    const part = (PARTS[random.below(PARTS.length)] as string).repeat(1 + random.below(3) ** 6);
    text = text.slice(0, at) + part + text.slice(at + random.below(4));
  }
  return text;
}

/** Checks one refusal; returns the code of its first mistake. */
function codeOf(error: unknown, text: string): string {
  if (!(error instanceof ConfigError)) throw new Error(JSON.stringify(text), { cause: error });
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const { line, column, endColumn, code, message } of error.issues) {
    const isPlaced =
      column >= 1 && column <= endColumn && column <= (lines[line - 1]?.length ?? -1) + 1;
    const isNamed = code in CONFIG_CODES && message !== '' && !message.includes('cannot be read');
    if (!isPlaced || !isNamed) throw new Error(JSON.stringify(text), { cause: error });
  }
  return error.issues[0]?.code ?? '';
}

/** @returns how many texts were read, and how many were refused, by the code of their first mistake. */
export function readDamaged(kind: keyof typeof KINDS, inputs: number): ReadonlyMap<string, number> {
  const { genuine, schema } = KINDS[kind];
  const random = openRandomStream(SEED, 'test', 'toml');
  const outcomes = new Map<string, number>();
  for (let index = 0; index < inputs; index += 1) {
    const text = damaged(random, genuine);
    let outcome = 'read';
    try {
      readToml('a.toml', text, schema as z.ZodType);
    } catch (error) {
      outcome = codeOf(error, text);
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return outcomes;
}
