/**
 * `npm run bench -- random-network`: workload (c), packet-hops per CPU second, set-up time and
 * resident memory (docs/spec/workloads.md#c-random-network). The workload checks its own exact
 * results and throws if one is wrong.
 *
 * @module
 */
import { type BenchResult, cpuTimeUs, spreadOf } from './bench-result.ts';
import { randomNetwork, runRandomNetwork } from './random-network.ts';

export const name = 'random-network';

const BYTES_PER_MB = 1_000_000;
const US_PER_S = 1_000_000;
const RUNS = 5;
const TITLE = 'random network of 1,000 nodes';

/** The cost of one run. */
interface Taken {
  readonly rate: number;
  readonly setupS: number;
  readonly memoryMb: number;
}

/**
 * Measures several runs, each of which builds its own network. The memory is that of the process
 * after the first run.
 */
export function run(): BenchResult[] {
  const first = once();
  const runs = Array.from({ length: RUNS }, once);
  return [
    {
      name: TITLE,
      unit: 'M packet-hops/s',
      target: 1.4,
      ...spreadOf(runs.map(({ rate }) => rate)),
    },
    { name: `${TITLE}, set-up`, unit: 'CPU s', target: 1, ...spreadOf(runs.map((r) => r.setupS)) },
    { name: `${TITLE}, resident memory`, unit: 'MB', target: 150, value: first.memoryMb },
  ];
}

function once(): Taken {
  const before = process.cpuUsage();
  const world = randomNetwork();
  const used = process.cpuUsage(before);
  let hops = 0;
  const cpuUs = cpuTimeUs(() => {
    hops = runRandomNetwork(world).packetHops;
  });
  return {
    rate: hops / cpuUs,
    setupS: (used.user + used.system) / US_PER_S,
    memoryMb: process.memoryUsage().rss / BYTES_PER_MB,
  };
}
