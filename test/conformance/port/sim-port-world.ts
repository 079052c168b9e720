/**
 * The simulated world of the port suite.
 *
 * @module
 */
import { provider } from '../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { StoreFault } from '../../../engine/net/sim-store.ts';
import { SimWorld } from '../../../engine/net/sim-world.ts';
import { protocol } from './port-protocol.ts';
import { type PortWorld, type RequestAnswer, SUITE_SEED } from './port-world.ts';

const MS = 1_000_000;
const LIMIT_MS = 60_000;
const STEP_NS = 100_000;

/** What both worlds of the suite are joined by. */
export const SUITE_LINK = {
  rateBps: 1e9,
  delayNs: 100_000,
  queue: { kind: 'drop-tail', limitPackets: 10_000 },
} as const;

/** Makes the world. */
export function simPortWorld(): PortWorld {
  const crypto = provider('node', { timing: 'simulation' });
  const world = new SimWorld({
    seed: SUITE_SEED,
    epochSeconds: 1_700_000_000,
    cryptoFor: (): CryptoProvider => crypto,
    buffers: 'poison',
  });
  const { jobs, drops, metrics } = protocol;
  const a = world.addHost({ name: 'a', address: '127.0.0.2', jobs, drops, metrics });
  const b = world.addHost({ name: 'b', address: '127.0.0.3', jobs, drops, metrics });
  const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
  world.addLink({ id: 'a--b', ...ends, forward: SUITE_LINK, backward: SUITE_LINK });
  world.seal();
  const delivered: { from: string; bytes: Uint8Array }[] = [];
  a.onDelivery = (from, buffer, offset, length): void => {
    delivered.push({ from, bytes: buffer.slice(offset, offset + length) });
  };
  const until = (isDone: () => boolean, what: string, limitMs = LIMIT_MS): Promise<void> => {
    const end = world.scheduler.now + limitMs * MS;
    while (!isDone()) {
      if (world.scheduler.now >= end) return Promise.reject(new Error(`waited for: ${what}`));
      world.runUntil(Math.min(end, world.scheduler.now + STEP_NS));
    }
    return Promise.resolve();
  };
  return {
    kind: 'sim',
    a,
    b,
    addressOfB: b.address,
    delivered,
    act: (code) => code(),
    until,
    pass: (ms): Promise<void> => {
      world.runUntil(world.scheduler.now + ms * MS);
      return Promise.resolve();
    },
    crashA: (fault: StoreFault) => world.crash('a', fault),
    restartA: () => world.restart('a'),
    request: async (kind, target, body): Promise<RequestAnswer> => {
      let answer: RequestAnswer | undefined;
      a.request({ kind, target, body }, (outcome, reply) => {
        answer = { outcome, body: reply };
      });
      await until(() => answer !== undefined, 'an answer');
      return answer!;
    },
    dropsOfA: () => Object.fromEntries(a.drops),
    networkDrops: (reason) => world.network.dropsByReason()[reason] ?? 0,
    close: (): Promise<void> => {
      const imbalance = world.network.imbalance();
      return imbalance === undefined ? Promise.resolve() : Promise.reject(new Error(imbalance));
    },
  };
}
