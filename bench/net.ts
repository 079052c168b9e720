/**
 * Workloads (b) and (c) on the simulated network: rates, set-up time, memory and allocation
 * (simulation.md 4.2, 4.3, 12).
 *
 * The workloads check their own exact results and throw when one is off.
 *
 * @module
 */
import { type BenchResult, cpuTimeUs, rateOf, spreadOf } from './bench-result.ts';
import { buildChain, runChain } from './chain.ts';
import { RandomNetwork, runRandomNetwork } from './random-network.ts';

export const name = 'net';

const UNIT = 'M packet-hops/s';
const CHAIN_PACKETS = 100_000;
const BYTES_PER_MB = 1_000_000;
const US_PER_S = 1_000_000;
const RUNS = 3;

/** Both workloads. */
export function run(): BenchResult[] {
  return [...chain(), ...randomNetwork()];
}

function chain(): BenchResult[] {
  const rate = rateOf(() => {
    const world = buildChain();
    let count = 0;
    const cpuUs = cpuTimeUs(() => {
      count = runChain(world, CHAIN_PACKETS).packetHops;
    });
    return { count, cpuUs };
  });
  return [{ name: 'chain of 10 hops', unit: UNIT, target: 5, ...rate }];
}

function randomNetwork(): BenchResult[] {
  const rates: number[] = [];
  const setups: number[] = [];
  const memory: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    const worlds: RandomNetwork[] = [];
    setups.push(cpuTimeUs(() => void worlds.push(new RandomNetwork())) / US_PER_S);
    const world = worlds[0] as RandomNetwork;
    let hops = 0;
    const cpuUs = cpuTimeUs(() => {
      hops = runRandomNetwork(world).packetHops;
    });
    rates.push(hops / cpuUs);
    memory.push(process.memoryUsage().rss / BYTES_PER_MB);
  }
  const title = 'random network of 1,000 nodes';
  return [
    { name: title, unit: UNIT, target: 1.4, ...spreadOf(rates) },
    { name: `${title}, set-up`, unit: 'CPU s', target: 1, ...spreadOf(setups) },
    { name: `${title}, resident memory`, unit: 'MB', target: 150, ...spreadOf(memory) },
  ];
}
