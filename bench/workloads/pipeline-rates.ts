/**
 * The pipeline with one worker and with two, alternately: the CPU time per packet, the rate that
 * four workers would carry, the waiting time at 80 % load, and the gain from a second worker if
 * both really run in parallel.
 *
 * @module
 */
import { createCryptoProvider, hasSodium } from '../../engine/crypto/index.ts';
import { Pipeline } from '../../engine/live/pipeline/pipeline.ts';
import type { PipelineResult } from '../../engine/live/pipeline/submission.ts';
import { DisturbedRound, requireEqual } from '../bench-result.ts';
import type { MeasuredFigure } from '../in-turn.ts';
import { type PipelineLoadResult, saturate } from './pipeline-load.ts';
import { TOKENS_PER_RUN_MAX, ValidPackets } from './valid-packets.ts';

const JOBS = new URL('./sphinx-job.ts', import.meta.url).href;
const DIFFERENT = 64;
const PACKETS = 5_000;
const WARM_UP = 2_000;
/** Packets in the pipeline: one batch for each of two workers. */
const WINDOW = 256;
const WORKERS_PROJECTED = 4;
const LOAD = 0.8;
const US_PER_SECOND = 1_000_000;
const US_PER_MS = 1_000;
/** If two workers really run in parallel, each processes at least this share of the packets. */
const SHARE_MIN = 0.3;

/** A round at saturation, with the number of packets that each worker processed. */
export interface Round {
  readonly measured: Pick<PipelineLoadResult, 'cpuUs' | 'mainUs' | 'sent' | 'seconds'>;
  readonly byWorker: readonly number[];
}

/** Measures the pipeline with one worker and with two. */
export class PipelineRates {
  readonly #crypto = hasSodium() ? 'sodium' : 'node';
  readonly #exchange = hasSodium() ? 'x25519' : 'x25519-kem';
  readonly #valid = new ValidPackets(createCryptoProvider(this.#crypto), this.#exchange, DIFFERENT);
  #runs = 0;

  /** Measures one worker, then two. */
  async take(): Promise<readonly MeasuredFigure[]> {
    const one = await this.#saturated(1);
    const two = await this.#saturated(2);
    requireEqual('wrong results', this.#valid.wrong, 0);
    return pipelineFigures(one, two);
  }

  async #saturated(workers: number): Promise<Round> {
    const pipeline = new Pipeline({ workers });
    const address = { moduleUrl: JOBS, job: 'unwrap', crypto: this.#crypto };
    const job = pipeline.open(address, this.#valid.setup);
    await pipeline.settled();
    const byWorker = new Array<number>(workers).fill(0);
    const settle = (token: number, result: PipelineResult): void => {
      byWorker[result.worker] = (byWorker[result.worker] ?? 0) + 1;
      this.#valid.settle(token, result);
    };
    const firstToken = TOKENS_PER_RUN_MAX * this.#runs;
    this.#runs += 1;
    const load = { pipeline, job, packets: this.#valid.packets, firstToken, settle };
    await saturate(load, WARM_UP, WINDOW);
    byWorker.fill(0);
    const later = { ...load, firstToken: firstToken + WARM_UP };
    const measured = await saturate(later, PACKETS, WINDOW);
    await pipeline.close();
    return { measured, byWorker };
  }
}

/**
 * The figures of two rounds. Throws a {@link DisturbedRound} if the two workers took turns instead
 * of running in parallel.
 */
export function pipelineFigures(one: Round, two: Round): readonly MeasuredFigure[] {
  const total = two.byWorker.reduce((sum, count) => sum + count, 0);
  const least = Math.min(...two.byWorker) / total;
  if (two.byWorker.length !== 2 || least < SHARE_MIN) {
    throw new DisturbedRound(`void: the workers did ${two.byWorker.join(' and ')} of the packets`);
  }
  const [oneUs, twoUs] = [one, two].map(({ measured }) => measured.cpuUs / measured.sent) as [
    number,
    number,
  ];
  const mainUs = two.measured.mainUs === undefined ? 0 : two.measured.mainUs / two.measured.sent;
  const projected = Math.min(WORKERS_PROJECTED / twoUs, 1 / mainUs) * US_PER_SECOND;
  const busy = two.measured.cpuUs / US_PER_SECOND / two.measured.seconds;
  const rate = ({ measured }: Round): number => measured.sent / measured.seconds;
  const byWall = rate(two) / (2 * rate(one));
  return [
    {
      name: 'pipeline on four workers',
      unit: 'packets/s',
      value: projected,
      note: `min(4 / ${twoUs.toFixed(1)} us, 1 / ${mainUs.toFixed(1)} us of the main thread)`,
    },
    {
      name: 'processing at 80 % load of two cores',
      unit: 'ms/packet',
      value: processingMs(twoUs / US_PER_MS),
      note: 'work by CPU time, waiting by M/D/2',
    },
    {
      name: 'second worker by CPU time',
      unit: '%',
      value: (100 * oneUs) / twoUs,
      ratio: oneUs / twoUs,
      note: `by the wall ${(100 * byWall).toFixed(0)} %`,
    },
    {
      name: 'cores busy with two workers',
      unit: 'cores',
      value: busy,
      ratio: busy / 2,
      note: `${two.byWorker.join(' and ')} packets`,
    },
  ];
}

/**
 * Mean processing time of a packet at {@link LOAD} on two servers (M/D/2), whose waiting time is
 * half of that by Erlang C.
 */
function processingMs(workMs: number): number {
  const waits = (2 * LOAD * LOAD) / (1 + LOAD);
  return workMs * (1 + waits / (4 * (1 - LOAD)));
}
