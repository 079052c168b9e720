/**
 * Loss models (docs/spec/link-model.md#impairments). Each draws the same number of 32-bit words for
 * every packet, so whether packet k is lost does not depend on what happens to other packets.
 *
 * A model starts in its stationary distribution: the first packet draws the first state. The
 * direction drops the packets.
 *
 * @module
 */

import type { RandomStream } from '../../core/stream.ts';
import { exp } from '../../pure/log-exp.ts';
import type { LossSpec } from '../link-spec.ts';

/** Decides for each packet, in the order in which packets enter the pipe, whether it is lost. */
export interface LossModel {
  /** @param now Virtual time, ns; only the time-driven model uses it. */
  isLost(now: number): boolean;
}

/** Creates the loss model that `spec` describes; calls `stream` only if there is something to draw. */
export function createLossModel(spec: LossSpec, stream: () => RandomStream): LossModel {
  switch (spec.kind) {
    case 'bernoulli':
      return new Bernoulli(spec.probability, stream());
    case 'burst':
      return new Gilbert(spec.probability, spec.meanBurst, stream());
    case 'gilbert-elliott':
      return new GilbertElliott(spec, stream());
    case 'gilbert-elliott-time':
      return new GilbertElliottTime(spec, stream());
    case 'trace':
      return new LossTrace(spec.lost, spec.length, spec.atEnd);
  }
}

/** Loses each packet independently; each packet uses two words. */
class Bernoulli implements LossModel {
  private readonly probability: number;
  private readonly stream: RandomStream;

  constructor(probability: number, stream: RandomStream) {
    this.probability = probability;
    this.stream = stream;
  }

  isLost(): boolean {
    return this.stream.chance(this.probability);
  }
}

/** Two states, of which the bad one loses everything; each step uses two words. */
class Gilbert implements LossModel {
  private readonly toBad: number;
  private readonly toGood: number;
  private readonly stream: RandomStream;
  private isBad: boolean;

  constructor(loss: number, burst: number, stream: RandomStream) {
    // r = 1 / B and p = L / (B (1 - L)) (docs/spec/link-model.md#impairments). With L = 1 the
    // channel stays bad.
    this.toGood = loss >= 1 ? 0 : 1 / burst;
    this.toBad = loss >= 1 ? 1 : loss / (burst * (1 - loss));
    this.stream = stream;
    this.isBad = stream.uniform() < loss;
  }

  isLost(): boolean {
    const isLost = this.isBad;
    const u = this.stream.uniform();
    this.isBad = isLost ? u >= this.toGood : u < this.toBad;
    return isLost;
  }
}

/** Two states with a loss probability each; a packet uses two words to decide, then two to step. */
class GilbertElliott implements LossModel {
  private readonly spec: Extract<LossSpec, { kind: 'gilbert-elliott' }>;
  private readonly stream: RandomStream;
  private isBad: boolean;

  constructor(spec: Extract<LossSpec, { kind: 'gilbert-elliott' }>, stream: RandomStream) {
    this.spec = spec;
    this.stream = stream;
    this.isBad = stream.uniform() < spec.p / (spec.p + spec.r);
  }

  isLost(): boolean {
    const { spec, stream } = this;
    const isLost = stream.uniform() < (this.isBad ? spec.lossBad : spec.lossGood);
    const u = stream.uniform();
    this.isBad = this.isBad ? u >= spec.r : u < spec.p;
    return isLost;
  }
}

/**
 * Gilbert-Elliott in continuous time: the state at a packet follows from the elapsed time, so an
 * idle link does not freeze in the bad state. Each packet uses four words: two for the state, then two for the loss.
 */
class GilbertElliottTime implements LossModel {
  private readonly spec: Extract<LossSpec, { kind: 'gilbert-elliott-time' }>;
  private readonly stream: RandomStream;
  private readonly shareBad: number;
  /** The rate at which the influence of the initial state decays, per ns. */
  private readonly forgetting: number;
  private wasBad: boolean;
  private readonly last = new Float64Array(1);

  constructor(spec: Extract<LossSpec, { kind: 'gilbert-elliott-time' }>, stream: RandomStream) {
    this.spec = spec;
    this.stream = stream;
    this.shareBad = spec.meanBadNs / (spec.meanGoodNs + spec.meanBadNs);
    this.forgetting = 1 / spec.meanGoodNs + 1 / spec.meanBadNs;
    this.wasBad = stream.uniform() < this.shareBad;
  }

  isLost(now: number): boolean {
    const elapsed = now - (this.last[0] as number);
    this.last[0] = now;
    // Exact transition of the two-state chain; beyond 600 time constants the past no longer
    // matters.
    const exponent = elapsed * this.forgetting;
    const memory = exponent > 600 ? 0 : exp(-exponent);
    const bad = this.shareBad + ((this.wasBad ? 1 : 0) - this.shareBad) * memory;
    this.wasBad = this.stream.uniform() < bad;
    return this.stream.uniform() < (this.wasBad ? this.spec.lossBad : this.spec.lossGood);
  }
}

/** Loses the packets with given numbers. Draws nothing. */
class LossTrace implements LossModel {
  private readonly lost: ReadonlySet<number>;
  private readonly length: number;
  private readonly atEnd: 'repeat' | 'end';
  private position = 0;

  constructor(lost: readonly number[], length: number, atEnd: 'repeat' | 'end') {
    this.lost = new Set(lost);
    this.length = length;
    this.atEnd = atEnd;
  }

  isLost(): boolean {
    if (this.position >= this.length) return false;
    const isLost = this.lost.has(this.position);
    this.position += 1;
    if (this.position === this.length && this.atEnd === 'repeat') this.position = 0;
    return isLost;
  }
}
