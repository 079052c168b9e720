/**
 * Cost of one data frame of 1,000 bytes in the gateway: header codec, session and AEAD at both
 * ends. The share of our own code is measured with an AEAD that does nothing; its target is 1 us
 * for seal and open together.
 *
 * `node --import tsx bench/frame.ts`. Measured on 2 shared cores of an AMD EPYC, Node 20.20.2:
 *
 * | case                            | ns / frame |
 * | ------------------------------- | ---------- |
 * | encode a header of 23 bytes     | 42         |
 * | decode a header of 23 bytes     | 61         |
 * | seal + open, our share          | 273        |
 * | seal + open, node (simulation)  | 3,600      |
 * | seal + open, modelled           | 1,380      |
 *
 * Both cores were also busy with other work, which slowed whole frames more than the share of our
 * own code.
 *
 * @module
 */
import { pathToFileURL } from 'node:url';
import { createCryptoProvider } from '../engine/crypto/index.ts';
import type { AeadKey, CryptoProvider } from '../engine/host/crypto.ts';
import { ReplayWindow } from '../nodes/_kit/replay-window.ts';
import { CheckFirstAdmission } from '../nodes/gateway/admission/admission.ts';
import { CookieIssuer } from '../nodes/gateway/admission/cookie-issuer.ts';
import { createStaticKeyPair } from '../nodes/gateway/crypto.ts';
import { FRAME_TYPE, TAG_BYTES } from '../nodes/gateway/geometry.ts';
import { WindowSet } from '../nodes/gateway/replay/window-set.ts';
import { Session } from '../nodes/gateway/session.ts';
import { SESSION_LIMITS } from '../nodes/gateway/session-parts.ts';
import { decodeFrame, encodeHeader, FrameHeader } from '../nodes/gateway/wire.ts';

/** One line of the result. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Name of this benchmark for `npm run bench -- frame`. */
export const name = 'frame';

const PACKET_BYTES = 1_000;
const ROUNDS = 100_000;
const BATCHES = 9;
const CLOCK_US = 1_700_000_000_000_000;
const MOMENT = { nowNs: 1, clockUs: CLOCK_US };

/** Measures the codec, the share of our own code, and whole frames with each provider. */
export function run(): BenchResult[] {
  const node = createCryptoProvider('node', { timing: 'simulation' });
  const modelled = createCryptoProvider('modelled');
  const results = codec();
  const add = (label: string, value: number): void => {
    results.push({ name: label, value, unit: 'ns/frame' });
  };
  add('seal + open, our share', both(node, true));
  add('seal + open, node (simulation)', both(node, false));
  add('seal + open, node (constant)', both(createCryptoProvider('node'), false));
  add('seal + open, modelled', both(modelled, false));
  return results;
}

function codec(): BenchResult[] {
  const buffer = new Uint8Array(2048);
  const header = new FrameHeader();
  header.epoch = 3;
  header.timestamp = CLOCK_US;
  let sequence = 1_000_000;
  const encode = nanoseconds(() => {
    header.sequence = sequence++;
    encodeHeader(header, PACKET_BYTES + TAG_BYTES, buffer, 5);
  });
  const length = encodeHeader(header, PACKET_BYTES + TAG_BYTES, buffer, 5) - 5;
  const decode = nanoseconds(() => {
    decodeFrame(buffer, 5, length + PACKET_BYTES + TAG_BYTES, header);
  });
  return [
    { name: `encode a header of ${length} bytes`, value: encode, unit: 'ns/frame' },
    { name: `decode a header of ${length} bytes`, value: decode, unit: 'ns/frame' },
  ];
}

/** Seals a frame at one end; decodes and opens it at the other. */
function both(crypto: CryptoProvider, isEmpty: boolean): number {
  const empty = { isOn: false };
  const { a, b } = connect(withEmptyAead(crypto, empty));
  empty.isOn = isEmpty;
  const plaintext = new Uint8Array(PACKET_BYTES).fill(7);
  const buffer = new Uint8Array(2048);
  const target = new Uint8Array(2048);
  const header = new FrameHeader();
  const received = new FrameHeader();
  return nanoseconds(() => {
    header.timestamp = CLOCK_US;
    const length = a.seal(header, plaintext, buffer, 40);
    if (typeof length === 'string') throw new Error(length);
    const drop = decodeFrame(buffer, 40, length, received);
    if (drop !== undefined) throw new Error(drop);
    const opened = b.open(received, buffer, target, MOMENT);
    if (opened !== PACKET_BYTES) throw new Error(`${opened}`);
  });
}

/** A provider whose AEAD can be switched off after the handshake, so that it does nothing. */
function withEmptyAead(crypto: CryptoProvider, empty: { isOn: boolean }): CryptoProvider {
  return {
    ...crypto,
    aead: (algorithm, key): AeadKey => {
      const inner = crypto.aead(algorithm, key);
      return {
        seal: (nonce, data, plaintext, target): number =>
          empty.isOn ? plaintext.length + TAG_BYTES : inner.seal(nonce, data, plaintext, target),
        open: (nonce, data, sealed, target): number =>
          empty.isOn ? sealed.length - TAG_BYTES : inner.open(nonce, data, sealed, target),
        wipe: (): void => inner.wipe(),
      };
    },
  };
}

const ignore = (): void => undefined;

/** Connects two sessions, so that both have keys. */
function connect(crypto: CryptoProvider): { readonly a: Session; readonly b: Session } {
  const identities = [1, 2].map((seed) =>
    createStaticKeyPair(crypto, new Uint8Array(32).fill(seed)),
  );
  const frames: Uint8Array[][] = [[], []];
  const sides = [0, 1].map((index) => {
    const identity = identities[index];
    const peer = identities[1 - index];
    const windows = new WindowSet(
      { create: (): ReplayWindow => new ReplayWindow(1024) },
      { cleanupTtlNs: Number.MAX_SAFE_INTEGER, peersMax: 1 },
    ).peer('peer', 0);
    if (identity === undefined || peer === undefined || windows === undefined) throw new Error();
    let epoch = 1;
    const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(index + 40);
    const cookies = new CookieIssuer(crypto, randomBytes);
    return new Session({
      crypto,
      identity,
      peerKey: peer.publicKey,
      randomBytes,
      admission: new CheckFirstAdmission(cookies, undefined),
      cookies,
      address: new Uint8Array(0),
      epochs: {
        next: 1,
        take: (atLeast): number => Math.max(atLeast, epoch++),
        skip: ignore,
      },
      windows,
      limits: { ...SESSION_LIMITS, rekeyBytes: Number.MAX_SAFE_INTEGER },
      sink: {
        send: (frame): void => {
          frames[1 - index]?.push(frame.slice());
        },
        spread: (frame): boolean => {
          frames[1 - index]?.push(frame.slice());
          return true;
        },
        prove: ignore,
        established: ignore,
        deliverHeld: ignore,
        dropHeld: ignore,
        wake: ignore,
      },
    });
  });
  const [a, b] = sides as [Session, Session];
  a.connect(MOMENT);
  deliver(b, frames[1]);
  deliver(a, frames[0]);
  deliver(b, frames[1]);
  return { a, b };
}

function deliver(session: Session, frames: Uint8Array[] = []): void {
  const header = new FrameHeader();
  for (const frame of frames.splice(0)) {
    decodeFrame(frame, 0, frame.length, header);
    if (header.type === FRAME_TYPE.handshake) session.receiveHandshake(header, frame, MOMENT);
    else session.open(header, frame, new Uint8Array(64), MOMENT);
  }
}

/** Mean time per step in the fastest batch, since slower batches were disturbed. */
function nanoseconds(step: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = process.hrtime.bigint();
    for (let round = 0; round < ROUNDS; round++) step();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / ROUNDS);
  }
  return best;
}

/** Prints one line for each case. */
export function main(): void {
  for (const result of run()) {
    console.log(`${result.name.padEnd(32)} ${result.value.toFixed(0).padStart(6)} ${result.unit}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
