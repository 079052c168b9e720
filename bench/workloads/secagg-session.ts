/**
 * A whole session of secure aggregation without a network: the state machines of clients and server
 * exchange messages directly, and jobs run at once in the same thread.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { ClientMachine } from '../../nodes/federated/secagg/client-machine.ts';
import type { ClientInput, ServerInput } from '../../nodes/federated/secagg/effects.ts';
import type { ComputeJobEffect } from '../../nodes/federated/secagg/job-stage.ts';
import { SECAGG_JOBS } from '../../nodes/federated/secagg/jobs.ts';
import { SECAGG_MESSAGE_TYPES } from '../../nodes/federated/secagg/messages.ts';
import { ServerMachine } from '../../nodes/federated/secagg/server-machine.ts';
import type { SecaggConfig } from '../../nodes/federated/secagg/session-config.ts';

const FOREVER_NS = 1e15;

/** How a session is measured, and how many clients leave it. */
export interface SessionWatch {
  /** Number of clients, evenly spread, that leave after they have sent their shares. */
  readonly lost?: number;
  /** Called with the processor time of each job, and of each step of the server, us. */
  readonly onTime?: (of: 'server' | 'client', us: number, isJob: boolean) => void;
}

/** Runs a session in which each element of client u's vector is u + 1. @returns an element of the sum. */
export function sumOfSession(
  config: SecaggConfig,
  crypto: CryptoProvider,
  { lost = 0, onTime = (): void => undefined }: SessionWatch = {},
): number {
  const queue: (() => void)[] = [];
  let drawn = 0;
  const randomBytes = (length: number): Uint8Array => {
    drawn += 1;
    const number = Uint8Array.of(drawn >>> 16, drawn >>> 8, drawn);
    return crypto.shake256(number, length);
  };
  const server = new ServerMachine({
    ...{ config, crypto, phaseTimeoutNs: FOREVER_NS, minSum: 1 },
    random: { shuffle: (): void => undefined },
  });
  const clients = Array.from(
    { length: config.n },
    (_, index) =>
      new ClientMachine({ config, index, crypto, randomBytes, sessionTimeoutNs: FOREVER_NS }),
  );
  let sum = Number.NaN;
  const compute = (
    of: 'server' | 'client',
    { name, input, job }: ComputeJobEffect,
    take: (input: Computed) => void,
  ): void => {
    queue.push(() => {
      const before = cpuUs();
      const output = SECAGG_JOBS[name].run(input, crypto);
      onTime(of, cpuUs() - before, true);
      take({ kind: 'computed', job, output });
    });
  };
  const toServer = (input: ServerInput): void => {
    const before = cpuUs();
    const effects = server.step(0, input);
    onTime('server', cpuUs() - before, false);
    for (const effect of effects) {
      if (effect.kind === 'compute') compute('server', effect, toServer);
      else if (effect.kind === 'sum') sum = effect.ring[config.m - 1] ?? Number.NaN;
      else if (effect.kind === 'send' && effect.type !== SECAGG_MESSAGE_TYPES.invite) {
        const { to, bytes } = effect;
        queue.push(() => toClient(to, { kind: 'message', bytes }));
      }
    }
  };
  const toClient = (from: number, input: ClientInput): void => {
    for (const effect of (clients[from] as ClientMachine).step(0, input)) {
      if (effect.kind === 'compute') compute('client', effect, (done) => toClient(from, done));
      else if (effect.kind === 'send') {
        const { bytes } = effect;
        const isLost =
          (from * lost) % config.n < lost && effect.type > SECAGG_MESSAGE_TYPES.shareKeys;
        if (isLost) queue.push(() => toServer({ kind: 'gone', index: from }));
        else queue.push(() => toServer({ kind: 'message', from, bytes }));
      }
    }
  };
  toServer({ kind: 'begin' });
  for (let index = 0; index < config.n; index += 1) {
    toClient(index, { kind: 'begin' });
    toClient(index, { kind: 'update', ring: new Uint32Array(config.m).fill(index + 1) });
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  return sum;
}

type Computed = Extract<ClientInput, { kind: 'computed' }>;

/** Processor time of this process, us. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
