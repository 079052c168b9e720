/**
 * The adversary's final beliefs, as lists: for each target, which messages it may have become and
 * with which probability; and for each message that ended, who may have sent it
 * (docs/spec/privacy-metrics.md, "Mass propagation").
 *
 * Probabilities are divided by the mass that arrived; the remaining mass is reported beside them.
 *
 * @module
 */
import { NO_NODE, type RunTruth } from '../truth/truth.ts';
import { type NodeMixingModel, propagateMass } from './propagate.ts';

/** The belief about which message a target has become. */
export interface Posterior {
  /** Number of the message that is the target. */
  readonly target: number;
  /** Candidates: messages that ended at a client or provider. */
  readonly messages: Uint32Array;
  /** Their probabilities, sum 1; empty when nothing arrived. */
  readonly p: Float64Array;
  /** Probability mass that has not arrived: still inside a mix, under way, or lost. */
  readonly left: number;
}

/** The targets whose beliefs are computed, and the record and models to compute them from. */
export interface PosteriorInput {
  readonly truth: RunTruth;
  readonly laws: readonly NodeMixingModel[];
  readonly targets: readonly number[];
}

/** The belief about each target, in the given order. */
export function computePosteriors(question: PosteriorInput): readonly Posterior[] {
  const { truth, laws, targets } = question;
  if (targets.length === 0) return [];
  const labels = new Int32Array(truth.messages.count).fill(-1);
  for (const [label, message] of targets.entries()) labels[message] = label;
  const lists = targets.map(() => new Candidates());
  const { delivered } = propagateMass({
    truth,
    labels,
    labelCount: targets.length,
    laws,
    onCandidate: (message, masses) => {
      for (let label = 0; label < masses.length; label += 1) {
        const mass = masses[label] as number;
        if (mass > 0) (lists[label] as Candidates).add(message, mass);
      }
    },
  });
  return targets.map((target, label) => {
    const arrived = delivered[label] ?? 0;
    return { target, ...(lists[label] as Candidates).scaled(arrived), left: 1 - arrived };
  });
}

/** The messages whose senders are guessed, and the record and models to guess from. */
export interface SenderPosteriorInput {
  readonly truth: RunTruth;
  readonly laws: readonly NodeMixingModel[];
  /** True if a message, given by its number, is to be examined. */
  readonly isAsked: (message: number) => boolean;
}

/** For each examined message that ended, the probabilities of its senders, with sum 1. */
export function senderPosteriors({
  truth,
  laws,
  isAsked,
}: SenderPosteriorInput): ReadonlyMap<number, Float64Array> {
  const { sender, count } = truth.messages;
  const numbers = new Map<number, number>();
  const labels = new Int32Array(count).fill(-1);
  for (let message = 0; message < count; message += 1) {
    const from = sender[message] ?? NO_NODE;
    if (laws[from]?.kind !== 'end') continue;
    let label = numbers.get(from);
    if (label === undefined) {
      label = numbers.size;
      numbers.set(from, label);
    }
    labels[message] = label;
  }
  const found = new Map<number, Float64Array>();
  if (numbers.size === 0) return found;
  const onCandidate = (message: number, masses: Float64Array): void => {
    if (isAsked(message)) found.set(message, normalised(masses));
  };
  propagateMass({ truth, labels, labelCount: numbers.size, laws, onCandidate });
  return found;
}

function normalised(masses: Float64Array): Float64Array {
  const sum = masses.reduce((total, mass) => total + mass, 0);
  return masses.map((mass) => mass / sum);
}

/** A growing list of messages and masses. */
class Candidates {
  #messages = new Uint32Array(256);
  #p = new Float64Array(256);
  #count = 0;

  add(message: number, mass: number): void {
    if (this.#count === this.#p.length) {
      const messages = new Uint32Array(this.#count * 2);
      const p = new Float64Array(this.#count * 2);
      messages.set(this.#messages);
      p.set(this.#p);
      this.#messages = messages;
      this.#p = p;
    }
    this.#messages[this.#count] = message;
    this.#p[this.#count] = mass;
    this.#count += 1;
  }

  scaled(total: number): Pick<Posterior, 'messages' | 'p'> {
    return {
      messages: this.#messages.slice(0, this.#count),
      p: this.#p.slice(0, this.#count).map((mass) => mass / total),
    };
  }
}
