/**
 * Cost of the cryptographic primitives used for each packet, by provider and timing.
 *
 * `node --import tsx bench/crypto.ts`. Measured on 2 shared cores of an AMD EPYC, Node 20.20.2, in
 * microseconds per call, AEADs over 1,000 bytes with 40 bytes of associated data, seal / open:
 *
 * | primitive         | node, simulation | node, constant | noble       | sodium      | modelled    |
 * | ----------------- | ---------------- | -------------- | ----------- | ----------- | ----------- |
 * | chacha20-poly1305 | 1.59 / 1.60      | 1.67 / 1.70    | 13.3 / 13.5 | 1.53 / 1.52 | 0.55 / 0.59 |
 * | aes-256-gcm       | 3.84 / 3.73      | 4.00 / 4.09    | 38.0 / 37.7 | by noble    | 0.54 / 0.59 |
 * | aesCmac, 16 bytes | 0.085            | 0.32           | 2.9         | by noble    | 0.10        |
 * | x25519            | 79               | 79             | 985         | 31          | as node     |
 *
 * What relay cells of circuits need, by processor time on a busy machine, on which AES-CMAC took
 * 0.15 in the first column:
 *
 * | primitive, 509 bytes       | node, sodium | noble       | modelled    |
 * | -------------------------- | ------------ | ----------- | ----------- |
 * | aesCtrStream, made / apply | 1.74 / 0.89  | 0.93 / 11.2 | 0.93 / 0.45 |
 * | aesBlock, 16 bytes         | 0.61         | 0.54        | as node     |
 * | polyval, 512 bytes         | 2.4          | 20          | 0.89        |
 * | SHA-1, update and digest   | 1.6          | 5.5         | as node     |
 *
 * Node's cipher objects, which earlier versions used for both timings, take 3.73 / 3.50 and 0.51:
 * sealing and opening 600,000 packets of 1,000 bytes then took 4.3 s instead of 1.85 s, and up to 7
 * s if the other core was busy. Creating such an object takes more than half of that time, no
 * matter how the key is passed, and Node cannot reuse one with another nonce: see {@link
 * nodeVariants}.
 *
 * @module
 */
import { createCipheriv, createSecretKey } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import {
  type CryptoProviderName,
  type CryptoTiming,
  createCryptoProvider,
  hasSodium,
} from '../engine/crypto/index.ts';
import type { AeadName, CryptoProvider } from '../engine/host/crypto.ts';

const PACKET_LENGTH = 1_000;
const ASSOCIATED_LENGTH = 40;
const PACKETS = 600_000;
/** Body of a relay cell of Tor (tor-spec, "Cell Packet format"). */
const CELL_BODY_LENGTH = 509;

interface Case {
  readonly name: string;
  readonly run: () => void;
  readonly rounds: number;
}

const BATCHES = 40;

/**
 * Mean time per call in microseconds in the fastest of many short batches, since slower batches
 * were disturbed.
 */
function microsecondsPerCall({ run, rounds }: Case): number {
  const batch = Math.ceil(rounds / 10);
  for (let index = 0; index < rounds; index++) run();
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < BATCHES; count++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < batch; index++) run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / batch / 1_000);
  }
  return best;
}

function aeadCases(label: string, crypto: CryptoProvider, aead: AeadName): readonly Case[] {
  const key = crypto.aead(aead, new Uint8Array(aead === 'aes-128-gcm' ? 16 : 32).fill(7));
  const nonce = new Uint8Array(12);
  const associated = new Uint8Array(ASSOCIATED_LENGTH).fill(1);
  const plaintext = new Uint8Array(PACKET_LENGTH).fill(3);
  const sealed = new Uint8Array(PACKET_LENGTH + 16);
  const opened = new Uint8Array(PACKET_LENGTH);
  const rounds = label === 'noble' ? 2_000 : 20_000;
  key.seal(nonce, associated, plaintext, sealed);
  const open = (): void => {
    if (key.open(nonce, associated, sealed, opened) < 0) throw new Error('a good packet failed');
  };
  const seal = (): void => {
    key.seal(nonce, associated, plaintext, sealed);
  };
  return [
    { name: `${label} ${aead} seal`, run: seal, rounds },
    { name: `${label} ${aead} open`, run: open, rounds },
  ];
}

function otherCases(label: string, crypto: CryptoProvider): readonly Case[] {
  const mac = crypto.aesCmac(new Uint8Array(16).fill(9));
  const block = new Uint8Array(16).fill(5);
  const secret = new Uint8Array(32).fill(1);
  const publicKey = crypto.x25519PublicKey(new Uint8Array(32).fill(2));
  return [
    { name: `${label} aesCmac 16 bytes`, run: () => mac.tag(block, block), rounds: 50_000 },
    { name: `${label} sha256 64 bytes`, run: hashing(crypto), rounds: 10_000 },
    ...stateCases(label, crypto),
    { name: `${label} x25519`, run: () => void crypto.x25519(secret, publicKey), rounds: 50 },
  ];
}

/** Cases for each part of the work on one layer of a relay cell. */
function stateCases(label: string, crypto: CryptoProvider): readonly Case[] {
  const cell = new Uint8Array(512).fill(3);
  const key = cell.slice(0, 16);
  const block = cell.slice(0, 16);
  const stream = crypto.aesCtrStream(key, block);
  const cipher = crypto.aesBlock(key);
  const hash = crypto.legacy.sha1();
  const update = (): void => {
    hash.update(cell.subarray(0, CELL_BODY_LENGTH));
    hash.digest();
  };
  const rounds = label === 'noble' ? 2_000 : 20_000;
  return [
    { name: `${label} key stream made`, run: () => void crypto.aesCtrStream(key, block), rounds },
    { name: `${label} key stream`, run: () => stream.apply(cell, 0, CELL_BODY_LENGTH), rounds },
    { name: `${label} aesBlock`, run: () => cipher.encrypt(block), rounds },
    { name: `${label} polyval 512 bytes`, run: () => void crypto.polyval(key, cell), rounds },
    { name: `${label} sha1 update and digest`, run: update, rounds },
  ];
}

function hashing(crypto: CryptoProvider): () => void {
  const data = new Uint8Array(64);
  return () => void crypto.sha256(data);
}

/** Ways to use a Node cipher object for each packet; all of them take 3 to 4 us. */
function nodeVariants(): readonly Case[] {
  const key = new Uint8Array(32).fill(7);
  const secret = createSecretKey(key);
  const nonce = new Uint8Array(12);
  const associated = new Uint8Array(ASSOCIATED_LENGTH);
  const plaintext = new Uint8Array(PACKET_LENGTH);
  const options = { authTagLength: 16 };
  const through = (given: Uint8Array | typeof secret, final: boolean): void => {
    const cipher = createCipheriv('chacha20-poly1305', given, nonce, options);
    cipher.setAAD(associated, { plaintextLength: PACKET_LENGTH });
    cipher.update(plaintext);
    if (!final) return;
    cipher.final();
    cipher.getAuthTag();
  };
  const rounds = 20_000;
  return [
    { name: 'node variant: key as bytes', run: () => through(key, true), rounds },
    { name: 'node variant: key as KeyObject', run: () => through(secret, true), rounds },
    { name: 'node variant: no final, no tag', run: () => through(key, false), rounds },
    {
      name: 'node variant: cipher object only',
      run: () => void createCipheriv('chacha20-poly1305', key, nonce, options),
      rounds,
    },
  ];
}

function contenders(): readonly (readonly [string, CryptoProvider])[] {
  const list: readonly (readonly [CryptoProviderName, CryptoTiming])[] = [
    ['node', 'simulation'],
    ['node', 'constant'],
    ['noble', 'constant'],
    ['modelled', 'simulation'],
    ...(hasSodium() ? ([['sodium', 'constant']] as const) : []),
  ];
  return list.map(([name, timing]) => [
    name === 'node' ? `node (${timing})` : name,
    createCryptoProvider(name, { timing }),
  ]);
}

/** Runs all cases and prints one line for each, then the time that one simulation may take. */
export function main(): void {
  const cases = contenders().flatMap(([label, crypto]) => [
    ...aeadCases(label, crypto, 'chacha20-poly1305'),
    ...aeadCases(label, crypto, 'aes-256-gcm'),
    ...otherCases(label, crypto),
  ]);
  for (const one of [...cases, ...nodeVariants()]) {
    console.log(`${one.name.padEnd(44)} ${microsecondsPerCall(one).toFixed(3).padStart(9)} us`);
  }
  const [seal, open] = aeadCases(
    'budget',
    createCryptoProvider('node', { timing: 'simulation' }),
    'chacha20-poly1305',
  ) as [Case, Case];
  const perPacket = microsecondsPerCall(seal) + microsecondsPerCall(open);
  const seconds = (perPacket * PACKETS) / 1_000_000;
  console.log(`${PACKETS} packets sealed and opened: ${seconds.toFixed(2)} s, at most 4.5 s`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
