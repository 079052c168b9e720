/**
 * What one simulation could gain from a second thread, before anybody writes it (ADR 0065): 10,000 nodes of a
 * mixnet, cut in two; how evenly each window's events divide between the halves, how long two threads take to wait for
 * each other (a meeting), and how much slower a run becomes while another run goes on.
 *
 * `npm run bench -- two-threads`, six minutes on an otherwise idle machine.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { NetworkObserver } from '../engine/net/direction-context.ts';
import { SimWorld, type SimWorldOptions } from '../engine/net/sim-world.ts';
import { joinNetworkObservers } from '../runner/recording/join-network-observers.ts';
import { assembleSeedOnNetwork } from '../runner/run/assemble-seed.ts';
import { loadScenario } from '../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { type BenchResult, requireEqual, spreadOf } from './bench-result.ts';
import { type Arrivals, cutsOf, figuresOf } from './workloads/cuts.ts';
import type { RunTimes } from './workloads/run-once.ts';

/** Name of this benchmark for `npm run bench -- two-threads`. */
export const name = 'two-threads';

const SCENARIO = fileURLToPath(new URL('./workloads/ten-thousand.yaml', import.meta.url));
const ONCE = fileURLToPath(new URL('./workloads/run-once.ts', import.meta.url));
const ROUNDS = 2;
const MEETINGS = 20_000;
const US_PER_MS = 1_000;
const PERCENT = 100;

/** Records the arrivals of a run, then measures its pace alone and beside a second run. */
export async function run(): Promise<readonly BenchResult[]> {
  const network = arrivalsOf();
  const figures = cutsOf(network).map((cut) => figuresOf(network, cut));
  figures.sort((a, b) => a.longerShare - b.longerShare);
  const [best] = figures;
  if (best === undefined) throw new Error('void: no cut');
  const meetingUs = await meetings();
  const rounds: { readonly alone: RunTimes; readonly beside: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [alone] = await runs(1);
    const pair = await runs(2);
    if (alone === undefined) throw new Error('void: no run');
    const longer = Math.max(...pair.map(({ engineMs }) => engineMs));
    rounds.push({ alone, beside: longer / alone.engineMs });
  }
  const beside = spreadOf(rounds.map((one) => one.beside));
  const alone = spreadOf(rounds.map((one) => one.alone.engineMs));
  const setUp = spreadOf(rounds.map((one) => one.alone.wallMs - one.alone.engineMs));
  const gain = (share: number): number => {
    const ms = alone.value * share * beside.value + (best.windows * meetingUs) / US_PER_MS;
    return alone.value / ms;
  };
  const own = gain(best.longerShare);
  const whole = alone.value + setUp.value;
  return [
    { name: 'packets that arrive', unit: '', value: network.at.length },
    { name: 'longer half, best of four cuts', unit: '%', value: PERCENT * best.longerShare },
    { name: '  packets between the halves', unit: '%', value: PERCENT * best.crossingShare },
    { name: '  windows', unit: '', value: best.windows },
    { name: 'a meeting of two threads', unit: 'us', value: meetingUs },
    { name: 'events of a run alone', unit: 'ms', ...alone },
    { name: '  beside another', unit: 'x alone', ...beside },
    { name: 'speed of two threads, perfect cut', unit: 'x one', value: gain(1 / 2) },
    { name: 'speed of two threads, best cut', unit: 'x one', value: own },
    { name: '  whole run', unit: 'x one', value: whole / (setUp.value + alone.value / own) },
  ];
}

/** A world with one more observer besides that of the run. */
class WatchedWorld extends SimWorld {
  readonly #own: NetworkObserver;

  constructor(parts: SimWorldOptions, own: NetworkObserver) {
    super(parts);
    this.#own = own;
    this.observer = undefined;
  }

  override set observer(given: NetworkObserver | undefined) {
    super.observer = given === undefined ? this.#own : joinNetworkObservers([this.#own, given]);
  }
}

/** Runs the scenario and notes each packet that arrives. */
function arrivalsOf(): Arrivals {
  const registry = new ProtocolRegistry();
  const scenario = loadScenario({ path: SCENARIO, folders: SHIPPED_FILE_FOLDERS, registry });
  const at: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const delays = new Map<string, Arrivals['links'][number]>();
  const ignore = (): void => undefined;
  const { experiment, world } = assembleSeedOnNetwork({ scenario, registry, seed: 1 }, (parts) => {
    const watched: WatchedWorld = new WatchedWorld(parts, {
      onOffered: ignore,
      onStarted: ignore,
      onDropped: ignore,
      onDelivered: ({ linkId, fromNode, toNode, pace }): void => {
        at.push(watched.scheduler.now);
        from.push(fromNode);
        to.push(toNode);
        if (!delays.has(linkId)) {
          delays.set(linkId, { a: fromNode, b: toNode, delayNs: pace.delayNs });
        }
      },
    });
    return watched;
  });
  experiment.prepare();
  world.sim.runUntil(experiment.overNs);
  const nodes = scenario.topology.hosts.length;
  // Links that carried no packet are missing; they would not make windows shorter, as all links have the same delay.
  return { nodes, links: [...delays.values()], at, from, to };
}

/** Runs the scenario in processes of their own, side by side. */
async function runs(count: number): Promise<readonly RunTimes[]> {
  const done = await Promise.all(Array.from({ length: count }, () => once()));
  for (const { fingerprint } of done)
    requireEqual('fingerprint', fingerprint, done[0]?.fingerprint ?? '');
  return done;
}

function once(): Promise<RunTimes> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ONCE, SCENARIO], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as RunTimes);
      else reject(new Error(`a run ended with ${code}`));
    });
  });
}

/** Code of the other thread of a meeting: it waits for an odd number, and stores the even number after that. */
const PARTNER = `
const { workerData } = require('node:worker_threads');
const words = new Int32Array(workerData.buffer);
for (let at = 0; at < workerData.meetings; at += 1) {
  while (Atomics.load(words, 0) !== 2 * at + 1) Atomics.wait(words, 0, 2 * at);
  Atomics.store(words, 0, 2 * at + 2);
  Atomics.notify(words, 0);
}
`;

/** Measures a meeting, in which two threads wait for each other at the end of a window, us. */
async function meetings(): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { buffer: words.buffer, meetings: MEETINGS };
  const partner = new Worker(PARTNER, { eval: true, workerData });
  await new Promise((resolve) => partner.once('online', resolve));
  const began = performance.now();
  for (let at = 0; at < MEETINGS; at += 1) {
    Atomics.store(words, 0, 2 * at + 1);
    Atomics.notify(words, 0);
    while (Atomics.load(words, 0) !== 2 * at + 2) Atomics.wait(words, 0, 2 * at + 1);
  }
  const ms = performance.now() - began;
  await partner.terminate();
  return (ms * US_PER_MS) / MEETINGS;
}
