/**
 * `npm run bench -- scale`: workload (d), networks of a hundred to a hundred thousand nodes: for each
 * size the set-up time, the peak memory, and the processor time of a packet-hop
 * (docs/spec/workloads.md#d-networks-of-any-size); and what a million idle timers cost.
 *
 * Sizes take turns, and each run has a separate process, so that its peak memory contains nothing of other runs.
 * `npm run pictures` draws docs/images/scale.svg from the results.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runCalibrationLoop } from '../engine/measure/calibration-loop.ts';
import { type BenchResult, cpuTimeUs, spreadOf } from './bench-result.ts';
import { RoutedNetwork, type RoutedResult, runRouted } from './routed-network.ts';
import { hold } from './workloads/hold-model.ts';
import { drawInternet, INTERNET_EXPECTED } from './workloads/internet-model.ts';

/** Name of this benchmark for `npm run bench -- scale`. */
export const name = 'scale';

const SIZES = [100, 1_000, 10_000, 100_000] as const;
const ROUNDS = 3;
const STEPS = 50_000_000;
const US_PER_S = 1e6;
const BYTES_PER_MB = 1e6;
const IDLE = 1_000_000;
const HOLDS = 2_000_000;
const PENDING = 10_000;

/** What one process has measured. */
interface Taken {
  readonly setupS: number;
  readonly peakMb: number;
  /** Millions of packet-hops per second of processor time. */
  readonly rate: number;
  /** The rate converted to a machine on which the calibration loop does 100 M steps/s. */
  readonly ratio: number;
}

/** Measures all sizes, and the timers. */
export function run(): readonly BenchResult[] {
  const taken = new Map<number, Taken[]>(SIZES.map((nodes) => [nodes, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const nodes of SIZES) taken.get(nodes)?.push(inProcess(nodes));
  }
  const lines = SIZES.flatMap((nodes) => linesOf(nodes, taken.get(nodes) ?? []));
  const nsOf = (nodes: number): number =>
    1e3 / spreadOf((taken.get(nodes) ?? []).map(({ ratio }) => ratio)).value;
  const factor = nsOf(100_000) / nsOf(100);
  return [
    ...lines,
    {
      name: 'a packet-hop of 100,000 nodes, in those of 100',
      unit: 'times',
      target: 3,
      value: factor,
    },
    ...idleTimers(),
  ];
}

function linesOf(nodes: number, taken: readonly Taken[]): readonly BenchResult[] {
  const title = `${nodes.toLocaleString('en')} nodes`;
  const isLargest = nodes === 100_000;
  const targets = isLargest ? { rate: 0.5, setupS: 10, peakMb: 2_000 } : {};
  const line = (key: 'rate' | 'setupS' | 'peakMb', what: string, unit: string): BenchResult => ({
    name: `${title}${what}`,
    unit,
    ...(targets[key] === undefined ? {} : { target: targets[key] }),
    ...spreadOf(taken.map((one) => one[key])),
  });
  const rate = line('rate', '', 'M packet-hops/s');
  return [
    { ...rate, ratio: spreadOf(taken.map(({ ratio }) => ratio)).value / 100 },
    line('setupS', ', set-up', 'CPU s'),
    line('peakMb', ', resident memory', 'MB'),
  ];
}

function inProcess(nodes: number): Taken {
  const file = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [...process.execArgv, file, String(nodes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`void: ${nodes} nodes ended with ${child.status}`);
  return JSON.parse(child.stdout) as Taken;
}

/** Measures one size, in this process. */
function measure(nodes: number): Taken {
  const paceOf = (): number => STEPS / cpuTimeUs(() => runCalibrationLoop(STEPS));
  const before = paceOf();
  let world: RoutedNetwork | undefined;
  const setupUs = cpuTimeUs(() => {
    world = new RoutedNetwork(drawInternet(nodes));
  });
  const made = world as unknown as RoutedNetwork;
  const expected: Partial<RoutedResult> = {
    delivered: 1_000_000,
    packetHops: made.plannedHops(),
    ...INTERNET_EXPECTED.get(nodes),
  };
  let hops = 0;
  const cpuUs = cpuTimeUs(() => {
    hops = runRouted(`${nodes} nodes`, made, expected).packetHops;
  });
  const pace = (before + paceOf()) / 2;
  const rate = hops / cpuUs;
  const peakMb = process.resourceUsage().maxRSS / 1_000;
  return { setupS: setupUs / US_PER_S, peakMb, rate, ratio: (rate * 100) / pace };
}

/** The hold model with and without a million timers that never fire, measured alternately; and their memory. */
function idleTimers(): readonly BenchResult[] {
  const rate = (idle: number): number => HOLDS / hold(PENDING, HOLDS, idle).cpuUs;
  rate(0);
  const before = memoryKept();
  const kept = hold(PENDING, 1, IDLE, 'keep');
  const after = memoryKept();
  const bytes = after.arrayBuffers - before.arrayBuffers + after.heapUsed - before.heapUsed;
  if (kept.scheduler === undefined) throw new Error('void: the timers are gone');
  const slowdowns = Array.from({ length: 2 * ROUNDS + 1 }, () => {
    const [without, together] = [rate(0), rate(IDLE)];
    return 100 * (without / together - 1);
  });
  return [
    { name: '1,000,000 idle timers, memory', unit: 'MB', target: 64, value: bytes / BYTES_PER_MB },
    {
      name: '1,000,000 idle timers, slowdown of 10,000 pending events',
      unit: '%',
      target: 5,
      ...spreadOf(slowdowns),
    },
  ];
}

/** Memory of this process after garbage collection. */
function memoryKept(): NodeJS.MemoryUsage {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Memory that typed arrays had outside the heap is freed only by the collection after the arrays' own.
  for (let turn = 0; turn < 2; turn += 1) collect();
  return process.memoryUsage();
}

const own = Number(process.argv[2]);
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(measure(own)));
}
