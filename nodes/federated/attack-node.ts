/**
 * Federated learning: attacks by a curious aggregator. It rebuilds examples from updates and sums, and
 * guesses from the last model which examples the clients have learned from. The experiment counts
 * whether guesses are right; the attacker does not learn it.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import { decodeUpdateSum, type UpdateSum } from './aggregator/mean.ts';
import type {
  MembershipAdvantages,
  MembershipAttackInput,
  ShadowModel,
  TrainShadowModelInput,
} from './attack/membership-job.ts';
import type { FederatedOptions } from './config.ts';
import { clientExamples, modelOfFederation, type NodeDataSource } from './learn/data.ts';
import { inputFromFirstLayerGradient } from './learn/input-from-gradient.ts';
import { membershipAdvantageBound, type PrivacyGuarantee } from './learn/membership.ts';
import { type Examples, joinExamples, type ModelName } from './learn/model.ts';

/**
 * A rebuilt example counts as right if its distance from the true example is at most this share of the
 * true example's norm.
 */
const RIGHT_WITHIN = 0.01;
const KEY_BYTES = 32;

/** What a {@link PrivacyAttack} is made from. */
export interface PrivacyAttackParts {
  readonly host: Host;
  readonly options: FederatedOptions;
  readonly source: NodeDataSource;
  /** All clients. */
  readonly clients: readonly string[];
  /** Examples from which no client learns. */
  readonly others: Examples;
  /** Weights with which every model of the federation starts. */
  readonly first: Float32Array;
}

/** What an aggregator sees of some clients: the sum of their updates, or the update of one. */
export interface SeenUpdateSum {
  readonly clients: readonly string[];
  readonly sum: UpdateSum;
}

/** Runs attacks on privacy with what an aggregator sees: inversion and membership inference. */
export class PrivacyAttack {
  readonly #parts: PrivacyAttackParts;
  readonly #examples = new Map<string, Examples>();

  constructor(parts: PrivacyAttackParts) {
    this.#parts = parts;
  }

  /** Tries to rebuild each client's first example from what is seen in a round; counts right guesses. */
  invert(seen: readonly SeenUpdateSum[]): void {
    const { host, options } = this.#parts;
    if (options.attack?.inversion !== true) return;
    const rebuilt = host.meter.counter('federated.attack.rebuilt');
    const looked = host.meter.counter('federated.attack.looked');
    for (const { clients, sum } of seen) {
      const guess = this.#guess(sum);
      const isFound = (client: string): boolean =>
        guess !== undefined && isSame(guess, this.#examplesOf(client));
      rebuilt.add(clients.filter(isFound).length);
      looked.add(clients.length);
    }
  }

  /**
   * Guesses, after the last round, which examples the clients have learned from.
   * @param guarantee The guarantee of differential privacy, which bounds the attack's advantage; absent
   * without noise.
   */
  finish(weights: Float32Array, guarantee: PrivacyGuarantee | undefined, done: () => void): void {
    const { options, clients, others } = this.#parts;
    const { model, attack } = options;
    if (attack?.membership === undefined || typeof model === 'object') {
      done();
      return;
    }
    const members = joinExamples(clients.map((client) => this.#examplesOf(client)));
    const examples = joinExamples([members, others]);
    this.#train(model, examples, (shadows) => {
      const input = { model, weights, examples, members: members.count, shadows };
      this.#score(input, guarantee, done);
    });
  }

  #examplesOf(client: string): Examples {
    const known = this.#examples.get(client) ?? clientExamples(this.#parts.source, client);
    this.#examples.set(client, known);
    return known;
  }

  #guess(sum: UpdateSum): Float64Array | undefined {
    const model = modelOfFederation(this.#parts.options);
    return model && inputFromFirstLayerGradient(decodeUpdateSum(sum), model.firstLayer);
  }

  /** Trains shadow models one after the other, for as many epochs as the federation did. */
  #train(
    model: ModelName,
    examples: Examples,
    done: (shadows: readonly ShadowModel[]) => void,
  ): void {
    const { host, options, first } = this.#parts;
    const { rounds, learn, attack } = options;
    const shadows: ShadowModel[] = [];
    const next = (): void => {
      if (shadows.length === (attack?.membership?.shadows ?? 0)) {
        done(shadows);
        return;
      }
      const input: TrainShadowModelInput = {
        ...{ model, first, examples, key: host.randomBytes(KEY_BYTES) },
        ...{ epochs: rounds * learn.epochs, batch: learn.batch, rate: learn.rate },
      };
      host.compute('shadow', input, (result) => {
        if (result.kind === 'failed') throw new Error(`a shadow failed: ${result.message}`);
        shadows.push(result.output as ShadowModel);
        next();
      });
    };
    next();
  }

  #score(
    input: MembershipAttackInput,
    guarantee: PrivacyGuarantee | undefined,
    done: () => void,
  ): void {
    const { host } = this.#parts;
    host.compute('membership', input, (result) => {
      if (result.kind === 'failed') throw new Error(`the attack failed: ${result.message}`);
      const { mean, threshold, likelihood } = result.output as MembershipAdvantages;
      const { meter } = host;
      const name = 'federated.attack.membership';
      meter.sample(`${name}.mean`, mean);
      meter.sample(`${name}.threshold`, threshold);
      if (likelihood !== undefined) meter.sample(`${name}.likelihood`, likelihood);
      meter.sample(`${name}.advantage`, Math.max(mean, threshold, likelihood ?? 0));
      meter.sample(
        `${name}.bound`,
        guarantee === undefined ? 1 : membershipAdvantageBound(guarantee),
      );
      done();
    });
  }
}

/** True if a guess is the first example of a client. */
function isSame(guess: Float64Array, { features }: Examples): boolean {
  let [off, length] = [0, 0];
  for (let at = 0; at < guess.length; at += 1) {
    const truth = features[at] as number;
    off += ((guess[at] as number) - truth) ** 2;
    length += truth ** 2;
  }
  return off <= RIGHT_WITHIN ** 2 * length;
}
