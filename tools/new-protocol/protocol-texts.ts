/**
 * The files of a new protocol that are not copied from ping: README, topology, scenario and
 * vectors.
 *
 * @module
 */
import type { Spellings } from './spellings.ts';

/** A README with the sections that the test of protocol folders requires. */
export function readmeText({ kebab }: Spellings): string {
  return `# ${kebab}

Say here in two sentences what it is, and for whom. It begins as a copy of ping: application bytes in echo
requests, each round trip measured.

| What | Where | Test |
|---|---|---|
| header, 8 bytes | \`wire.ts\` | \`test/unit/nodes/${kebab}/wire.test.ts\`, \`test/vectors/${kebab}.test.ts\` |
| requests under way, time-outs | \`machine.ts\` | \`test/unit/nodes/${kebab}/machine.test.ts\` |
| adapter to the port | \`node.ts\` | \`test/unit/nodes/${kebab}/node.test.ts\` |
| lengths and defaults | \`geometry.ts\` | – |
| options \`port\`, \`timeout\` | \`config.ts\` | – |
| what must hold, for \`npm run hunt\` | \`must.ts\` | – |

**Deviations.** None: there is no specification to deviate from.

**Example.** \`npm run scenario ${kebab}.yaml\`

**Limits.** At most 1,024 requests are under way per node. No authentication.
`;
}

/** A topology of two nodes and a link. */
export function topologyText({ kebab }: Spellings): string {
  return `# yaml-language-server: $schema=../schemas/topology.schema.json
name: ${kebab}
description: Two ${kebab} nodes on one link.

nodes:
  - { name: alice, run: ${kebab} }
  - { name: bob, run: ${kebab} }

links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms, mtu: 1500B }
`;
}

/** A scenario that asks a question, with limits that a run can miss. */
export function scenarioText({ kebab }: Spellings): string {
  return `# yaml-language-server: $schema=../schemas/scenario.schema.json
name: ${kebab}
question: Do replies come back, and is the round trip twice the delay of the link?
topology: ${kebab}.yaml
duration: 10s
warmup: 1s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }
kpis:
  ${kebab}.rtt:      { p50: ">= 10ms", p95: "<= 12ms" }
  ${kebab}.delivery: { value: ">= 99%" }
`;
}

/** The defects ("doubles") of a scenario of two nodes: each makes one of its limits fail. */
export function doublesText(of: { readonly file: string; readonly protocol: string }): string {
  const double = (what: string, set: string, red: string): string => `    '${what}': {
      base: 'short',
      set: { ${set} },
      red: ['${of.protocol}.${red}'],
    },
`;
  return `/** Defects for ${of.file}.yaml, for \`doubles.slow.test.ts\`. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  bases: { short: { duration: '3s' } },
  doubles: {
${double('a shorter link', "'topology.links.0.delay': '4ms'", 'rtt p50 >=')}${double(
  'a longer link',
  "'topology.links.0.delay': '7ms'",
  'rtt p95 <=',
)}${double('a link that loses', "'topology.links.0.loss': '5%'", 'delivery value >=')}  },
};
`;
}

/** The test case that runs the protocol on real sockets. */
export function liveCaseText({ kebab }: Spellings): string {
  return `/** The run of ${kebab} for \`live-protocols.slow-wall.test.ts\`. */
import type { LiveCase } from '../live-case.ts';

export const liveCase: LiveCase = {
  protocols: ['${kebab}'],
  file: '${kebab}.yaml',
  set: { duration: '1500ms', warmup: '300ms' },
  delivery: '${kebab}.delivery',
};
`;
}

/**
 * A test of bytes copied from a specification. Ping has no specification, so the bytes are its own.
 */
export function vectorTestText({ kebab }: Spellings): string {
  return `/**
 * Bytes of ${kebab} packets as they are to be. Put the published vectors of a specification here.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { decodeHeader, encodeHeader } from '../../nodes/${kebab}/wire.ts';

const VECTORS = [
  { kind: 'request', identifier: 0, hex: '0101000000000000' },
  { kind: 'reply', identifier: 4_294_967_295, hex: '01020000ffffffff' },
] as const;

it.each(VECTORS)('reads and writes the $kind $hex', ({ kind, identifier, hex }) => {
  const written = new Uint8Array(8);
  encodeHeader({ kind, identifier }, written, 0);
  expect(toHex(written)).toBe(hex);
  expect(decodeHeader(fromHex(hex), 0, 8)).toEqual({ kind, identifier });
});
`;
}
