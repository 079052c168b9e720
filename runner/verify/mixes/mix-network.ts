/**
 * A network of mixes without packets, in which only the mix and the times of each message matter, for
 * the checks of privacy measures (docs/VERIFICATION.md#privacy-published-theory-measured). Time and
 * order come from the engine's scheduler, draws from its streams; events are written into a `RunTruth`,
 * which the estimators of reports/privacy read.
 *
 * The network is stratified: every message takes one mix of each layer, drawn uniformly or by weight.
 * Mixes delay each message independently. There is no loss, no cryptography and no client: one Poisson
 * source sends all messages.
 *
 * @module
 */
import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import { type EventHandler, Scheduler } from '../../../engine/core/scheduler.ts';
import type { RandomStream } from '../../../engine/core/stream.ts';
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  NO_NODE,
  PURPOSE_CONTENT,
  PURPOSE_COVER,
  type RunTruth,
} from '../../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../../reports/privacy/truth/truth-record.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const SECOND = 1e9;
/** Kinds of events in the scheduler. */
const SEND = 1;
const ARRIVE = 2;
const DEPART = 3;
const DUMMY = 4;

/** Dummies: cover traffic that mixes create. */
export interface Dummies {
  /** Rate of each mix that is not in the last layer, 1/s. */
  readonly perMixRate: number;
  /** Where a dummy ends: with `link` in the next layer, with `partial` in the last layer. */
  readonly route: 'link' | 'partial';
}

/** The network and its traffic. */
export interface MixNetworkOptions {
  /** Name of the network, as part of the names of its random streams. */
  readonly name: string;
  readonly layers: number;
  readonly width: number;
  /** Rate of all messages, 1/s. */
  readonly rate: number;
  /** Mean delay of a mix, s. */
  readonly meanSeconds: number;
  /** Distribution of the delay of a mix; exponential if absent. */
  readonly delay?: 'exponential' | 'uniform';
  /** Delay of every link, s; two numbers: uniform between them. */
  readonly linkSeconds: number | readonly [number, number];
  /**
   * Number of corrupt mixes in each layer, which are its first mixes; used here only for the routes of
   * targets.
   */
  readonly corruptPerLayer?: number;
  /** For each layer, its mixes' shares of the traffic; uniform if absent. */
  readonly shares?: readonly (readonly number[])[];
  readonly dummies?: Dummies;
}

/** Which messages of a mix network the adversary tries to trace. */
export interface TargetPlan {
  /** Time before the first target, s. */
  readonly warmupSeconds: number;
  /** Time between two targets, s. */
  readonly gapSeconds: number;
  /**
   * For each target: the number of corrupt mixes with which its route starts. The next mix is then
   * honest, and later mixes are drawn as for any message. Undefined if the route is not forced.
   */
  readonly corruptFirst: readonly (number | undefined)[];
  /** Time after the last target, s. */
  readonly drainSeconds: number;
}

/** The result of a run. */
export interface MixNetworkResult {
  readonly truth: RunTruth;
  /** Message numbers of the targets. */
  readonly targets: readonly number[];
}

/**
 * Index of the node at which all messages end; the index of a mix is layer * width + its number in the
 * layer.
 */
export function recipientNodeIndex({ layers, width }: MixNetworkOptions): number {
  return layers * width;
}

/** Runs a network of mixes and returns the record of its messages. */
export function runMixes(
  engine: SeededEngine,
  options: MixNetworkOptions,
  plan: TargetPlan,
): MixNetworkResult {
  return new MixNetwork(engine, options, plan).run();
}

class MixNetwork implements EventHandler {
  private readonly options: MixNetworkOptions;
  private readonly plan: TargetPlan;
  private readonly scheduler = new Scheduler(this);
  private readonly record: TruthRecorder;
  private readonly targets: number[] = [];
  /** For each target with a forced route, the number of corrupt mixes at the start of the route. */
  private readonly forced = new Map<number, number>();
  private readonly gaps: RandomStream;
  private readonly routes: RandomStream;
  private readonly delays: RandomStream;
  private readonly links: RandomStream;
  private readonly dummies: RandomStream;
  /** For each message, its present mix and the layer at which it ends. */
  private mix = new Uint16Array(65_536);
  private last = new Uint8Array(65_536);
  private readonly meanNs: number;
  private readonly sourceNs: number;
  private readonly end: number;
  private readonly isCascade: boolean;
  private readonly shares: MixNetworkOptions['shares'];

  constructor(engine: SeededEngine, options: MixNetworkOptions, plan: TargetPlan) {
    const { name, layers, width, meanSeconds, rate } = options;
    const stream = (purpose: string): RandomStream => engine.stream(`mixes/${name}`, purpose);
    const defects = engine.defects.mixes ?? {};
    const { isUniform = false, isCascade = false, delayFactor = 1 } = defects;
    this.options = isUniform ? { ...options, delay: 'uniform' } : options;
    this.isCascade = isCascade;
    this.shares = defects.hasNoWeights === true ? undefined : options.shares;
    this.plan = plan;
    this.gaps = stream('gap');
    this.routes = stream('route');
    this.delays = stream('delay');
    this.links = stream('link');
    this.dummies = stream('dummy');
    this.end = recipientNodeIndex(options);
    this.meanNs = meanSeconds * SECOND * delayFactor;
    this.sourceNs = SECOND / rate;
    const nodes = Array.from({ length: layers * width + 1 }, (_, i) => `mix-${i}`);
    this.record = new TruthRecorder(nodes);
  }

  run(): MixNetworkResult {
    const { scheduler, plan } = this;
    this.postSend();
    this.startDummies();
    const span = plan.gapSeconds * plan.corruptFirst.length;
    scheduler.runUntil(
      roundToNanoseconds((plan.warmupSeconds + span + plan.drainSeconds) * SECOND),
    );
    return { truth: this.record.truth(), targets: this.targets };
  }

  // hot: 2 L + 2 events per message.
  fire(kind: number, target: number): void {
    switch (kind) {
      case SEND:
        this.send();
        return;
      case ARRIVE:
        this.arrive(target);
        return;
      case DEPART:
        this.depart(target);
        return;
      default:
        this.dummy(target);
    }
  }

  private postSend(): void {
    this.scheduler.post(roundToNanoseconds(this.gaps.exponential(this.sourceNs)), SEND, 0);
  }

  private send(): void {
    const message = this.record.open({
      purpose: PURPOSE_CONTENT,
      sender: NO_NODE,
      recipient: this.end,
    });
    this.grow(message);
    const { now } = this.scheduler;
    const number = this.targets.length;
    const due = (this.plan.warmupSeconds + number * this.plan.gapSeconds) * SECOND;
    if (now >= due && number < this.plan.corruptFirst.length) {
      this.targets.push(message);
      const forced = this.plan.corruptFirst[number];
      if (forced !== undefined) this.forced.set(message, forced);
    }
    this.last[message] = this.options.layers - 1;
    this.mix[message] = this.place(message, 0);
    this.scheduler.post(this.linkNs(), ARRIVE, message);
    this.postSend();
  }

  /**
   * Chooses the mix of a layer that gets a message; at the start of a forced route this is a corrupt
   * mix, and next an honest one.
   */
  private place(message: number, layer: number): number {
    const { width, corruptPerLayer = 0 } = this.options;
    const forced = this.forced.get(message) ?? -1;
    const at = layer * width;
    if (layer > forced) return at + this.among(layer, 0, width);
    const isCorrupt = layer < forced;
    const place = isCorrupt
      ? this.among(layer, 0, corruptPerLayer)
      : this.among(layer, corruptPerLayer, width);
    return at + place;
  }

  /**
   * Draws one of the mixes of a layer from `first` up to but excluding `end`, by their shares of the
   * traffic.
   */
  private among(layer: number, first: number, end: number): number {
    const shares = this.shares?.[layer];
    if (shares === undefined) return first + this.routes.below(end - first);
    let rest = 0;
    for (let place = first; place < end; place += 1) rest += shares[place] as number;
    rest *= this.routes.uniform();
    for (let place = first; place < end - 1; place += 1) {
      rest -= shares[place] as number;
      if (rest < 0) return place;
    }
    return end - 1;
  }

  private arrive(message: number): void {
    const { now } = this.scheduler;
    const node = this.mix[message] as number;
    this.record.add(EVENT_ARRIVED, message, node, now);
    if (node === this.end) {
      this.record.add(EVENT_DELIVERED, message, node, now);
      return;
    }
    const layer = Math.floor(node / this.options.width);
    if (layer > (this.last[message] as number)) {
      this.record.add(EVENT_ABSORBED, message, node, now);
      return;
    }
    this.scheduler.post(this.delayNs(), DEPART, message);
  }

  private depart(message: number): void {
    const node = this.mix[message] as number;
    this.record.add(EVENT_DEPARTED, message, node, this.scheduler.now);
    this.mix[message] = this.next(message, node);
    this.scheduler.post(this.linkNs(), ARRIVE, message);
  }

  private next(message: number, node: number): number {
    const { layers, width } = this.options;
    const layer = Math.floor(node / width) + 1;
    if (layer === layers) return this.end;
    return this.isCascade ? node + width : this.place(message, layer);
  }

  private startDummies(): void {
    const { layers, width, dummies } = this.options;
    if (dummies === undefined) return;
    for (let mix = 0; mix < (layers - 1) * width; mix += 1) this.postDummy(mix, dummies);
  }

  private postDummy(mix: number, { perMixRate }: Dummies): void {
    this.scheduler.post(
      roundToNanoseconds(this.dummies.exponential(SECOND / perMixRate)),
      DUMMY,
      mix,
    );
  }

  /** Creates a dummy, which is delayed in its mix like any message. */
  private dummy(mix: number): void {
    const { layers, width, dummies } = this.options;
    if (dummies === undefined) return;
    const message = this.record.open({ purpose: PURPOSE_COVER, sender: mix, recipient: NO_NODE });
    this.grow(message);
    const layer = Math.floor(mix / width);
    this.mix[message] = mix;
    // A dummy ends on arrival in the layer after `last`.
    this.last[message] = dummies.route === 'link' ? layer : layers - 2;
    this.record.add(EVENT_ARRIVED, message, mix, this.scheduler.now);
    this.scheduler.post(this.delayNs(), DEPART, message);
    this.postDummy(mix, dummies);
  }

  private delayNs(): number {
    if (this.options.delay === 'uniform') {
      return roundToNanoseconds(2 * this.meanNs * this.delays.uniform());
    }
    return roundToNanoseconds(this.delays.exponential(this.meanNs));
  }

  private linkNs(): number {
    const { linkSeconds } = this.options;
    if (typeof linkSeconds === 'number') return roundToNanoseconds(linkSeconds * SECOND);
    const [low, high] = linkSeconds;
    return roundToNanoseconds((low + (high - low) * this.links.uniform()) * SECOND);
  }

  private grow(message: number): void {
    if (message < this.mix.length) return;
    const mix = new Uint16Array(this.mix.length * 2);
    const last = new Uint8Array(this.last.length * 2);
    mix.set(this.mix);
    last.set(this.last);
    this.mix = mix;
    this.last = last;
  }
}
