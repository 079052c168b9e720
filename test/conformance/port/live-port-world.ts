/**
 * The live world of the port suite: real sockets on addresses that other runs of the suite on this
 * machine do not use.
 *
 * @module
 */
import { provider } from '../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { ComputePool } from '../../../engine/live/compute-pool.ts';
import { LiveWorld } from '../../../engine/live/live-world.ts';
import { protocol } from './port-protocol.ts';
import { type PortWorld, type RequestAnswer, SUITE_SEED } from './port-world.ts';
import { SUITE_LINK } from './sim-port-world.ts';

/** Long enough for a machine that does ten other things. */
const LIMIT_MS = 20_000;
const POLL_MS = 1;

/** Makes the world; several share the workers. */
export function livePortWorld(compute: ComputePool): PortWorld {
  const failures: unknown[] = [];
  const crypto = provider('node');
  const world = new LiveWorld({
    seed: SUITE_SEED,
    cryptoFor: (): CryptoProvider => crypto,
    moduleOf: (): string => protocol.moduleUrl,
    compute,
    onFailure: (error): void => void failures.push(error),
  });
  const { jobs, drops, metrics } = protocol;
  const block = `127.${100 + (process.pid % 100)}.${(process.pid >>> 8) & 255}`;
  const a = world.addHost({ name: 'a', address: `${block}.2`, jobs, drops, metrics });
  const b = world.addHost({ name: 'b', address: `${block}.3`, jobs, drops, metrics });
  const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
  world.addLink({ id: 'a--b', ...ends, forward: SUITE_LINK, backward: SUITE_LINK });
  world.seal();
  const delivered: { from: string; bytes: Uint8Array }[] = [];
  a.onDelivery = (from, buffer, offset, length): void => {
    delivered.push({ from, bytes: buffer.slice(offset, offset + length) });
  };
  const checkFailures = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  const act = (code: () => void): void => {
    world.pump.enter(code);
    checkFailures();
  };
  const until = async (isDone: () => boolean, what: string, limitMs = LIMIT_MS): Promise<void> => {
    const end = world.clock.now() + Math.max(limitMs, LIMIT_MS) * 1e6;
    while (!isDone()) {
      if (world.clock.now() >= end) throw new Error(`waited for: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      checkFailures();
    }
  };
  return {
    kind: 'live',
    a,
    b,
    addressOfB: b.address,
    delivered,
    act,
    until,
    pass: async (ms): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, ms + 1));
      checkFailures();
    },
    crashA: (fault) => world.crash('a', fault),
    restartA: () => world.restart('a'),
    request: async (kind, target, body): Promise<RequestAnswer> => {
      let answer: RequestAnswer | undefined;
      act(() =>
        a.request({ kind, target, body }, (outcome, reply) => {
          answer = { outcome, body: reply };
        }),
      );
      await until(() => answer !== undefined, 'an answer');
      return answer!;
    },
    dropsOfA: () => Object.fromEntries(a.drops),
    networkDrops: (reason) => world.network.dropsByReason()[reason] ?? 0,
    close: async (): Promise<void> => {
      await world.close();
      checkFailures();
      const imbalance = world.network.imbalance();
      if (imbalance !== undefined) throw new Error(imbalance);
    },
  };
}
