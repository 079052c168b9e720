/**
 * `npm run bench -- beaconing`: control services of 10, 100 and 1,000 ASes, from an empty start until every pair of
 * ASes has a path: processor time, peak memory, and beacons a second of virtual time.
 *
 * 5 % of the ASes are core ASes with at most 8 neighbours. Core ASes pass beacons on every 60 s, 5 of each origin;
 * other ASes every 5 s, 20 in all. Links have no BFD. Signatures are modelled, and in the two smaller sizes also real,
 * with certificates.
 *
 * Each size runs in a separate process, so that its peak memory contains nothing of other sizes.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCalibrationLoop } from '../engine/measure/calibration-loop.ts';
import { prepareSeed } from '../runner/run/assemble-seed.ts';
import { loadScenario } from '../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import type { Scenario } from '../scenarios/model.ts';
import { makeProtocolStackFinder } from '../scenarios/open/nodes.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type BenchResult, cpuTimeUs } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- beaconing`. */
export const name = 'beaconing';

/** Numbers of ASes and of ISDs; an ISD of 100 ASes has 5 core ASes. */
const SIZES = [
  { ases: 10, isds: 1 },
  { ases: 100, isds: 1 },
  { ases: 1_000, isds: 10 },
] as const;
const CONTROL = 'control-service';
const STEPS = 50_000_000;
const US_PER_S = 1e6;
const NS_PER_S = 1e9;
/** Pace of the calibration loop on the machine for which targets are given, millions of steps a second. */
const REFERENCE_PACE = 100;
/** Virtual time after which a network is given up, s. */
const LIMIT_S = 900;

type Signatures = 'modelled' | 'real';

/** What one process has measured. */
interface Taken {
  readonly cpuS: number;
  readonly setupS: number;
  readonly peakMb: number;
  readonly virtualS: number;
  /** Number of beacons that core ASes sent, and number that all other ASes sent. */
  readonly core: number;
  readonly others: number;
  /** Millions of steps of the calibration loop per second of processor time, around the run. */
  readonly pace: number;
}

/** Measures all sizes. */
export function run(): readonly BenchResult[] {
  const sizes = SIZES.map(({ ases }) => ases);
  return [
    ...sizes.flatMap((ases) => linesOf(ases, 'modelled')),
    ...sizes.slice(0, -1).flatMap((ases) => linesOf(ases, 'real')),
  ];
}

function linesOf(ases: number, signatures: Signatures): readonly BenchResult[] {
  const taken = inProcess(ases, signatures);
  const title = `${ases.toLocaleString('en')} ASes, ${signatures} signatures`;
  const targets = ases === 1_000 ? { cpuS: 120, peakMb: 2_048 } : undefined;
  const line = (what: string, unit: string, value: number, target?: number): BenchResult => ({
    name: `${title}, ${what}`,
    ...{ unit, value },
    ...(target === undefined ? {} : { target }),
  });
  const scaled = (taken.cpuS * taken.pace) / REFERENCE_PACE;
  return [
    line('until every pair has a path', 'CPU s', taken.cpuS),
    line('the same at 100 M steps/s', 'CPU s', scaled, targets?.cpuS),
    line('set-up', 'CPU s', taken.setupS),
    line('resident memory', 'MB', taken.peakMb, targets?.peakMb),
    line('virtual time', 's', taken.virtualS),
    line('beacons of core ASes in 60 s', 'beacons', (60 * taken.core) / taken.virtualS),
    line('beacons of others in 5 s', 'beacons', (5 * taken.others) / taken.virtualS),
  ];
}

function inProcess(ases: number, signatures: Signatures): Taken {
  const words = [...process.execArgv, fileURLToPath(import.meta.url), String(ases), signatures];
  const child = spawnSync(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`void: ${ases} ASes ended with ${child.status}`);
  return JSON.parse(child.stdout) as Taken;
}

/** Measures one size, in this process. */
function measure(ases: number, signatures: Signatures): Taken {
  const paceOf = (): number => STEPS / cpuTimeUs(() => runCalibrationLoop(STEPS));
  const before = paceOf();
  const registry = new ProtocolRegistry();
  const scenario = scenarioOf(ases, signatures, registry);
  const cores = new Set(
    scenario.topology.areas.filter((one) => one.attributes?.['core']).map((one) => one.id),
  );
  const stackOf = makeProtocolStackFinder(scenario, registry);
  const statuses: (() => Readonly<Record<string, unknown>>)[] = [];
  let made: ReturnType<typeof prepareSeed> | undefined;
  const setupUs = cpuTimeUs(() => {
    made = prepareSeed({
      ...{ scenario, registry, seed: 1 },
      stackOf: (host) => {
        const [node] = stackOf(host);
        const { protocol } = node;
        if (protocol.name !== CONTROL) return [node];
        const create: typeof protocol.create = (own, setup) => {
          const handle = protocol.create(own, setup);
          statuses.push(() => handle.status?.() ?? {});
          return handle;
        };
        return [{ ...node, protocol: { ...protocol, create } }];
      },
    });
  });
  const { world } = made as unknown as ReturnType<typeof prepareSeed>;
  let virtualS = 0;
  const cpuUs = cpuTimeUs(() => {
    while (
      !isWhole(
        statuses.map((status) => status()),
        cores.size,
      )
    ) {
      virtualS += 1;
      if (virtualS > LIMIT_S) throw new Error(`void: pairs without a path after ${LIMIT_S} s`);
      world.sim.runUntil(virtualS * NS_PER_S);
    }
  });
  const sent = { core: 0, others: 0 };
  for (const { name: host, protocol, area = '' } of scenario.topology.hosts) {
    if (protocol !== CONTROL) continue;
    const metric = world.metrics(host)['control.beacons_sent'];
    sent[cores.has(area) ? 'core' : 'others'] +=
      typeof metric === 'object' && 'value' in metric ? Number(metric.value) : 0;
  }
  return {
    ...sent,
    ...{ cpuS: cpuUs / US_PER_S, setupS: setupUs / US_PER_S, virtualS },
    peakMb: process.resourceUsage().maxRSS / 1_000,
    pace: (before + paceOf()) / 2,
  };
}

/**
 * True if every pair has a path: each core AS has segments from all others, each other AS has some, and is
 * registered with all core ASes from which it has one.
 */
function isWhole(statuses: readonly Readonly<Record<string, unknown>>[], cores: number): boolean {
  if (statuses.length === 0) return false;
  const core = statuses.filter(({ isCore }) => isCore === true);
  const others = statuses.filter(({ isCore }) => isCore !== true);
  const sumOf = (list: typeof statuses, key: string): number =>
    list.reduce((sum, status) => sum + Number(status[key]), 0);
  const isCoreWhole = core.every(({ origins }) => origins === cores - 1);
  const isBelow = others.every(({ origins }) => Number(origins) > 0);
  return isCoreWhole && isBelow && sumOf(others, 'origins') === sumOf(core, 'registrants');
}

function scenarioOf(ases: number, signatures: Signatures, registry: ProtocolRegistry): Scenario {
  const isds = SIZES.find((size) => size.ases === ases)?.isds ?? 1;
  const perIsd = Math.max(1, Math.round((ases / isds) * 0.05));
  const cores = Array.from({ length: isds * perIsd }, (_, index) => {
    const isd = (index % isds) + 1;
    const own = '{ origination: 5s, propagation: 60s, bestSet: 5 }';
    return `  control-${isd}-${Math.floor(index / isds) + 1}: ${own}`;
  });
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bench-'));
  const path = join(folder, 'beaconing.yaml');
  const generate = `kind: scion-internet, ases: ${ases}, isds: ${isds}, core: 5%, neighbours: 8`;
  writeFileSync(
    path,
    `
name: beaconing
topology:
  name: internet
  defaults: { link: { rate: 1Gbit/s, mtu: 1472B } }
  generate: { ${generate}, gateways: false, control: true, shortest: 2ms, longest: 20ms }
duration: ${LIMIT_S}s
warmup: 0s
crypto: ${signatures === 'real' ? 'node' : 'modelled'}
options:
  scion: { bfd: false }
  control-service: { propagation: 5s, registration: 5s, bestSet: 20, signatures: ${signatures} }
${cores.join('\n')}
kpis: { control.lookups: { count: ">= 0" } }
`,
  );
  try {
    return loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [, program, ases, signatures] = process.argv;
if (program === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(measure(Number(ases), signatures as Signatures)));
}
