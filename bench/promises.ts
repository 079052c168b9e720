/**
 * The speeds that the project promises, measured alternately with the calibration loop.
 * docs/requirements.yaml sets their limits, both absolutely and as multiples of the loop.
 *
 * All values are CPU time, except for live traffic, which is timed by the wall clock. This takes two
 * minutes, so it runs only when named; `npm run nightly` names it. On a busy machine the multiples
 * hold, but the absolute figures may not.
 *
 * @module
 */
import { createCryptoProvider, hasSodium } from '../engine/crypto/index.ts';
import { ReplayWindow } from '../nodes/_kit/replay-window.ts';
import { runSeed } from '../runner/run/run-seed.ts';
import { openScenario } from '../scenarios/open/open.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type BenchResult, cpuTimeUs, requireEqual } from './bench-result.ts';
import { inTurnWithLoop, type MeasuredFigure, type Measurement } from './in-turn.ts';
import { LiveLoad } from './workloads/live-load.ts';
import { PipelineRates } from './workloads/pipeline-rates.ts';
import { UnwrapRate } from './workloads/unwrap-rate.ts';

/** Name of this benchmark for `npm run bench -- promises`. */
export const name = 'promises';

const ROUNDS = 5;
const US_PER_MINUTE = 60_000_000;
const NS_PER_US = 1_000;

/** Measures everything alternately with the loop, in several rounds. */
export async function run(): Promise<readonly BenchResult[]> {
  const pipelines = new PipelineRates();
  const live = new LiveLoad();
  const measurements: readonly Measurement[] = [
    await tunnel(),
    replayChecks,
    unwraps(),
    (): Promise<readonly MeasuredFigure[]> => pipelines.take(),
    (): Promise<readonly MeasuredFigure[]> => live.take(),
  ];
  return await inTurnWithLoop(measurements, ROUNDS);
}

/**
 * Runs failover.yaml without its link cuts in virtual time, with both gateways, all routers and the
 * network on one core.
 */
async function tunnel(): Promise<Measurement> {
  const registry = new ProtocolRegistry();
  const changes = { duration: '4s', warmup: '2s', events: '[]' };
  const { scenario } = await openScenario('failover.yaml', changes, registry);
  return () => {
    let delivered = 0;
    const cpuUs = cpuTimeUs(() => {
      const { metrics } = runSeed({ scenario, registry, seed: 1 });
      const throughput = metrics['gateway.throughput'];
      delivered = throughput?.kind === 'counter' ? throughput.value : 0;
    });
    return [tunnelFigure(delivered, cpuUs)];
  };
}

/** The rate of the tunnel, from the number of packets that it delivered in `cpuUs` of CPU time. */
export function tunnelFigure(delivered: number, cpuUs: number): MeasuredFigure {
  // Only two of the four seconds count: in a shorter run the tunnel would not carry anything yet.
  if (delivered < 19_000) throw new Error(`void: only ${delivered} packets were delivered`);
  const value = (delivered / cpuUs) * US_PER_MINUTE;
  return { name: 'tunnel on one core', unit: 'packets/min', value };
}

const CHECKS = 1_000_000;
const WINDOW_BITS = 1_024;
/** Largest number of positions by which a packet arrives late. */
const SPREAD = 500;

/** Checks rising sequence numbers, each up to {@link SPREAD} positions late. */
function replayChecks(): readonly MeasuredFigure[] {
  const window = new ReplayWindow(WINDOW_BITS);
  const sequences = new Float64Array(CHECKS);
  let mixed = 1;
  for (let index = 0; index < CHECKS; index += 1) {
    mixed = (Math.imul(mixed, 1_664_525) + 1_013_904_223) >>> 0;
    sequences[index] = 2 ** 40 + Math.max(0, index - ((mixed >>> 8) % SPREAD));
  }
  let fresh = 0;
  const pass = (): void => {
    for (let index = 0; index < CHECKS; index += 1) {
      if (window.accept(sequences[index] as number) === 'fresh') fresh += 1;
      sequences[index] = (sequences[index] as number) + CHECKS;
    }
  };
  pass();
  const warm = fresh;
  const cpuUs = cpuTimeUs(pass);
  requireEqual('fresh numbers of the second pass', fresh - warm, warm);
  return [checkFigure(cpuUs)];
}

/** The time of one check, from the CPU time of a million checks. */
export function checkFigure(cpuUs: number): MeasuredFigure {
  return { name: 'replay check, reordered', unit: 'ns/check', value: (cpuUs * NS_PER_US) / CHECKS };
}

const CORES = 4;

/** Measures the faster provider with its fastest key exchange. */
function unwraps(): Measurement {
  const rate = hasSodium()
    ? new UnwrapRate(createCryptoProvider('sodium'), 'x25519')
    : new UnwrapRate(createCryptoProvider('node'), 'x25519-kem');
  return () => [unwrapFigure(rate.take())];
}

/** The rate of unwrapping on four cores, from the rate of one core. */
export function unwrapFigure(perCore: number): MeasuredFigure {
  const note = `${Math.round(perCore)}/s on one`;
  return { name: 'unwrap on four cores', unit: 'packets/s', value: CORES * perCore, note };
}
