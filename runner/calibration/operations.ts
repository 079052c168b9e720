/**
 * Benchmarks of single operations that need no network: cryptography, timers, the event pump, an
 * emulated link (docs/spec/processor-model.md). The crypto provider is that of live runs.
 *
 * @module
 */
import { Scheduler } from '../../engine/core/scheduler.ts';
import { RearmTimer } from '../../engine/core/timer.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { LiveClock } from '../../engine/live/live-clock.ts';
import { WallClockPump } from '../../engine/live/pump.ts';
import { SimWorld } from '../../engine/net/sim-world.ts';
import type { ProfileOperation } from '../../scenarios/profiles/profile-schema.ts';
import {
  type BatchPlan,
  fitCostLine,
  makeOperationSample,
  slowOperationBatchPlan,
  timeCalls,
} from './batches.ts';
import { rareCryptoCalls } from './rare-calls.ts';
import { fixedCostCryptoCalls, perByteCryptoCalls } from './state-calls.ts';

/** An operation of the profile without its cost in place, which is measured later. */
export type MeasuredOperation = Omit<ProfileOperation, 'inPlace'>;

/** A benchmark, and the name of the operation that it measures. */
export interface Benchmark {
  readonly name: string;
  readonly run: (plan: BatchPlan) => MeasuredOperation | Promise<MeasuredOperation>;
}

/** Calls on data, by the name under which the processor model charges them. */
type CallsByLength = Readonly<Record<string, (data: Uint8Array) => unknown>>;

/** Payload lengths at which costs per byte are determined. */
const LENGTHS = [64, 512, 1_200] as const;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const AEZ_KEY_BYTES = 48;
const AES_KEY: Uint8Array = new Uint8Array(KEY_BYTES).fill(3);
/** Number of different input buffers. */
const INPUTS = 16;

/** Makes an operation of the profile from its benchmarks at several lengths. */
export function makeProfileOperation(
  lane: ProfileOperation['lane'],
  batches: readonly { readonly bytes: number; readonly ns: readonly number[] }[],
): MeasuredOperation {
  const samples = batches.map(({ bytes, ns }) => makeOperationSample(bytes, ns));
  return { lane, alone: fitCostLine(samples), samples };
}

/** The benchmarks of all operations that need no network. */
export function operationBenchmarks(crypto: CryptoProvider): readonly Benchmark[] {
  return [
    byLength('crypto.seal', (bytes) => sealing(crypto, bytes)),
    byLength('crypto.open', (bytes) => opening(crypto, bytes)),
    fixed('crypto.tag', TAG_BYTES, tagging(crypto)),
    byLength('crypto.sha256', (bytes) => {
      const input = inputs(bytes);
      return (index) => void crypto.sha256(pick(input, index));
    }),
    ...eachByLength(hashesByLength(crypto)),
    ...eachByLength(perByteCryptoCalls(crypto)),
    ...Object.entries(fixedCostCryptoCalls(crypto)).map(([name, call]) =>
      fixed(`crypto.${name}`, 0, () => void call()),
    ),
    byLength('crypto.aesCtr', (bytes) => {
      const input = inputs(bytes);
      return (index) => void crypto.aesCtr(AES_KEY, AES_KEY.subarray(0, 16), pick(input, index));
    }),
    byLength('crypto.aez', (bytes) => {
      const input = inputs(bytes);
      const cipher = crypto.aez(new Uint8Array(AEZ_KEY_BYTES));
      return (index) => cipher.decipher(AES_KEY.subarray(0, 16), pick(input, index));
    }),
    ...rare(crypto),
    {
      name: 'timer',
      run: (plan) => makeProfileOperation('control', [{ bytes: 0, ns: timers(plan) }]),
    },
    {
      name: 'event',
      run: (plan) => makeProfileOperation('data', [{ bytes: 0, ns: pumpTurns(plan) }]),
    },
    byLength('link', linkCrossing),
  ];
}

/** Calls of hash functions whose input or output has the given length. */
function hashesByLength(crypto: CryptoProvider): CallsByLength {
  return {
    sha384: (data) => crypto.sha384(data),
    sha512: (data) => crypto.sha512(data),
    sha3_256: (data) => crypto.sha3_256(data),
    hmacSha384: (data) => crypto.hmacSha384(AES_KEY, data),
    hmacSha512: (data) => crypto.hmacSha512(AES_KEY, data),
    blake2b: (data) => crypto.blake2b(data, KEY_BYTES),
    blake3: (data) => crypto.blake3(data, KEY_BYTES),
    blake3DeriveKey: (data) => crypto.blake3DeriveKey('calibration', data, KEY_BYTES),
    // SHAKE expands a short seed; the charged length is that of input and output together.
    shake256: (data) => crypto.shake256(AES_KEY, data.length - AES_KEY.length),
  };
}

function eachByLength(calls: CallsByLength): readonly Benchmark[] {
  return Object.entries(calls).map(([name, call]) =>
    byLength(`crypto.${name}`, (bytes) => {
      const input = inputs(bytes);
      return (index) => void call(pick(input, index));
    }),
  );
}

function byLength(name: string, make: (bytes: number) => (index: number) => void): Benchmark {
  const run = (plan: BatchPlan): MeasuredOperation =>
    makeProfileOperation(
      'data',
      LENGTHS.map((bytes) => ({ bytes, ns: timeCalls(make(bytes), plan) })),
    );
  return { name, run };
}

function fixed(name: string, bytes: number, call: (index: number) => void): Benchmark {
  return {
    name,
    run: (plan) => makeProfileOperation('data', [{ bytes, ns: timeCalls(call, plan) }]),
  };
}

/** Operations that a session performs once, or few times: keys, handshakes, signatures. */
function rare(crypto: CryptoProvider): readonly Benchmark[] {
  const keys = inputs(KEY_BYTES);
  return Object.entries(rareCryptoCalls(crypto, keys)).map(([name, call]) => {
    const run = (plan: BatchPlan): MeasuredOperation => {
      const ns = timeCalls((index) => void call(pick(keys, index)), slowOperationBatchPlan(plan));
      return makeProfileOperation('data', [{ bytes: KEY_BYTES, ns }]);
    };
    return { name: `crypto.${name}`, run };
  });
}

function sealing(crypto: CryptoProvider, bytes: number): (index: number) => void {
  const key = crypto.aead('chacha20-poly1305', new Uint8Array(KEY_BYTES).fill(1));
  const plain = inputs(bytes);
  const nonce = new Uint8Array(NONCE_BYTES);
  const target = new Uint8Array(bytes + TAG_BYTES);
  return (index) => {
    nonce[0] = index & 255;
    key.seal(nonce, nonce, pick(plain, index), target);
  };
}

function opening(crypto: CryptoProvider, bytes: number): (index: number) => void {
  const key = crypto.aead('chacha20-poly1305', new Uint8Array(KEY_BYTES).fill(1));
  const nonce = new Uint8Array(NONCE_BYTES);
  const sealed = inputs(bytes).map((plain) => {
    const target = new Uint8Array(bytes + TAG_BYTES);
    key.seal(nonce, nonce, plain, target);
    return target;
  });
  const target = new Uint8Array(bytes + TAG_BYTES);
  return (index) => {
    if (key.open(nonce, nonce, pick(sealed, index), target) !== bytes) {
      throw new Error('a benchmark could not open what it has sealed');
    }
  };
}

function tagging(crypto: CryptoProvider): (index: number) => void {
  const key = crypto.aesCmac(new Uint8Array(TAG_BYTES).fill(1));
  const messages = inputs(TAG_BYTES);
  const out = new Uint8Array(TAG_BYTES);
  return (index) => key.tag(pick(messages, index), out);
}

function timers(plan: BatchPlan): readonly number[] {
  const scheduler = new Scheduler();
  let fired = 0;
  const timer = new RearmTimer(scheduler, () => {
    fired += 1;
  });
  const times = timeCalls((index) => {
    const delay = 1_000 + (index & 15);
    timer.rearm(delay);
    scheduler.runUntil(scheduler.now + delay);
  }, plan);
  if (fired === 0) throw new Error('no timer of the benchmark fired');
  return times;
}

function pumpTurns(plan: BatchPlan): readonly number[] {
  let failure: unknown;
  const pump = new WallClockPump({
    clock: new LiveClock(),
    scheduler: new Scheduler(),
    precision: 'low',
    onFailure: (error): void => {
      failure = error;
    },
  });
  let turns = 0;
  const code = (): void => {
    turns += 1;
  };
  const times = timeCalls(() => pump.enter(code), plan);
  pump.stop();
  if (failure !== undefined) throw failure;
  if (turns === 0) throw new Error('the pump of the benchmark did not turn');
  return times;
}

/** Makes a call that offers a datagram to an emulated link, which serialises, delays and hands it over. */
function linkCrossing(bytes: number): (index: number) => void {
  const none = { name: 'none' } as CryptoProvider;
  const world = new SimWorld({ seed: 1, epochSeconds: 0, cryptoFor: (): CryptoProvider => none });
  const a = world.addHost({ name: 'a', address: '127.0.0.1' });
  const b = world.addHost({ name: 'b', address: '127.0.0.2' });
  const direction = { rateBps: 1e9, delayNs: 50_000 };
  const ends = { a: { host: 'a', port: 1_000 }, b: { host: 'b', port: 1_000 } };
  world.addLink({ id: 'ab', ...ends, forward: direction, backward: direction });
  let arrived = 0;
  b.udp({
    port: 1_000,
    onDatagram: () => {
      arrived += 1;
    },
  });
  const socket = a.udp({ port: 1_000, onDatagram: () => undefined });
  const to = a.endpoint('127.0.0.2', 1_000);
  return (index) => {
    socket?.send(a.alloc(bytes), 0, bytes, to);
    world.runUntil(world.scheduler.now + 100_000 + (index & 15));
    if (arrived !== index + 1) throw new Error('a datagram of the benchmark did not arrive');
  };
}

function inputs(bytes: number): readonly Uint8Array[] {
  return Array.from({ length: INPUTS }, (_, index) => new Uint8Array(bytes).fill(index + 1));
}

function pick(from: readonly Uint8Array[], index: number): Uint8Array {
  return from[index % INPUTS] as Uint8Array;
}
