/**
 * One session of secure aggregation: the real machines of both sides over a star of links of the real
 * engine. Every message is one packet, and every node has one core that does its jobs one after the
 * other, each for the time that is charged.
 *
 * @module
 */

import type { EventHandler } from '../../../engine/core/scheduler.ts';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { LinkDirection } from '../../../engine/net/direction.ts';
import { FIRST_UPPER_EVENT_KIND } from '../../../engine/net/direction-context.ts';
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { Network, PacketSink } from '../../../engine/net/network.ts';
import {
  ClientMachine,
  type ComputeJobEffect,
  SECAGG_JOBS,
  type SecaggConfig,
  ServerMachine,
} from '../../../nodes/federated/index.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';

const WORK_DONE = FIRST_UPPER_EVENT_KIND;
/** A timeout that no session reaches here, ns. */
const PATIENCE_NS = 3_600_000_000_000;
const SERVER = 0;
const CRYPTO: CryptoProvider = createCryptoProvider('node', { timing: 'simulation' });

/** A message under way. */
interface Carried {
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** A computation that takes `costNs`, and what is called when it has ended. */
interface Work {
  readonly costNs: number;
  readonly done: () => void;
}

/** When the server had the sum, and how many elements of it are wrong. */
export interface SecureSumResult {
  /** Instant at which the server had the sum, ns; NaN if it never had. */
  readonly summedNs: number;
  /** Number of elements of the sum that differ from the sum of the inputs. */
  readonly wrong: number;
}

/** A server and its clients, each on a link of its own. */
export class SecureSumStar implements PacketSink, EventHandler {
  readonly #network: Network;
  readonly #isWorkFree: boolean;
  readonly #server: ServerMachine;
  readonly #clients: readonly ClientMachine[];
  readonly #inputs: readonly Uint32Array[];
  readonly #carried: Carried[] = [];
  /** For each node: its jobs, of which the first is in progress. */
  readonly #work: readonly Work[][];
  /** Down and up links of each client. */
  readonly #links: readonly { readonly down: LinkDirection; readonly up: LinkDirection }[];
  #summedNs = Number.NaN;
  #sum: Uint32Array = new Uint32Array(0);

  constructor(engine: SeededEngine, config: SecaggConfig, link: LinkDirectionSpec) {
    const network = engine.network(this, this);
    this.#network = network;
    this.#isWorkFree = engine.defects.isWorkFree === true;
    const draws = engine.stream('F1', 'inputs');
    const randomBytes = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => draws.below(256));
    this.#inputs = Array.from({ length: config.n }, () =>
      Uint32Array.from({ length: config.m }, () => draws.below(2 ** 20)),
    );
    const common = { config, crypto: CRYPTO };
    const serverParts = { random: engine.stream('F1', 'graph'), phaseTimeoutNs: PATIENCE_NS };
    this.#server = new ServerMachine({ ...common, ...serverParts, minSum: 2 });
    this.#clients = this.#inputs.map(
      (_, index) =>
        new ClientMachine({ ...common, index, randomBytes, sessionTimeoutNs: PATIENCE_NS }),
    );
    this.#work = Array.from({ length: config.n + 1 }, () => []);
    this.#links = this.#clients.map((_, index) => ({
      down: network.addDirection(placeOf(SERVER, index + 1), link),
      up: network.addDirection(placeOf(index + 1, SERVER), link),
    }));
  }

  /** Runs the session to its end. */
  run(): SecureSumResult {
    this.#serve({ kind: 'begin' });
    this.#network.scheduler.run();
    const [first = new Uint32Array(0)] = this.#inputs;
    let wrong = 0;
    for (let at = 0; at < first.length; at += 1) {
      const right = this.#inputs.reduce((sum, input) => sum + (input[at] as number), 0);
      if (this.#sum[at] !== right) wrong += 1;
    }
    return { summedNs: this.#summedNs, wrong };
  }

  /** Called when a message has arrived. */
  arrive(direction: number, packet: number): void {
    const { table } = this.#network;
    this.#network.countDelivered(direction);
    const carried = this.#carried[table.from[packet] as number] as Carried;
    table.free(packet);
    const { from, to, bytes } = carried;
    if (to === SERVER) this.#serve({ kind: 'message', from: from - 1, bytes });
    else this.#tell(to - 1, bytes);
  }

  /** Called when a job is done. */
  fire(_kind: number, node: number): void {
    const queue = this.#work[node] as Work[];
    const over = queue.shift();
    const next = queue[0];
    if (next !== undefined) this.#start(node, next);
    over?.done();
  }

  #serve(input: Parameters<ServerMachine['step']>[1]): void {
    for (const effect of this.#server.step(this.#network.scheduler.now, input)) {
      if (effect.kind === 'send') this.#send(SERVER, effect.to + 1, effect.bytes);
      else if (effect.kind === 'compute') {
        this.#compute(SERVER, effect, (output) =>
          this.#serve({ kind: 'computed', job: effect.job, output }),
        );
      } else if (effect.kind === 'sum') {
        this.#summedNs = this.#network.scheduler.now;
        this.#sum = effect.ring;
      }
    }
  }

  /**
   * Passes a message to a client. A client joins when its invitation arrives, and has its input by
   * then.
   */
  #tell(index: number, bytes: Uint8Array): void {
    if (this.#clients[index]?.phase === 'idle') {
      this.#step(index, { kind: 'begin' });
      this.#step(index, { kind: 'update', ring: (this.#inputs[index] as Uint32Array).slice() });
    } else this.#step(index, { kind: 'message', bytes });
  }

  #step(index: number, input: Parameters<ClientMachine['step']>[1]): void {
    const client = this.#clients[index] as ClientMachine;
    for (const effect of client.step(this.#network.scheduler.now, input)) {
      if (effect.kind === 'send') this.#send(index + 1, SERVER, effect.bytes);
      else if (effect.kind === 'compute') {
        this.#compute(index + 1, effect, (output) =>
          this.#step(index, { kind: 'computed', job: effect.job, output }),
        );
      }
    }
  }

  #send(from: number, to: number, bytes: Uint8Array): void {
    const { table, pool } = this.#network;
    const { length } = bytes;
    const number = this.#carried.push({ from, to, bytes }) - 1;
    const links = this.#links[Math.max(from, to) - 1];
    const packet = table.acquire(pool.alloc(length), 0, length, number, 0);
    (from === SERVER ? links?.down : links?.up)?.offer(packet);
  }

  #compute(node: number, { name, input }: ComputeJobEffect, done: (output: unknown) => void): void {
    const { run, costNs } = SECAGG_JOBS[name];
    const work = {
      costNs: this.#isWorkFree ? 0 : (costNs?.(input) ?? 0),
      done: (): void => done(run(input, CRYPTO)),
    };
    if ((this.#work[node] as Work[]).push(work) === 1) this.#start(node, work);
  }

  #start(node: number, { costNs }: Work): void {
    this.#network.scheduler.post(costNs, WORK_DONE, node);
  }
}

function placeOf(fromNode: number, toNode: number): Parameters<Network['addDirection']>[0] {
  const name = `${fromNode}->${toNode}`;
  return { linkId: `verify/F1/${name}`, name, fromNode, toNode };
}
