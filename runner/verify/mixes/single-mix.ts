/**
 * One mix under Poisson traffic, with the strategies of nodes/mixnet as they run in nodes, and the
 * beliefs of an adversary that sees its inputs and outputs.
 *
 * @module
 */
import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import { type EventHandle, Scheduler } from '../../../engine/core/scheduler.ts';
import type { RandomStream } from '../../../engine/core/stream.ts';
import {
  createMixingStrategy,
  type MixingStrategy,
  mixingConfig,
} from '../../../nodes/mixnet/index.ts';
import { computePosteriors, type Posterior } from '../../../reports/privacy/mass/posterior.ts';
import type { NodeMixingModel } from '../../../reports/privacy/mass/propagate.ts';
import {
  EVENT_ARRIVED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  NO_NODE,
  PURPOSE_CONTENT,
} from '../../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../../reports/privacy/truth/truth-record.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const SECOND = 1e9;
const MIX = 0;
const END = 1;

/** A mix, its traffic, and the messages that are targets of the adversary. */
export interface SingleMixOptions {
  /** Name of the mix, as part of the names of its random streams. */
  readonly name: string;
  /** Options of the strategy, as in a scenario file. */
  readonly mixing: Readonly<Record<string, unknown>>;
  /** Rate of arriving messages, 1/s. */
  readonly rate: number;
  /**
   * Mean of the exponential delay that senders request, s; strategies that choose delays ignore it.
   */
  readonly askedSeconds: number;
  /** The model of the mix that the adversary assumes. */
  readonly law: NodeMixingModel;
  /** Numbers of the messages that are targets. */
  readonly targets: readonly number[];
  /** Total number of messages. */
  readonly messages: number;
}

/** Runs one mix, and computes the adversary's belief about each target. */
export function singleMixPosteriors(
  engine: SeededEngine,
  options: SingleMixOptions,
): readonly Posterior[] {
  const record = new TruthRecorder(['mix', 'end']);
  const bench = new MixBench(engine, options.name, {
    mixing: options.mixing,
    leaves: (item, now): void => {
      record.add(EVENT_DEPARTED, item, MIX, now);
      record.add(EVENT_ARRIVED, item, END, now);
      record.add(EVENT_DELIVERED, item, END, now);
    },
  });
  const gaps = bench.stream('gap');
  const delays = bench.stream('delay');
  const factor = engine.defects.mixes?.delayFactor ?? 1;
  const next = (): void => {
    const item = record.open({ purpose: PURPOSE_CONTENT, sender: NO_NODE, recipient: END });
    record.add(EVENT_ARRIVED, item, MIX, bench.scheduler.now);
    bench.put(item, roundToNanoseconds(delays.exponential(options.askedSeconds * SECOND) * factor));
    if (item + 1 < options.messages) bench.scheduler.after(gapNs(gaps, options.rate), next);
  };
  bench.scheduler.after(gapNs(gaps, options.rate), next);
  bench.scheduler.run();
  const laws = [options.law, { kind: 'end' } as const];
  return computePosteriors({ truth: record.truth(), laws, targets: options.targets });
}

function gapNs(stream: RandomStream, rate: number): number {
  return roundToNanoseconds(stream.exponential(SECOND / rate));
}

/** The strategy of a mix, and a callback for its outputs. */
export interface MixBenchOptions {
  readonly mixing: Readonly<Record<string, unknown>>;
  /** Called for each item that leaves. */
  readonly leaves: (item: number, now: number) => void;
}

/** Runs a strategy with a scheduler, as a node does. */
export class MixBench {
  readonly scheduler = new Scheduler();
  readonly stream: (purpose: string) => RandomStream;
  private readonly mixing: MixingStrategy;
  private readonly leaves: MixBenchOptions['leaves'];
  private wake: EventHandle = 0;
  private wakeAt = Number.POSITIVE_INFINITY;

  constructor(engine: SeededEngine, name: string, options: MixBenchOptions) {
    this.stream = (purpose): RandomStream => engine.stream(`mix/${name}`, purpose);
    this.leaves = options.leaves;
    const asked = mixingConfig.parse({ queueLimit: 1_000_000, ...options.mixing });
    const keepsOneLess = engine.defects.mixes?.keepsOneLess === true;
    const wrong =
      'pool' in asked && keepsOneLess ? { ...asked, pool: Math.max(0, asked.pool - 1) } : asked;
    this.mixing = createMixingStrategy(wrong, this.stream('mixing'));
  }

  /** Number of messages inside the mix. */
  get size(): number {
    return this.mixing.size;
  }

  /** Puts a message into the mix, then lets every message that is due leave. */
  put(item: number, delayNs: number): void {
    this.mixing.put(item, this.scheduler.now, { delayNs });
    this.pump();
  }

  private pump(): void {
    const { now } = this.scheduler;
    let at = this.mixing.nextAt();
    while (at !== undefined && at <= now) {
      for (const item of this.mixing.take(now, 16)) this.leaves(item, now);
      at = this.mixing.nextAt();
    }
    if (at === undefined || at === this.wakeAt) return;
    this.scheduler.cancel(this.wake);
    this.wakeAt = at;
    this.wake = this.scheduler.after(at - now, () => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      this.pump();
    });
  }
}
