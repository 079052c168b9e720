/**
 * Federated learning without an aggregator: a node that trains its model, and averages it with one
 * other node at a time.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import type { Transport } from '../../engine/host/transport.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { FederatedSetup } from './behaviour.ts';
import {
  type GossipEffect,
  type GossipInput,
  GossipMachine,
  type GossipModel,
} from './gossip/machine.ts';
import { countParameters, modelOfFederation, testExamples } from './learn/data.ts';
import type { EvaluateModelInput } from './learn/evaluate-job.ts';
import { makeSharedDraws } from './learn/seeded.ts';
import { nodeDataSource } from './provisioning.ts';
import { ClientTrainer } from './trainer-node.ts';
import { decodeFederatedMessage, encodeFederatedMessage, type FederatedMessage } from './wire.ts';

/**
 * A node of a federation without an aggregator: trains its model, and averages it with one other
 * node at a time.
 */
export class GossipNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: FederatedSetup;
  readonly #learner: ClientTrainer;
  #transport: Transport | undefined;
  #machine: GossipMachine | undefined;
  #shell: StateMachineRunner<GossipInput, GossipEffect> | undefined;
  #endTraining: () => void = () => undefined;

  constructor(host: Host, setup: FederatedSetup) {
    this.#host = host;
    this.#setup = setup;
    this.#learner = new ClientTrainer(host, nodeDataSource(host.crypto, setup));
  }

  start(): void {
    const host = this.#host;
    const { rounds, phaseTimeout: timeoutNs, model, gossip } = this.#setup.options;
    if (gossip === undefined) throw new Error('a node gossips by its options only');
    this.#transport = host.transport({
      onMessage: (from, buffer, offset, length) =>
        this.#message(from, buffer.subarray(offset, offset + length)),
    });
    host.onRequest(({ respond }) => respond('unknown-request'));
    this.#machine = new GossipMachine(
      {
        model: this.#first(),
        partners: this.#partners(),
        rounds,
        // Without a model, random numbers are drawn once, to measure how fast averaging makes them
        // equal.
        trainings: typeof model === 'object' ? 1 : Number.POSITIVE_INFINITY,
        everyNs: gossip.every,
        timeoutNs,
        random: host.random('federated.gossip'),
        keepsOwn: this.#setup.behaviour.keepsOwnModel,
      },
      host.now(),
    );
    this.#shell = new StateMachineRunner(host, this.#machine, (effect) => this.#perform(effect));
    this.#shell.start();
  }

  stop(): void {
    this.#endTraining();
    this.#shell?.stop();
  }

  status(): Readonly<Record<string, unknown>> {
    const { count: examples, labels } = this.#learner;
    return { examples, exchanges: this.#machine?.done ?? 0, labels };
  }

  /**
   * Names of the nodes that may be chosen as partners, in the order of the peers of
   * the transport.
   */
  #partners(): readonly string[] {
    const { options, network } = this.#setup;
    const peers = this.#transport?.peers ?? [];
    if (options.gossip?.partners === 'all') return peers;
    const own = this.#host.name;
    const near = new Set(
      network.links.flatMap(({ a, b }) => {
        if (a.host === own) return [b.host];
        return b.host === own ? [a.host] : [];
      }),
    );
    return peers.filter((peer) => near.has(peer));
  }

  /**
   * The model with which all nodes begin; zeros if the federation only averages random numbers.
   */
  #first(): GossipModel {
    const { options } = this.#setup;
    const { seed } = nodeDataSource(this.#host.crypto, this.#setup);
    const draws = makeSharedDraws(this.#host.crypto, seed, 'first model');
    const first = modelOfFederation(options)?.initial(draws);
    return Float32Array.from(first ?? new Float32Array(countParameters(options)));
  }

  #message(from: string, bytes: Uint8Array): void {
    const message = decodeFederatedMessage(bytes);
    switch (message?.kind) {
      case 'offer':
      case 'answer': {
        const { kind, exchange, model } = message;
        this.#shell?.take({ kind, from, exchange, model: Float32Array.from(model) });
        return;
      }
      case 'refused':
        this.#refused(from, message.exchange);
        return;
      default:
        this.#host.drop('malformed');
    }
  }

  #refused(from: string, exchange: number): void {
    this.#host.meter.counter('federated.gossip.refused').add(1);
    this.#shell?.take({ kind: 'refused', from, exchange });
  }

  #perform(effect: GossipEffect): void {
    const { meter } = this.#host;
    switch (effect.kind) {
      case 'offer': {
        const { to, exchange } = effect;
        const length = this.#send(to, effect, (outcome) => {
          if (outcome !== 'ok') this.#refused(to, exchange);
        });
        meter.sample('federated.bytes.up', length);
        return;
      }
      case 'answer':
        this.#send(effect.to, effect);
        return;
      case 'refuse':
        this.#send(effect.to, { kind: 'refused', exchange: effect.exchange });
        return;
      case 'train':
        this.#train(effect.model);
        return;
      case 'averaged':
        meter.counter('federated.gossip.exchanges').add(1);
        meter.sample('federated.gossip.distance', effect.distance);
        return;
      case 'lost':
        meter.counter('federated.gossip.lost').add(1);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'over':
        this.#evaluate();
    }
  }

  #train(model: GossipModel): void {
    this.#endTraining = this.#learner.learn(
      model,
      (update) => this.#shell?.take({ kind: 'trained', update }),
      () => undefined,
    );
  }

  /** Sends a message. @returns its length, bytes. */
  #send(
    to: string,
    message: FederatedMessage,
    done: (outcome: string) => void = () => undefined,
  ): number {
    const bytes = encodeFederatedMessage(message);
    const { phaseTimeout: lifetime } = this.#setup.options;
    this.#transport?.send(to, bytes, { lifetime, tolerant: true }, done);
    return bytes.length;
  }

  /** Measures the accuracy of this node's final model, and then reports that the node has finished. */
  #evaluate(): void {
    const { options } = this.#setup;
    const source = nodeDataSource(this.#host.crypto, this.#setup);
    if (typeof options.model === 'object' || this.#machine === undefined) {
      this.#host.finished();
      return;
    }
    const input: EvaluateModelInput = {
      model: options.model,
      weights: this.#machine.model.slice(),
      examples: testExamples(source, source.clients),
    };
    this.#host.compute('evaluate', input, (result) => {
      if (result.kind === 'failed') throw new Error(`measuring accuracy failed: ${result.message}`);
      this.#host.meter.sample('dp.accuracy', result.output as number);
      this.#host.finished();
    });
  }
}
