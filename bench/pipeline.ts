/**
 * The packet pipeline end to end: valid packets of 2,000 bytes of user data (3,082 bytes with
 * X25519) pass through slots, rings and threads, are unwrapped and checked by the replay filter,
 * and are compared with the expected result.
 *
 * `npm run bench -- pipeline`, on an otherwise idle machine: two workers and the main thread need
 * both cores. The figure that other work disturbs least is the CPU time per packet, all threads
 * together.
 *
 * @module
 */
import { loadavg } from 'node:os';
import { pathToFileURL } from 'node:url';
import {
  type CryptoProviderName,
  createCryptoProvider,
  hasSodium,
} from '../engine/crypto/index.ts';
import { Pipeline, type PipelineOptions } from '../engine/live/pipeline/pipeline.ts';
import { histogramMean, histogramQuantile } from '../engine/measure/histogram.ts';
import type { KeyExchangeOption } from '../nodes/sphinx/index.ts';
import { type BenchResult, spreadOf } from './bench-result.ts';
import { publishedForm } from './published-form.ts';
import { hopParts } from './sphinx.ts';
import { openPace } from './workloads/pace.ts';
import {
  type Load,
  offerAtRate,
  type PipelineLoadResult,
  saturate,
} from './workloads/pipeline-load.ts';
import { TOKENS_PER_RUN_MAX, ValidPackets } from './workloads/valid-packets.ts';

/** Name of this benchmark for `npm run bench -- pipeline`. */
export const name = 'pipeline';

const JOBS = new URL('./workloads/sphinx-job.ts', import.meta.url).href;
/** Packets in the pipeline at saturation: one batch for each of two workers. */
const WINDOW = 256;
/** Share of the target rate of a mode, and of the rate just reached, at which times are measured. */
const LOAD = 0.8;
/** Number of cores for which the rate is projected. */
const CORES_PROJECTED = 4;
/**
 * A round counts as disturbed, and is repeated, if the hypervisor gave more than this share of CPU
 * time to other guests.
 */
const STOLEN_MAX = 0.01;
/**
 * A round also counts as disturbed if a key exchange next to it took this many times its best time.
 */
const SLOWED_MAX = 1.1;
/** For each valid round wanted, at most this many rounds are tried. */
const TRIES = 3;
const US_PER_SECOND = 1_000_000;
const NS_PER_MS = 1_000_000;

/** The sizes of the measurement. */
export interface Sizes {
  /** Number of packets in a round. */
  readonly round: number;
  readonly rounds: number;
  readonly warmUpRounds: number;
  /** Duration of a round at a share of a rate; two such rounds follow each round at saturation. */
  readonly loadedSeconds: number;
  /** Number of different packets. */
  readonly packets: number;
  /** CPU time of each batch when a part of a hop is measured, microseconds. */
  readonly partUs: number;
  /**
   * Number of packets in the round that exceeds the number of slots; half of them are inside at a
   * time.
   */
  readonly overfull: number;
}

const FULL: Sizes = {
  round: 10_000,
  rounds: 5,
  warmUpRounds: 3,
  loadedSeconds: 1,
  packets: 2_048,
  partUs: 100_000,
  overfull: 18_000,
};

/** A key exchange with the provider that computes it. */
export interface Mode {
  readonly title: string;
  readonly crypto: CryptoProviderName;
  readonly exchange: KeyExchangeOption;
  /** Target rate on two cores, packets per second. */
  readonly target: number;
  /** A job of bench/workloads/sphinx-job.ts; default `unwrap`. */
  readonly job?: string;
}

/** Measures each mode, then the rings without work and the cost of a wake-up. */
export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const mode of modes()) {
    const rows = await modeRows(mode, FULL);
    results.push(...rows.map((row) => ({ ...row, name: nameIn(mode, row.name) })));
  }
  results.push(...(await ringRows()));
  return results;
}

/** Makes a unique name, because docs/FIGURES.md selects lines by name. */
function nameIn({ title }: Mode, row: string): string {
  return row.endsWith(title) ? row : `${row}, ${title}`;
}

function modes(): readonly Mode[] {
  const fast = hasSodium() ? 'sodium' : 'node';
  const sodium: Mode = {
    title: 'x25519, sodium',
    crypto: fast,
    exchange: 'x25519',
    target: 17_000,
  };
  return [
    { title: 'x25519, node', crypto: 'node', exchange: 'x25519', target: 14_000 },
    ...(hasSodium() ? [sodium] : []),
    { title: `x25519-kem, ${fast}`, crypto: fast, exchange: 'x25519-kem', target: 21_000 },
  ];
}

/** Measures one mode; throws if a result is wrong, so that no rate is printed then. */
export async function modeRows(mode: Mode, sizes: Sizes): Promise<readonly BenchResult[]> {
  const { title, crypto, exchange, target } = mode;
  const valid = new ValidPackets(createCryptoProvider(crypto), exchange, sizes.packets);
  const {
    saturation: two,
    demanded,
    loaded,
    disturbance,
  } = await measure(mode, valid, { sizes, workers: 2, isLoaded: true });
  const { saturation: one } = await measure(mode, valid, { sizes, workers: 1, isLoaded: false });
  const plain = { sizes, workers: 2, batch: 1, announceEvery: 1, isLoaded: false };
  const { saturation: unbatched } = await measure(mode, valid, plain);
  if (valid.wrong > 0) throw new Error(`void: ${valid.wrong} results are wrong`);
  const perSecond = spreadOf(two.map(({ sent, seconds }) => sent / seconds));
  const perCore = spreadOf(two.map(({ sent, cpuUs }) => (US_PER_SECOND * sent) / cpuUs));
  const baseline = spreadOf(unbatched.map(({ sent, seconds }) => sent / seconds)).value;
  const single = spreadOf(one.map(({ sent, seconds }) => sent / seconds)).value;
  const efficiency = Math.round((100 * perSecond.value) / (2 * single));
  const us = (rate: number): string => (US_PER_SECOND / rate).toFixed(1);
  const main = mainUs(two);
  const projected = Math.min(CORES_PROJECTED * perCore.value, US_PER_SECOND / (main ?? 1));
  return [
    {
      name: `two workers, ${title}`,
      unit: 'wall packets/s',
      ...perSecond,
      target,
      note: `${inPublishedForm(two)}; ${disturbance}`,
    },
    {
      name: '  per core, from CPU time',
      unit: 'packets/s',
      ...perCore,
      note: `${us(perCore.value)} us a packet, ${main?.toFixed(1) ?? '?'} of them the main thread's`,
    },
    {
      name: '  two cores, from CPU time',
      unit: 'packets/s',
      value: 2 * perCore.value,
      target,
      note: 'twice that of one: what they reach when nobody else is there',
    },
    {
      name: '  four cores, projected',
      unit: 'packets/s',
      value: projected,
      target: 25_000,
      note: 'min(4 cores / CPU s per packet, 1 / CPU s of the main thread per packet)',
    },
    {
      name: '  one worker',
      unit: 'wall packets/s',
      value: single,
      note: `two workers are ${efficiency} % of twice as many`,
    },
    {
      name: '  without batches',
      unit: 'wall packets/s',
      value: baseline,
      note: `with batches ${(perSecond.value / baseline).toFixed(2)} x`,
    },
    { name: '  gain by batches', unit: 'x', value: perSecond.value / baseline },
    ...timeRows('saturation', two, { note: `${WINDOW} packets inside` }),
    ...timeRows(`${100 * LOAD} % load`, demanded, {
      target: 1,
      note: `${perSecondOf(demanded)}/s, of ${target} demanded; ${queueTheory(demanded)}`,
    }),
    ...timeRows(`${100 * LOAD} % of saturation`, loaded, { note: queueTheory(loaded) }),
    ...qualityRows(loaded, valid.length),
    ...(await overfullRows(mode, valid, sizes)),
    ...hopParts(createCryptoProvider(crypto), exchange, sizes.partUs),
  ];
}

/**
 * Rounds at saturation and, if requested, at two lower rates. They alternate, because machines
 * change their speed.
 */
interface Rounds {
  readonly saturation: readonly PipelineLoadResult[];
  /** Rounds at a share of the target rate, or of the rate just reached if that is lower. */
  readonly demanded: readonly PipelineLoadResult[];
  /** Rounds at a share of the rate just reached. */
  readonly loaded: readonly PipelineLoadResult[];
  /** How much CPU time the hypervisor gave to others, and how many rounds were tried. */
  readonly disturbance: string;
}

/** A measurement, with the speed of the cores just before and just after it. */
interface Round {
  readonly measured: PipelineLoadResult;
  /** Time of a key exchange, microseconds: the slower of both measurements. */
  readonly exchangeUs: number;
}

/** How to create a pipeline, and what to measure with it. */
type Plan = PipelineOptions & {
  readonly sizes: Sizes;
  readonly workers: number;
  readonly isLoaded: boolean;
};

/**
 * The fastest key exchange in this process, microseconds; it represents the machine at its best.
 */
let bestExchangeUs = Number.POSITIVE_INFINITY;

async function measure(
  { crypto, target, job: jobName = 'unwrap' }: Mode,
  valid: ValidPackets,
  { sizes, isLoaded, ...options }: Plan,
): Promise<Rounds> {
  const pipeline = new Pipeline(options);
  const job = pipeline.open({ moduleUrl: JOBS, job: jobName, crypto }, valid.setup);
  const pace = openPace(pipeline, options.workers, JOBS);
  await pipeline.settled();
  for (let round = 0; round < sizes.warmUpRounds; round += 1) {
    await saturate(nextLoad(pipeline, job, valid), sizes.round, WINDOW);
    await pace();
  }
  let before = await pace();
  const judged = async (measuring: Promise<PipelineLoadResult>): Promise<Round> => {
    const measured = await measuring;
    const after = await pace();
    const exchangeUs = Math.max(before, after);
    bestExchangeUs = Math.min(bestExchangeUs, before, after);
    before = after;
    return { measured, exchangeUs };
  };
  const at = (rate: number): Promise<Round> =>
    judged(
      offerAtRate(nextLoad(pipeline, job, valid), Math.round(rate * sizes.loadedSeconds), rate),
    );
  const full: Round[] = [];
  const demanded: Round[] = [];
  const loaded: Round[] = [];
  const kinds = isLoaded ? [full, demanded, loaded] : [full];
  const hasEnough = (rounds: readonly Round[]): boolean =>
    rounds.filter(isQuiet).length >= sizes.rounds;
  while (!kinds.every(hasEnough) && full.length < TRIES * sizes.rounds) {
    const round = await judged(saturate(nextLoad(pipeline, job, valid), sizes.round, WINDOW));
    full.push(round);
    if (!isLoaded) continue;
    const reached = round.measured.sent / round.measured.seconds;
    demanded.push(await at(LOAD * Math.min(target, reached)));
    loaded.push(await at(LOAD * reached));
  }
  await pipeline.close();
  const best = (rounds: readonly Round[]): readonly Round[] =>
    [...rounds].sort((a, b) => disturbanceOf(a) - disturbanceOf(b)).slice(0, sizes.rounds);
  const used = kinds.map(best);
  const [saturation = [], ...lesser] = used.map((rounds) => rounds.map(({ measured }) => measured));
  return {
    saturation,
    demanded: lesser[0] ?? [],
    loaded: lesser[1] ?? [],
    disturbance: disturbance(used.flat(), sizes.rounds, full.length),
  };
}

/** How much other work affected the rounds that count, as text. */
function disturbance(used: readonly Round[], wanted: number, tried: number): string {
  const stolen = (100 * Math.max(...used.map(stolenOf))).toFixed(1);
  const exchange = Math.max(...used.map(({ exchangeUs }) => exchangeUs)).toFixed(1);
  const best = bestExchangeUs.toFixed(1);
  return (
    `stolen at most ${stolen} %, an exchange at most ${exchange} us (${best} at best) ` +
    `in ${wanted} of ${tried} rounds`
  );
}

const stolenOf = ({ measured }: Round): number => measured.stolen ?? 0;

/** How much other work disturbed a round, as a multiple of the allowed amount. */
function disturbanceOf(round: Round): number {
  const slowed = round.exchangeUs / bestExchangeUs - 1;
  return Math.max(stolenOf(round) / STOLEN_MAX, slowed / (SLOWED_MAX - 1));
}

const isQuiet = (round: Round): boolean => disturbanceOf(round) <= 1;

function perSecondOf(rounds: readonly PipelineLoadResult[]): string {
  return spreadOf(rounds.map(({ sent, seconds }) => sent / seconds)).value.toFixed(0);
}

let nextToken = 0;

function nextLoad(pipeline: Pipeline, job: number, valid: ValidPackets): Load {
  const firstToken = nextToken;
  nextToken += TOKENS_PER_RUN_MAX;
  const settle: Load['settle'] = (token, result) => valid.settle(token, result);
  return { pipeline, job, packets: valid.packets, firstToken, settle };
}

function mainUs(rounds: readonly PipelineLoadResult[]): number | undefined {
  const known = rounds.flatMap(({ mainUs: us, sent }) => (us === undefined ? [] : [us / sent]));
  return known.length === 0 ? undefined : spreadOf(known).value;
}

/** All rounds together in one line. A run with wrong results has thrown before this point. */
function inPublishedForm(rounds: readonly PipelineLoadResult[]): string {
  const sum = (of: (one: PipelineLoadResult) => number): number =>
    rounds.reduce((total, one) => total + of(one), 0);
  const line = publishedForm({
    sent: sum(({ sent }) => sent),
    dropped: sum(({ dropped }) => dropped),
    wrong: 0,
    seconds: sum(({ seconds }) => seconds),
    cpuUs: sum(({ cpuUs }) => cpuUs),
  });
  return `${line}; load ${loadavg()[0]?.toFixed(1)}`;
}

function timeRows(
  when: string,
  rounds: readonly PipelineLoadResult[],
  limit: { readonly target?: number; readonly note: string },
): BenchResult[] {
  const ms = (of: (one: PipelineLoadResult) => number): ReturnType<typeof spreadOf> =>
    spreadOf(rounds.map((one) => of(one) / NS_PER_MS));
  return [
    {
      name: `  processing at ${when}, mean`,
      unit: 'ms',
      ...ms(({ times }) => histogramMean(times.data())),
      ...limit,
    },
    {
      name: `  processing at ${when}, p99`,
      unit: 'ms',
      ...ms(({ times }) => histogramQuantile(times.data(), 0.99)),
    },
  ];
}

/**
 * Mean response time of a queue with fixed service time and two servers (M/D/2), whose waiting time
 * is half that of M/M/2.
 */
function queueTheory(rounds: readonly PipelineLoadResult[]): string {
  const [{ sent, seconds, cpuUs }] = rounds as readonly [PipelineLoadResult];
  const serviceMs = cpuUs / sent / 1_000;
  const busy = (sent / seconds) * (serviceMs / 1_000);
  const load = busy / 2;
  // Erlang C formula for two servers.
  const waits = (2 * load * load) / (1 + load);
  const meanMs = serviceMs * (1 + waits / (4 * (1 - load)));
  return `M/D/2 at ${(100 * load).toFixed(0)} % of two cores: ${meanMs.toFixed(2)} ms`;
}

/** Result lines for the rounds at a share of saturation, the higher of the two loads. */
function qualityRows(loaded: readonly PipelineLoadResult[], length: number): BenchResult[] {
  const sum = (of: (one: PipelineLoadResult) => number): number =>
    loaded.reduce((total, one) => total + of(one), 0);
  const sent = sum((one) => one.sent);
  const dropped = sum((one) => one.dropped);
  const cpuUs = sum((one) => one.cpuUs);
  const batches = sum(({ before, after }) => after.batches - before.batches);
  const poolHits = sum(({ before, after }) => after.poolHits - before.poolHits);
  const poolMisses = sum(({ before, after }) => after.poolMisses - before.poolMisses);
  const hits = (100 * poolHits) / (poolHits + poolMisses);
  const copied = sum(({ before, after }) => after.copiedBytes - before.copiedBytes);
  return [
    {
      name: '  buffers that the pool did not have',
      unit: '%',
      value: 100 - hits,
      target: 15,
      note: `hit rate ${hits.toFixed(1)} %`,
    },
    {
      name: '  bytes copied',
      unit: 'copies/packet',
      value: copied / length / sent,
      target: 1,
      note: `${copied} of ${sent} packets of ${length}`,
    },
    { name: '  drops', unit: '%', value: (100 * dropped) / sent, target: 0.1 },
    {
      name: `  CPU at ${100 * LOAD} % of saturation`,
      unit: 'us/packet',
      value: cpuUs / sent,
      note: `${(sent / batches).toFixed(1)} packets a batch`,
    },
  ];
}

/**
 * Measures a round with more packets in the pipeline than it has slots. The packets that have to wait
 * stay in their own buffers and are copied twice.
 */
async function overfullRows(
  { crypto }: Mode,
  valid: ValidPackets,
  sizes: Sizes,
): Promise<readonly BenchResult[]> {
  const pipeline = new Pipeline({ workers: 2 });
  const job = pipeline.open({ moduleUrl: JOBS, job: 'unwrap', crypto }, valid.setup);
  await pipeline.settled();
  const { sent, before, after } = await saturate(
    nextLoad(pipeline, job, valid),
    sizes.overfull,
    sizes.overfull / 2,
  );
  await pipeline.close();
  const misses = after.poolMisses - before.poolMisses;
  const copied = after.copiedBytes - before.copiedBytes;
  return [
    {
      name: '  buffers made while the queue is full',
      unit: '%',
      value: (100 * misses) / sent,
      target: 15,
      note: `${sizes.overfull / 2} packets inside; ${(copied / valid.length / sent).toFixed(2)} copies/packet`,
    },
  ];
}

/**
 * Measures the rings without work, then one packet at a time, each after a turn of the event loop.
 */
async function ringRows(): Promise<readonly BenchResult[]> {
  const rows: BenchResult[] = [];
  for (const wakeUp of ['port', 'wait-async'] as const) {
    const pipeline = new Pipeline({ workers: 2, wakeUp });
    const address = { moduleUrl: JOBS, job: 'nothing', crypto: 'node' };
    const job = pipeline.open(address, new Uint8Array(0));
    await pipeline.settled();
    const packets = [new Uint8Array(3_082)];
    const load = { pipeline, job, packets, firstToken: 0, settle: (): void => undefined };
    const cost = async (total: number, window: number): Promise<readonly PipelineLoadResult[]> => {
      await saturate(load, total, window);
      const rounds: PipelineLoadResult[] = [];
      for (let i = 0; i < FULL.rounds; i += 1) rounds.push(await saturate(load, total, window));
      return rounds;
    };
    const perPacket = (rounds: readonly PipelineLoadResult[]): ReturnType<typeof spreadOf> =>
      spreadOf(rounds.map(({ cpuUs, sent }) => cpuUs / sent));
    const full = await cost(10 * FULL.round, WINDOW);
    const alone = await cost(FULL.round, 1);
    await pipeline.close();
    const trip = spreadOf(alone.map(({ times }) => histogramMean(times.data()) / 1_000)).value;
    rows.push(
      { name: `rings alone, ${wakeUp}`, unit: 'us/packet', ...perPacket(full) },
      {
        name: `one packet at a time, ${wakeUp}`,
        unit: 'us/packet',
        ...perPacket(alone),
        note: `there and back in ${trip.toFixed(0)} us`,
      },
    );
  }
  return rows;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name: title, value, unit, note = '' } of await run()) {
    console.log(`${title.padEnd(36)}${value.toFixed(2).padStart(10)} ${unit}  ${note}`);
  }
}
