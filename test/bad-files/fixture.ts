/**
 * A temporary folder of files for one test run, and the protocols and metrics that these files may
 * name.
 *
 * @module
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Forgery } from '../../engine/host/forgery.ts';
import type { MetricDefinition, MetricKind, MetricUnit } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { scionTopologyGenerator } from '../../nodes/scion/generator.ts';
import { nodeMachine } from '../../scenarios/open/node-machine.ts';
import type { LookupFolders, ProtocolLookup } from '../../topologies/files/registry.ts';

/**
 * The topology of the bad scenarios: two gateways that can reach each other, and one in ISD 3 that
 * cannot be reached.
 */
const NET = `name: net
defaults:
  node: { run: scion }
  link: { rate: 1Gbit/s, delay: 1ms }
ases:
  - { id: "1-ff00:0:110", core: true }
  - { id: "1-ff00:0:111" }
  - { id: "2-ff00:0:210", core: true }
  - { id: "2-ff00:0:211" }
  - { id: "3-ff00:0:311" }
nodes:
  - { name: gateway-111, as: "1-ff00:0:111", run: gateway }
  - { name: gateway-211, as: "2-ff00:0:211", run: gateway }
  - { name: core-110, as: "1-ff00:0:110" }
  - { name: core-210, as: "2-ff00:0:210" }
  - { name: gateway-311, as: "3-ff00:0:311", run: gateway }
links:
  - { ends: core-110 <-> core-210, relation: core }
  - { ends: core-110 <-> gateway-111, relation: child }
  - { ends: core-210 <-> gateway-211, relation: child }
`;

const METRICS: readonly (readonly [string, MetricKind, MetricUnit])[] = [
  ['gateway.failover', 'samples', 'ns'],
  ['gateway.latency', 'histogram', 'ns'],
  ['gateway.throughput', 'counter', 'packets'],
  ['gateway.delivery', 'ratio', 'ratio'],
  ['gateway.availability', 'ratio', 'ratio'],
  ['gateway.switches', 'ratio', 'ratio'],
  ['gateway.reorder', 'histogram', 'packets'],
  ['gateway.memory', 'gauge', 'bytes'],
  ['privacy.entropy.bits', 'samples', 'bits'],
  ['radio.energy', 'counter', 'uJ'],
];

const OWN: readonly MetricDefinition[] = [
  { name: 'antireplay.false_reject', kind: 'counter', unit: 'count', help: 'genuine refused' },
  { name: 'gateway.sent', kind: 'counter', unit: 'packets', help: 'sent', labels: ['path', 'to'] },
];

function protocol(name: string, metrics: readonly MetricDefinition[]): Protocol {
  const config = z.strictObject({
    window: z.int().min(64).max(65_536).multipleOf(64).optional(),
    misses: z.int().optional(),
    reserve: z
      .int()
      .refine((bits) => bits % 64 === 0, { message: 'is not a multiple of 64' })
      .optional(),
  });
  return { name, config, metrics } as unknown as Protocol;
}

/** The kinds of forgery of the real gateway, which send nothing here. */
const FORGERIES: Readonly<Record<string, Forgery>> = Object.fromEntries(
  ['opening', 'answer', 'frame', 'interface-down'].map((kind) => [
    kind,
    {
      help: kind,
      port: 1,
      hasLink: kind === 'interface-down',
      ...(kind === 'frame' ? { sizes: { least: 16, most: 9000 } } : {}),
      make: () => () => new Uint8Array(0),
    },
  ]),
);

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ['gateway', { ...protocol('gateway', OWN), forgeries: FORGERIES, addressRole: 'edge' }],
  ['ping', protocol('ping', [])],
  ['scion', { ...protocol('scion', []), generators: [scionTopologyGenerator] }],
]);

/** A registry with three protocols and a handful of metrics. */
export const registry: ProtocolLookup = {
  machine: nodeMachine,
  names: ['gateway', 'ping', 'scion'],
  metrics: METRICS.map(([name, kind, unit]) => ({ name, kind, unit, help: name })),
  protocols: (name) => PROTOCOLS.get(name),
  isShipped: (name) => PROTOCOLS.has(name),
};

/** A temporary folder with `scenarios/` and `topologies/`. */
export class FileFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'orrery-files-'));
  readonly folders: LookupFolders = {
    scenarios: join(this.path, 'scenarios'),
    topologies: join(this.path, 'topologies'),
  };

  constructor() {
    mkdirSync(this.folders.scenarios);
    mkdirSync(this.folders.topologies);
    this.write('topologies/net.yaml', NET);
  }

  /**
   * Writes a file.
   * @returns its absolute path.
   */
  write(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    // Another test file of the same process may have removed the folder of a shared one.
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The text without the marks, and the position of the part between `«` and `»`. */
export function marked(text: string): {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly caret: string;
} {
  const start = text.indexOf('«');
  const caret = text.slice(start + 1, text.indexOf('»'));
  const before = text.slice(0, start).split('\n');
  return {
    text: text.replace('«', '').replace('»', ''),
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    caret,
  };
}
