/**
 * Nodes of a whole run above their carriers, which bring them what a peer with genuine keys has sealed:
 * genuine messages are noted, and mutated ones given to the same nodes in their senders' names.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import type { Transport, TransportHandlers } from '../../../engine/host/transport.ts';
import { HostLayer } from '../../../engine/net/host-layer.ts';
import type { PreparedRun } from '../../../runner/run/assemble-seed.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { MS, prepare } from '../../unit/runner/fixture.ts';

/** Genuine messages that are kept for each node. */
const KEPT = 64;
const INPUTS_PER_MS = 60;

interface Receiver {
  readonly layer: HostLayer;
  readonly handlers: TransportHandlers;
  readonly genuine: { readonly from: string; readonly bytes: Uint8Array }[];
}

/** A run whose nodes can be given messages. */
export class CarriedNodes {
  readonly run: PreparedRun;
  readonly #receivers: Receiver[] = [];
  #given = 0;

  constructor(scenario: Scenario, protocol: string) {
    const { transport } = HostLayer.prototype;
    const receivers = this.#receivers;
    HostLayer.prototype.transport = function noted(handlers, carrier): Transport | undefined {
      if (this.protocol !== protocol) return transport.call(this, handlers, carrier);
      const receiver: Receiver = { layer: this, handlers, genuine: [] };
      receivers.push(receiver);
      const onMessage: TransportHandlers['onMessage'] = (from, buffer, offset, length) => {
        receiver.genuine.push({ from, bytes: buffer.slice(offset, offset + length) });
        if (receiver.genuine.length > KEPT) receiver.genuine.shift();
        handlers.onMessage(from, buffer, offset, length);
      };
      return transport.call(this, { ...handlers, onMessage }, carrier);
    };
    try {
      this.run = prepare(scenario);
      this.pass(MS);
    } finally {
      HostLayer.prototype.transport = transport;
    }
  }

  /** Lets so much time pass, ns. */
  pass(forNs: number): void {
    const { world } = this.run;
    world.sim.runUntil(world.now() + forNs);
  }

  /** @returns the drops that a mutated message led to at once, or `taken`. */
  give(random: RandomStream, mutated: (genuine: Uint8Array) => Uint8Array): readonly string[] {
    this.#given += 1;
    if (this.#given % INPUTS_PER_MS === 0) this.pass(MS);
    const { layer, handlers, genuine } = this.#receivers[random.below(this.#receivers.length)]!;
    if (genuine.length === 0) return ['nothing yet'];
    const { from, bytes } = genuine[random.below(genuine.length)]!;
    const message = mutated(bytes);
    const before = new Map(layer.drops);
    handlers.onMessage(from, message, 0, message.length);
    const dropped = [...layer.drops].filter(([name, count]) => count > (before.get(name) ?? 0));
    return dropped.length === 0 ? ['taken'] : dropped.map(([name]) => name);
  }
}
