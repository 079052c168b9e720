/**
 * Federated learning: the aggregator. In each round it chooses clients, opens a session that sums their
 * updates, adds the mean of the updates to the model, and writes its state to disk before it goes on.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import type { Store } from '../../engine/host/store.ts';
import type { Transport } from '../../engine/host/transport.ts';
import { TIMER_DUE } from '../_kit/machine.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import { sessionOfInput } from './aggregator/input-session.ts';
import { decodeUpdateSum, sumHeadroom, totalWeight, type UpdateSum } from './aggregator/mean.ts';
import { type AggregatorCheckpoint, loadCheckpoint, storeCheckpoint } from './aggregator/memory.ts';
import type { AddNoiseInput } from './aggregator/noise-job.ts';
import type { UnavailableClient } from './aggregator/roster.ts';
import { type RoundEffect, type RoundInput, RoundMachine } from './aggregator/rounds.ts';
import { AggregatorRound, type RoundSessionSum } from './aggregator-round-node.ts';
import { dropSessionMessage } from './aggregator-session-node.ts';
import { PrivacyAttack, type SeenUpdateSum } from './attack-node.ts';
import type { FederatedSetup } from './behaviour.ts';
import { adaptiveClipElementCount, modelOfState, modelWithNorm, normOfState } from './clip-plan.ts';
import { makeCombineUpdatesInput } from './combine-job.ts';
import type { ExpandUpdateInput } from './compression/compress-job.ts';
import { needsExpansion, updateStepsPerUnit } from './compression/form.ts';
import { CARRIER_RETRY_NS, CLIENTS_PER_WARNING_MAX } from './geometry.ts';
import { countParameters, modelOfFederation, testExamples } from './learn/data.ts';
import type { EvaluateModelInput } from './learn/evaluate-job.ts';
import type { Examples, Model } from './learn/model.ts';
import { makeSharedDraws } from './learn/seeded.ts';
import { hasNoiseLevels } from './noise-levels.ts';
import { sessionClientsMinMax, sessionPlan } from './plan.ts';
import { PrivacyAccountant } from './privacy/accountant.ts';
import { type NoisePlan, noisePlan, noiseVarianceRatio } from './privacy-plan.ts';
import { federationDataSeed, nodeDataSource } from './provisioning.ts';
import { NoiseRemoval } from './reveal-node.ts';
import { RoundTrace } from './round-trace.ts';
import { decodeFederatedMessage, encodeFederatedMessage, type FederatedMessage } from './wire.ts';

type Declined = Extract<FederatedMessage, { kind: 'declined' }>;

/** The aggregator: chooses clients, sums their updates in a session, and adds their mean to the model. */
export class AggregatorNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: FederatedSetup;
  readonly #store: Store;
  /** Undefined while no trace is recorded. */
  readonly #trace: RoundTrace | undefined;
  /** Undefined if the federation learns nothing, but only adds up random numbers. */
  readonly #model: Model | undefined;
  #memory: AggregatorCheckpoint;
  #test: Examples | undefined;
  #transport: Transport | undefined;
  #rounds: StateMachineRunner<RoundInput, RoundEffect> | undefined;
  #running: AggregatorRound | undefined;
  #hasArrived = false;
  #noise: NoisePlan | undefined;
  #account: PrivacyAccountant | undefined;
  #attack: PrivacyAttack | undefined;
  /** Undefined except while survivors reveal keys of noise that is removed from the sum. */
  #reveal: NoiseRemoval | undefined;
  /** Variance of the noise in the last sum divided by the planned variance. */
  #kept = 1;

  constructor(host: Host, setup: FederatedSetup) {
    this.#host = host;
    this.#setup = setup;
    this.#trace = host.trace.isRecorded ? new RoundTrace(host) : undefined;
    this.#store = host.store('federated');
    this.#model = modelOfFederation(setup.options);
    const { options } = setup;
    const numbers = this.#parameters + adaptiveClipElementCount(options);
    const kept = loadCheckpoint(this.#store, numbers);
    this.#memory = kept ?? { state: modelWithNorm(options, this.#firstModel), over: 0, spent: 0 };
  }

  get #parameters(): number {
    return countParameters(this.#setup.options);
  }

  get #firstModel(): Float32Array<ArrayBuffer> {
    const draws = makeSharedDraws(this.#host.crypto, this.#seed, 'first model');
    return this.#model?.initial(draws) ?? new Float32Array(this.#parameters);
  }

  /** The present model, as the last round left it. */
  get #learned(): Float32Array<ArrayBuffer> {
    return modelOfState(this.#setup.options, this.#memory.state);
  }

  get #seed(): Uint8Array {
    return federationDataSeed(this.#setup.network);
  }

  start(): void {
    const host = this.#host;
    const { options } = this.#setup;
    this.#transport = host.transport({
      onMessage: (from, buffer, offset, length) =>
        this.#message(from, buffer.subarray(offset, offset + length)),
    });
    host.onRequest(({ respond }) => respond('unknown-request'));
    const clients = this.#transport?.peers ?? [];
    this.#noise = noisePlan(options, clients.length, this.#parameters);
    if (this.#noise !== undefined) {
      const { settings } = this.#noise;
      const spent = { clients: settings.clients ?? 1, rounds: this.#memory.spent };
      this.#account = new PrivacyAccountant(settings, [spent]);
    }
    if (this.#model !== undefined) {
      const source = nodeDataSource(host.crypto, this.#setup);
      const others = testExamples(source, clients);
      this.#test = others;
      if (options.attack !== undefined) {
        const first = this.#firstModel;
        this.#attack = new PrivacyAttack({ host, options, source, clients, others, first });
      }
    }
    const machine = new RoundMachine(
      {
        options,
        clients,
        over: this.#memory.over,
        mayBegin: (): boolean => this.#mayBegin(),
        random: host.random('federated.sample'),
      },
      host.now(),
    );
    this.#rounds = new StateMachineRunner(host, machine, (effect) => this.#perform(effect));
    // Clients may have reported that they are ready before this node started. They do not repeat this report, so the
    // node asks them.
    this.#rounds.take(TIMER_DUE);
  }

  stop(): void {
    this.#reveal?.end();
    this.#rounds?.stop();
    this.#running?.end();
  }

  status(): Readonly<Record<string, unknown>> {
    const { over, spent } = this.#memory;
    return { over, spent, running: this.#running?.round ?? null };
  }

  #perform(effect: RoundEffect): void {
    switch (effect.kind) {
      case 'begin':
        this.#begin(effect.round, effect.clients);
        return;
      case 'ask':
        this.#ask(effect.client);
        return;
      case 'short': {
        const { ready, needed, missing } = effect;
        const what = `round ${this.#memory.over + 1} waits`;
        const why = `it needs ${needed} clients, and ${ready} can take part`;
        this.#host.log.warn(`${what}: ${why}; ${listOf(missing)}`);
        return;
      }
      case 'over':
        this.#attacked(() => this.#finish());
    }
  }

  #ask(client: string): void {
    this.#send(client, encodeFederatedMessage({ kind: 'ready' }), (outcome) => {
      this.#rounds?.take({ kind: 'asked', client, outcome });
    });
  }

  #finish(): void {
    if (this.#account === undefined) this.#host.finished();
    else this.#tellTight(this.#account);
  }

  /** Runs the attack on the last model if the options ask for one, then calls `done`. */
  #attacked(done: () => void): void {
    if (this.#attack === undefined) {
      done();
      return;
    }
    const { delta = 0 } = this.#setup.options.privacy ?? {};
    const guarantee = this.#account && { epsilon: this.#account.epsilon(), delta };
    this.#attack.finish(this.#learned, guarantee, done);
  }

  /** True if the epsilon after one more round is within the privacy budget. */
  #mayBegin(): boolean {
    const { budget } = this.#setup.options.privacy ?? {};
    return budget === undefined || (this.#account?.epsilonAfterNext() ?? 0) <= budget;
  }

  #tellBudget(): void {
    const { meter } = this.#host;
    const { privacy } = this.#setup.options;
    if (this.#account === undefined || privacy === undefined) return;
    meter.sample('dp.epsilon', this.#account.epsilon());
    meter.sample('dp.delta', privacy.delta);
    meter.sample('federated.noise.realised', this.#kept);
  }

  /** Called after the last round: computes the tight bound of the epsilon spent, and reports it. */
  #tellTight(account: PrivacyAccountant): void {
    const input = { settings: this.#noise?.settings, spent: account.spent };
    this.#host.compute('tight', input, (result) => {
      if (result.kind === 'failed') throw new Error(`the account failed: ${result.message}`);
      this.#host.meter.sample('federated.epsilon.tight', result.output as number);
      this.#host.finished();
    });
  }

  #message(from: string, bytes: Uint8Array): void {
    const message = decodeFederatedMessage(bytes);
    if (message === undefined || message.kind === 'task') {
      this.#host.drop('malformed');
      return;
    }
    if (message.kind === 'ready') {
      this.#rounds?.take({ kind: 'ready', client: from });
      return;
    }
    if (message.kind === 'levels') {
      if (this.#reveal === undefined) this.#host.drop('no-session');
      else this.#reveal.take(from, message.session, message.keys);
    } else if (message.kind === 'declined') this.#declined(from, message);
    else if (this.#running === undefined) {
      const drop = sessionOfInput(message) === undefined ? 'no-session' : 'late-input';
      dropSessionMessage(this.#host, drop);
    } else this.#running.message(from, message);
  }

  /** Called when a client declined: it takes no part until it reports that it is ready again. */
  #declined(client: string, { session, reason }: Declined): void {
    this.#rounds?.take({ kind: 'declined', client, reason });
    this.#running?.declined(client, session);
  }

  #begin(round: number, clients: readonly string[]): void {
    const { options } = this.#setup;
    const [, size] = sessionClientsMinMax(options, clients.length);
    const { neighbours, threshold } = sessionPlan(options, size, this.#parameters);
    this.#trace?.began({ round, clients, threshold, neighbours });
    if (clients.length < options.minimum) {
      this.#aborted('too-few');
      return;
    }
    const running = new AggregatorRound({
      host: this.#host,
      setup: this.#setup,
      trace: this.#trace,
      parameters: this.#parameters,
      round,
      model: this.#memory.state,
      clients,
      send: (client, bytes, done): void => this.#send(client, bytes, done),
      away: (client, outcome): void => {
        this.#host.meter.counter('federated.unreached').add(1);
        this.#rounds?.take({ kind: 'away', client, outcome });
      },
      ended: (sums, reason): void => this.#summed(sums, reason),
    });
    if (!running.isPossible) {
      this.#aborted('too-few');
      return;
    }
    this.#running = running;
    running.begin();
  }

  #send(client: string, bytes: Uint8Array, done: (outcome: string) => void = ignore): void {
    const { phaseTimeout: lifetime } = this.#setup.options;
    this.#transport?.send(client, bytes, { lifetime, tolerant: true }, done);
  }

  /** Handles the sums of a round: one, or one for each group. With too few inputs the round fails. */
  #summed(sums: readonly RoundSessionSum[], reason: string): void {
    const running = this.#running;
    if (running === undefined) return;
    const { options, behaviour } = this.#setup;
    const { meter } = this.#host;
    const inputs = sums.reduce((count, { survivors }) => count + survivors.length, 0);
    const [first] = sums;
    if (first === undefined || inputs < options.minimum) {
      this.#aborted(reason === '' ? 'too-few' : reason);
      return;
    }
    const came = new Set(sums.flatMap(namesOf));
    const places = [...running.clients.keys()];
    this.#trace?.summed(places.filter((place) => came.has(running.clients[place] as string)));
    for (const sum of sums) this.#tellSum(sum);
    this.#attack?.invert(sums.flatMap((sum) => this.#seen(sum)));
    meter.counter('federated.inputs').add(inputs);
    const tookNs = this.#host.now() - running.beganNs;
    // The round is not counted here but in `moved`, because the rule may still find too few updates.
    const next = (total: Float64Array, divisor: number): void => {
      this.#expand(running, total, (sum) => moved(sum, divisor));
    };
    const moved = (total: Float64Array, divisor: number): void => {
      meter.counter('federated.rounds').add(1);
      this.#countLosses(running, inputs, true);
      meter.histogram('federated.round').record(tookNs);
      const { state } = this.#memory;
      const norm = normOfState(options, state);
      if (norm !== undefined) meter.sample('federated.clip.norm', norm);
      const next = behaviour.nextState(options, state, { sum: total, divisor });
      this.#account?.step();
      this.#end({ state: next, over: running.round, spent: this.#memory.spent + 1 }, () => {
        this.#evaluate(running.round);
      });
    };
    if (options.aggregate !== 'mean') {
      this.#combine(sums, (update) => next(update, 1));
      return;
    }
    this.#revealed(first, (ring) => {
      const sum = { ...this.#updateSum(first), ring };
      const divisor = this.#noise?.divisor ?? totalWeight(sum);
      this.#withNoise(decodeUpdateSum(sum), (total) => next(total, divisor));
    });
  }

  /** Removes from the sum the noise whose keys the survivors reveal, then calls `next` with it. */
  #revealed(sum: RoundSessionSum, next: (ring: Uint32Array) => void): void {
    const { options } = this.#setup;
    this.#kept = noiseVarianceRatio(options, sum.survivors.length);
    if (!hasNoiseLevels(options)) {
      next(sum.ring);
      return;
    }
    const running = this.#running;
    const done = (ring: Uint32Array, kept: number): void => {
      this.#reveal = undefined;
      if (this.#running !== running) return;
      this.#kept = kept;
      next(ring);
    };
    const reveal = new NoiseRemoval({ host: this.#host, options, sum, done });
    this.#reveal = reveal;
    reveal.begin();
  }

  #updateSum({ ring, bits, survivors }: RoundSessionSum): UpdateSum {
    const { options } = this.#setup;
    const { weight } = options.learn;
    const scale = updateStepsPerUnit(options);
    return { ring, bits, scale, inputs: survivors.length, hasWeight: weight === 'examples' };
  }

  /** What the aggregator sees of a session, as input for attacks: each single update, or only their sum. */
  #seen(sum: RoundSessionSum): readonly SeenUpdateSum[] {
    const names = namesOf(sum);
    const whole = this.#updateSum(sum);
    const parts = sum.vectors?.map((ring, place) => ({
      ring,
      clients: names.slice(place, place + 1),
    }));
    return (parts ?? [{ ring: sum.ring, clients: names }]).map(({ ring, clients }) => {
      const update = ring.subarray(0, ring.length - adaptiveClipElementCount(this.#setup.options));
      return { clients, sum: { ...whole, ring: update, inputs: clients.length } };
    });
  }

  /** Reports a sum to the witness of the run, which compares it with the clients' inputs. */
  #tellSum(sum: RoundSessionSum): void {
    const { space, survivors, lost, ring: vector, bits } = sum;
    const metric = 'federated.exact';
    this.#setup.witness.sum({ space, parts: survivors, vector, bits, metric });
    const { meter } = this.#host;
    meter.counter('federated.sums').add(1);
    meter.counter('federated.lost').add(lost.length);
    meter.sample('federated.headroom', sumHeadroom(this.#updateSum(sum)));
  }

  /** Expands a sum of compressed updates to the length of the model. */
  #expand(running: AggregatorRound, sum: Float64Array, next: (sum: Float64Array) => void): void {
    const { compression } = this.#setup.options;
    if (!needsExpansion(compression)) {
      next(sum);
      return;
    }
    const shared = { seed: this.#seed, round: running.round };
    const input: ExpandUpdateInput = { sum, parameters: this.#parameters, compression, shared };
    this.#host.compute('expand', input, (result) => {
      if (this.#running !== running) return;
      if (result.kind === 'failed') throw new Error(`expanding failed: ${result.message}`);
      next(result.output as Float64Array);
    });
  }

  /** Combines updates, or means of groups, by the rule; fails the round if the rule needs more. */
  #combine(sums: readonly RoundSessionSum[], next: (update: Float64Array) => void): void {
    const { options } = this.#setup;
    const running = this.#running;
    const input = makeCombineUpdatesInput(options, sums);
    this.#host.compute('combine', input, (result) => {
      if (this.#running !== running) return;
      if (result.kind === 'failed') throw new Error(`combining failed: ${result.message}`);
      if (result.output === undefined) this.#aborted('too-few');
      else next(result.output as Float64Array);
    });
  }

  /** Adds noise to the sum if the aggregator, and not the clients, is to add it. */
  #withNoise(sum: Float64Array<ArrayBuffer>, next: (sum: Float64Array) => void): void {
    const deviation = this.#setup.behaviour.noise(this.#noise?.centralDeviation ?? 0);
    if (deviation === 0) {
      next(sum);
      return;
    }
    const running = this.#running;
    const key = this.#host.randomBytes(KEY_BYTES) as Uint8Array<ArrayBuffer>;
    const input: AddNoiseInput = { sum, key, deviation };
    this.#host.compute('noise', input, (result) => {
      if (this.#running !== running) return;
      if (result.kind === 'failed') throw new Error(`noise failed: ${result.message}`);
      next(result.output as Float64Array);
    });
  }

  #countLosses({ clients }: AggregatorRound, inputs: number, hasSum: boolean): void {
    if (inputs === clients.length) return;
    this.#host.meter.counter('federated.lossy').add(1);
    if (hasSum) this.#host.meter.counter('federated.lossy_sums').add(1);
  }

  #aborted(outcome: string): void {
    const running = this.#running;
    this.#host.meter.counter('federated.aborts').add(1);
    this.#trace?.aborted(outcome);
    if (running !== undefined) this.#countLosses(running, -1, false);
    const over = running?.round ?? this.#memory.over + 1;
    // A failed round spends as much privacy as a sum, because it reveals something about which clients came.
    this.#account?.step();
    const spent = this.#memory.spent + (this.#account === undefined ? 0 : 1);
    this.#end({ ...this.#memory, over, spent }, ignore, running === undefined ? 'ended' : 'failed');
  }

  /** Ends a round: writes the new state to disk, and then calls `then` and begins the next round. */
  #end(memory: AggregatorCheckpoint, then: () => void, kind: 'ended' | 'failed' = 'ended'): void {
    this.#running?.end();
    this.#running = undefined;
    this.#memory = memory;
    storeCheckpoint(this.#store, memory);
    const write = (): void => {
      this.#store.sync((error) => {
        // The write is repeated, because a full disk may have room later.
        if (error !== undefined) {
          this.#host.after(CARRIER_RETRY_NS, write);
          return;
        }
        then();
        this.#rounds?.take({ kind });
      });
    };
    write();
  }

  #evaluate(round: number): void {
    const { model: name, target } = this.#setup.options;
    if (this.#test === undefined || typeof name === 'object') return;
    const input: EvaluateModelInput = { model: name, weights: this.#learned, examples: this.#test };
    this.#host.compute('evaluate', input, (result) => {
      if (result.kind === 'failed') throw new Error(`measuring accuracy failed: ${result.message}`);
      const accuracy = result.output as number;
      const { meter } = this.#host;
      meter.sample('dp.accuracy', accuracy);
      this.#tellBudget();
      if (this.#hasArrived || accuracy < target) return;
      this.#hasArrived = true;
      meter.sample('federated.rounds_to', round);
    });
  }
}

/** Length of the key from which noise is drawn, bytes. */
const KEY_BYTES = 32;

/** Names of the clients whose inputs are in a sum. */
function namesOf({ clients, survivors }: RoundSessionSum): readonly string[] {
  return survivors.map((index) => clients[index] as string);
}

/** Makes a text about missing clients: the first few with their reasons, and the number of the others. */
function listOf(missing: readonly UnavailableClient[]): string {
  const named = missing
    .slice(0, CLIENTS_PER_WARNING_MAX)
    .map(({ client, reason }) => `${client}: ${reason}`);
  const more = missing.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function ignore(): void {
  // Does nothing: the function to call after a round that needs no further action.
}
