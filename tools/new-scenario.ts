/**
 * `npm run new:scenario NAME` writes a topology and a scenario as a starting point for a new
 * question, with comments that say what else can stand there, and the defects that turn its limits
 * red. It runs and passes at once. The command overwrites no file.
 *
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doublesText } from './new-protocol/protocol-texts.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const BAD_ARGUMENT = 2;

/** The files of a new scenario as texts by their paths. */
export function scenarioFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    [`topologies/${name}.yaml`, topologyText(name)],
    [`scenarios/${name}.yaml`, scenarioText(name)],
    [`test/scenarios/doubles/${name}.ts`, doublesText({ file: name, protocol: 'ping' })],
  ]);
}

function topologyText(name: string): string {
  return `# yaml-language-server: $schema=../schemas/topology.schema.json
# A network: nodes and what connects them (docs/spec/topology-files.md).
name: ${name}
description: Two nodes that send pings to each other over one link.

# Each node runs a protocol; README.md lists them. Quantities have units.
nodes:
  - { name: alice, run: ping }
  - { name: bob, run: ping }

# A link may also have loss: 1%, jitter: 1ms, queue: 100packets (docs/spec/link-model.md).
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms, mtu: 1500B }
`;
}

function scenarioText(name: string): string {
  return `# yaml-language-server: $schema=../schemas/scenario.schema.json
# A question about a network, with the limits that answer it (docs/spec/scenario-files.md).
name: ${name}
question: Do replies come back, and is the round trip twice the delay of the link?
topology: ${name}.yaml

# Virtual time, which passes as fast as the machine computes. Nothing of the warm-up is measured.
duration: 10s
warmup: 1s

# Who sends what. Other kinds: poisson, on-off, trace, flows, request-response, file.
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }

# What breaks. This cuts the link for 100 ms, and delivery falls below its limit:
# events:
#   - { at: 5s, for: 100ms, link: alice--bob, set: { up: false } }

# What has to hold; the run ends in PASS or FAIL, and with exit code 0 or 1.
# All metrics: npm run scenario -- --list-metrics
kpis:
  ping.rtt:      { p50: ">= 10ms", p95: "<= 12ms" }
  ping.delivery: { value: ">= 99%" }

# What to compare, by npm run sweep ${name}.yaml:
# sweep:
#   topology.links.0.delay: [5ms, 6ms, 7ms]
`;
}

/** Writes all files; returns their paths, or a text that says why it cannot. */
function createScenario(name: string): readonly string[] | string {
  const files = scenarioFiles(name);
  const taken = [...files.keys()].filter((path) => existsSync(join(ROOT, path)));
  if (taken.length > 0) return `there already: ${taken.join(', ')}`;
  for (const [path, text] of files) writeFileSync(join(ROOT, path), text);
  return [...files.keys()];
}

function main(name: string | undefined): number {
  const outcome =
    name === undefined || !NAME.test(name)
      ? 'npm run new:scenario NAME   a name in lower case, for example my-question'
      : createScenario(name);
  if (typeof outcome === 'string') {
    console.error(outcome);
    return BAD_ARGUMENT;
  }
  for (const path of outcome) console.log(path);
  console.log(`\nIt works as it is: npm run scenario ${name}.yaml`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv[2]);
