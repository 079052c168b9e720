/**
 * `npm run bench -- chain`: workload (b), packet-hops per CPU second
 * (docs/spec/workloads.md#b-chain-of-ten-hops). The workload checks its own exact results and
 * throws if one is wrong.
 *
 * @module
 */
import { type BenchResult, cpuTimeUs, rateOf } from './bench-result.ts';
import { buildChain, runChain } from './chain.ts';

export const name = 'chain';

const PACKETS = 100_000;

/** All runs share one chain, so that its buffers are pooled after the warm-up. */
export function run(): BenchResult[] {
  const world = buildChain();
  const rate = rateOf(() => {
    let count = 0;
    const cpuUs = cpuTimeUs(() => {
      count = runChain(world, PACKETS).packetHops;
    });
    return { count, cpuUs };
  });
  return [{ name: 'chain of 10 hops', unit: 'M packet-hops/s', target: 5, ...rate }];
}
