/**
 * Gossip: a node trains on its own examples, then averages its model with that of another node, chosen at
 * random (Boyd, Ghosh, Prabhakar, Shah 2006, "Randomized gossip algorithms"; Ormándi, Hegedűs, Jelasity
 * 2013, "Gossip learning with linear models on fully distributed data"). An exchange is one offer and one
 * answer, each with a whole model, after which both nodes have the same model.
 *
 * While a node trains or waits for an answer it accepts no offer, so that both models stay unchanged
 * during an exchange. So an exchange does not change the mean of all models, unless an answer is lost.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { averagePair } from './averaging.ts';

/** The weights of a model that nodes exchange. */
export type GossipModel = Float32Array<ArrayBuffer>;

/** Inputs of a gossip machine. */
export type GossipInput =
  | {
      readonly kind: 'offer' | 'answer';
      readonly from: string;
      readonly exchange: number;
      readonly model: GossipModel;
    }
  /** The partner takes no offer now, or did not get it. */
  | { readonly kind: 'refused'; readonly from: string; readonly exchange: number }
  /** Training has ended; `update` is to be added to the model. */
  | { readonly kind: 'trained'; readonly update: Float32Array };

/** Effects of a gossip machine. Models in them are copies. */
export type GossipEffect =
  | {
      readonly kind: 'offer' | 'answer';
      readonly to: string;
      readonly exchange: number;
      readonly model: GossipModel;
    }
  | { readonly kind: 'refuse'; readonly to: string; readonly exchange: number }
  | { readonly kind: 'train'; readonly model: GossipModel }
  /**
   * An exchange that this node began is over. @param distance Euclidean distance of both models before.
   */
  | { readonly kind: 'averaged'; readonly distance: number }
  /** No answer came in time: the partner may have averaged alone. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'drop'; readonly reason: 'input-length' | 'late-input' | 'malformed' }
  /** All exchanges of this node are done; it still answers offers. */
  | { readonly kind: 'over' };

/** What a {@link GossipMachine} is made from. */
export interface GossipMachineParts {
  readonly model: GossipModel;
  readonly partners: readonly string[];
  /** Number of exchanges that the node begins. */
  readonly rounds: number;
  /** Largest number of times that the node learns; it learns once before each exchange. */
  readonly trainings: number;
  /** Mean time between the end of an exchange and the next, ns. */
  readonly everyNs: Nanoseconds;
  /** How long an answer is waited for, ns. */
  readonly timeoutNs: Nanoseconds;
  readonly random: Random;
  /** True for a double that never takes the mean. */
  readonly keepsOwn?: boolean;
}

type State = 'resting' | 'training' | 'waiting' | 'over';

/** The state machine of a node that averages its model with one partner at a time. */
export class GossipMachine implements StateMachine<GossipInput, GossipEffect> {
  readonly #parts: GossipMachineParts;
  readonly model: GossipModel;
  #state: State = 'resting';
  #untilNs: Nanoseconds;
  #partner = '';
  #exchange = 0;
  #done = 0;
  #trainings = 0;
  /** True if the node has learned since the last exchange that it began. */
  #hasLearned = false;

  /** @param now When the node begins to train. */
  constructor(parts: GossipMachineParts, now: Nanoseconds) {
    this.#parts = parts;
    this.model = parts.model.slice();
    this.#untilNs = now;
  }

  /** Number of exchanges that the node began and that ended with a mean. */
  get done(): number {
    return this.#done;
  }

  step(now: Nanoseconds, input: GossipInput | TimerDue): readonly GossipEffect[] {
    switch (input.kind) {
      case 'timer':
        return now < this.#untilNs ? [] : this.#due(now);
      case 'trained':
        return this.#trained(now, input.update);
      case 'offer':
        return this.#offered(input);
      case 'answer':
        return this.#answered(now, input);
      case 'refused':
        if (this.#isAwaited(input)) this.#rest(now);
        return [];
    }
  }

  nextAt(): Nanoseconds {
    const isTimed = this.#state === 'resting' || this.#state === 'waiting';
    return isTimed ? this.#untilNs : Number.POSITIVE_INFINITY;
  }

  #due(now: Nanoseconds): readonly GossipEffect[] {
    if (this.#state === 'waiting') {
      this.#rest(now);
      return [{ kind: 'lost' }];
    }
    if (this.#state !== 'resting') return [];
    if (this.#hasLearned || this.#trainings >= this.#parts.trainings) return this.#begin(now);
    this.#trainings += 1;
    this.#state = 'training';
    return [{ kind: 'train', model: this.model.slice() }];
  }

  #trained(now: Nanoseconds, update: Float32Array): readonly GossipEffect[] {
    if (this.#state !== 'training') return [];
    this.#hasLearned = true;
    for (let at = 0; at < this.model.length; at += 1) {
      this.model[at] = (this.model[at] as number) + (update[at] as number);
    }
    return this.#begin(now);
  }

  /** Offers the model to a random partner. */
  #begin(now: Nanoseconds): readonly GossipEffect[] {
    const { partners, random, timeoutNs } = this.#parts;
    const partner = partners[random.below(Math.max(1, partners.length))];
    if (partner === undefined) return this.#finish();
    this.#partner = partner;
    this.#exchange += 1;
    this.#state = 'waiting';
    this.#untilNs = now + timeoutNs;
    const { model } = this;
    return [{ kind: 'offer', to: partner, exchange: this.#exchange, model: model.slice() }];
  }

  #offered({
    from,
    exchange,
    model,
  }: Extract<GossipInput, { exchange: number; model: unknown }>): readonly GossipEffect[] {
    const reason = this.#refused(model);
    if (reason !== undefined) return [{ kind: 'drop', reason }];
    const isFree = this.#state === 'over' || (this.#state === 'resting' && this.#isReady);
    if (!isFree) return [{ kind: 'refuse', to: from, exchange }];
    const own = this.model.slice();
    this.#average(model);
    return [{ kind: 'answer', to: from, exchange, model: own }];
  }

  /**
   * True once the first training is over; until then the model contains nothing of this node's examples.
   */
  get #isReady(): boolean {
    return this.#trainings > 0;
  }

  #answered(
    now: Nanoseconds,
    input: Extract<GossipInput, { exchange: number; model: unknown }>,
  ): readonly GossipEffect[] {
    const { model } = input;
    if (!this.#isAwaited(input)) return [{ kind: 'drop', reason: 'late-input' }];
    const reason = this.#refused(model);
    if (reason !== undefined) return [{ kind: 'drop', reason }];
    const distance = distanceOf(this.model, model);
    this.#average(model);
    this.#done += 1;
    this.#hasLearned = false;
    const averaged = { kind: 'averaged', distance } as const;
    if (this.#done >= this.#parts.rounds) return [averaged, ...this.#finish()];
    this.#rest(now);
    return [averaged];
  }

  /** Why a model is refused: one NaN or infinity would spread to all nodes. */
  #refused(model: GossipModel): 'input-length' | 'malformed' | undefined {
    if (model.length !== this.model.length) return 'input-length';
    return model.every(Number.isFinite) ? undefined : 'malformed';
  }

  #average(model: GossipModel): void {
    if (this.#parts.keepsOwn !== true) averagePair(this.model, model.slice());
  }

  #isAwaited({ from, exchange }: { readonly from: string; readonly exchange: number }): boolean {
    return this.#state === 'waiting' && from === this.#partner && exchange === this.#exchange;
  }

  #rest(now: Nanoseconds): void {
    const { random, everyNs } = this.#parts;
    this.#state = 'resting';
    this.#untilNs = now + Math.ceil(random.exponential(everyNs));
  }

  #finish(): readonly GossipEffect[] {
    this.#state = 'over';
    return [{ kind: 'over' }];
  }
}

function distanceOf(a: Float32Array, b: Float32Array): number {
  let square = 0;
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] as number) - (b[at] as number);
    square += difference * difference;
  }
  return Math.sqrt(square);
}
