/**
 * Drivers for tests that run in both worlds: an empty world, and how its time passes.
 *
 * @module
 */
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { ComputePool } from '../../../engine/live/compute-pool.ts';
import { LiveWorld } from '../../../engine/live/live-world.ts';
import { SimWorld } from '../../../engine/net/sim-world.ts';
import { SegmentStreamModel } from '../../../engine/net/stream/segment-streams.ts';

/** The seed of every world. */
export const SUITE_SEED = 7;
const NS_PER_MS = 1_000_000;
/** Time limit in virtual time, which costs nothing. */
const SIM_LIMIT_MS = 60_000;
const SIM_STEP_NS = 100_000;
/** Time limit in real time; long enough for a machine that runs ten other things. */
const LIVE_LIMIT_MS = 20_000;
const LIVE_POLL_MS = 1;

/** A world and the control over its time. */
export interface Driver {
  readonly kind: 'sim' | 'live';
  readonly world: SimWorld;
  /** First three numbers of the hosts' IPv4 addresses. */
  readonly block: string;
  /** Runs node code as an event of the world; throws what the code throws. */
  act(code: () => void): void;
  /** Lets time pass until `isDone` returns true; fails after the time limit. */
  until(isDone: () => boolean, what: string): Promise<void>;
  /** Lets this much time of the world pass. */
  pass(ms: number): Promise<void>;
  /** Ends the world and checks that every lost packet has a reason. */
  close(): Promise<void>;
}

/** What a live world needs for its hosts. */
export interface LiveNeeds {
  readonly compute: ComputePool;
  readonly moduleOf: (host: string) => string | undefined;
}

/** A world in virtual time; buffers that were returned are overwritten. */
export function simDriver(): Driver {
  const crypto = createCryptoProvider('node', { timing: 'simulation' });
  const world = new SimWorld({
    seed: SUITE_SEED,
    epochSeconds: 1_700_000_000,
    cryptoFor: (): CryptoProvider => crypto,
    buffers: 'poison',
    streams: new SegmentStreamModel(),
  });
  return {
    kind: 'sim',
    world,
    block: '127.0.1',
    act: (code) => code(),
    until: (isDone, what): Promise<void> => {
      const end = world.scheduler.now + SIM_LIMIT_MS * NS_PER_MS;
      while (!isDone()) {
        if (world.scheduler.now >= end) return Promise.reject(new Error(`waited for: ${what}`));
        world.runUntil(world.scheduler.now + SIM_STEP_NS);
      }
      return Promise.resolve();
    },
    pass: (ms): Promise<void> => {
      world.runUntil(world.scheduler.now + ms * NS_PER_MS);
      return Promise.resolve();
    },
    close: (): Promise<void> => checkBalance(world),
  };
}

/** A world with real sockets, on addresses that other tests on this machine do not use. */
export function liveDriver({ compute, moduleOf }: LiveNeeds): Driver {
  const failures: unknown[] = [];
  const crypto = createCryptoProvider('node');
  const world = new LiveWorld({
    seed: SUITE_SEED,
    cryptoFor: (): CryptoProvider => crypto,
    moduleOf,
    compute,
    onFailure: (error): void => void failures.push(error),
  });
  const checkFailures = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    kind: 'live',
    world,
    block: `127.${100 + (process.pid % 100)}.${(process.pid >>> 8) & 255}`,
    act: (code): void => {
      world.pump.enter(code);
      checkFailures();
    },
    until: async (isDone, what): Promise<void> => {
      const end = world.clock.now() + LIVE_LIMIT_MS * NS_PER_MS;
      while (!isDone()) {
        if (world.clock.now() >= end) throw new Error(`waited for: ${what}`);
        await sleep(LIVE_POLL_MS);
        checkFailures();
      }
    },
    pass: async (ms): Promise<void> => {
      await sleep(ms + 1);
      checkFailures();
    },
    close: async (): Promise<void> => {
      await world.close();
      checkFailures();
      await checkBalance(world);
    },
  };
}

/** The answer to a request. */
export interface RequestAnswer {
  readonly outcome: string;
  readonly body: Uint8Array | undefined;
}

/** Sends a request to a node and waits for the answer. */
export async function ask(
  driver: Driver,
  node: string,
  asked: { readonly kind: string; readonly target: string; readonly body: Uint8Array },
): Promise<RequestAnswer> {
  let answer: RequestAnswer | undefined;
  driver.act(() =>
    driver.world.host(node).request(asked, {
      respond: (outcome, body) => {
        answer = { outcome, body: body?.slice() };
      },
    }),
  );
  await driver.until(() => answer !== undefined, `an answer of ${node} to ${asked.kind}`);
  if (answer === undefined) throw new Error('unreachable');
  return answer;
}

function checkBalance(world: SimWorld): Promise<void> {
  const imbalance = world.network.imbalance();
  return imbalance === undefined ? Promise.resolve() : Promise.reject(new Error(imbalance));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
