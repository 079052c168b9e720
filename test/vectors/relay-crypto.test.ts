/**
 * The primitives of relay cells with every provider, on the published vectors of both relay
 * encryptions of Tor: AES-CTR and a running SHA-1 over one stream of cells (tor-spec, "Relay cells"),
 * and the parts of Counter Galois Onion (proposal 359) that use the AES block and POLYVAL.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex, writeUint16 } from '../../nodes/_kit/bytes.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';

interface CellFile {
  readonly published: {
    /** Df 20, Db 20, Kf 16, Kb 16, KH 20 of each hop. */
    readonly hopKeys: readonly string[];
    readonly shakeSeed: string;
    readonly cells: readonly { readonly n: number; readonly out: string }[];
  };
}

interface OnionFile {
  readonly et: readonly {
    readonly encrypt: boolean;
    /** The keys of AES and of POLYVAL, 16 bytes each. */
    readonly keys: string;
    readonly tweak: string;
    readonly in: string;
    readonly out: string;
  }[];
  readonly prf: readonly {
    readonly keys: string;
    readonly t: number;
    readonly input: string;
    readonly out: string;
  }[];
}

/** Two short cases of arti's `testdata/cgo_*.rs`, the first of them both ways; no cell is short. */
const ONION: OnionFile = {
  et: [
    {
      encrypt: true,
      keys: 'ff'.repeat(32),
      tweak: 'ff'.repeat(510),
      in: 'ff'.repeat(16),
      out: '7209baed4b605b158b7eb25de2200e83',
    },
    {
      encrypt: false,
      keys: 'ff'.repeat(32),
      tweak: 'ff'.repeat(510),
      in: '7209baed4b605b158b7eb25de2200e83',
      out: 'ff'.repeat(16),
    },
  ],
  prf: [
    {
      keys: 'ff'.repeat(32),
      t: 1,
      input: 'ff'.repeat(16),
      out:
        'be938fc23009440bfb5d7bba1d28428ec0897793bb878b8e1eb3ec1257b88024d551d770b56c9312' +
        'de3dd4ac64e194c91185a89f2ba01f90b03b3acb93f634df4b263f03af0acda2f9721d0f4c0783c7',
    },
  ],
};

const BODY = 509;
const DATA = 498;

/** The next cell of the stream, sealed for the last hop. */
function cells(crypto: CryptoProvider, { published }: CellFile): (data: Uint8Array) => Uint8Array {
  const hops = published.hopKeys.map((text) => {
    const keys = fromHex(text);
    const digest = crypto.legacy.sha1();
    digest.update(keys.subarray(0, 20));
    return { digest, stream: crypto.aesCtrStream(keys.subarray(40, 56), new Uint8Array(16)) };
  });
  return (data) => {
    const body = new Uint8Array(BODY);
    body[0] = 2;
    writeUint16(body, 3, 1);
    writeUint16(body, 9, data.length);
    body.set(data, 11);
    const last = hops.at(-1)!;
    last.digest.update(body);
    body.set(last.digest.digest().subarray(0, 4), 5);
    for (const { stream } of hops.toReversed()) stream.apply(body, 0, BODY);
    return body;
  };
}

const added = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  left.map((byte, index) => byte ^ right[index]!);

/** POLYVAL of bytes that are padded with zeros. */
function padded(crypto: CryptoProvider, key: Uint8Array, text: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(Math.ceil(text.length / 16) * 16);
  blocks.set(text);
  return crypto.polyval(key, blocks);
}

const WHOLE_CELLS = vectorSets<CellFile | undefined>(
  'circuits/relay-crypto-tor1.json',
  undefined,
).filter(({ isWhole }) => isWhole);
const CELLS = onProviders(realProviders, WHOLE_CELLS);
const ONIONS = onProviders(realProviders, vectorSets('circuits/relay-crypto-cgo.json', ONION));

describe.each(CELLS)('cells of one circuit on $provider', ({ crypto, file }) => {
  it('are those of C tor, from the first one to the eleventh', () => {
    const seal = cells(crypto, file!);
    const data = crypto.shake256(fromHex(file!.published.shakeSeed), 51 * DATA);
    const expected = new Map(file!.published.cells.map(({ n, out }) => [n, out]));
    for (let n = 0; n < 51; n++) {
      const body = toHex(seal(data.subarray(n * DATA, (n + 1) * DATA)));
      if (expected.has(n)) expect(body, `cell ${n}`).toBe(expected.get(n));
    }
  });
});

describe.each(ONIONS)('Counter Galois Onion on $provider, $set', ({ crypto, file }) => {
  it('has the tweakable cipher ET: AES between two masks by POLYVAL', () => {
    for (const one of file.et) {
      const keys = fromHex(one.keys);
      const cipher = crypto.aesBlock(keys.subarray(0, 16));
      const mask = padded(crypto, keys.subarray(16), fromHex(one.tweak));
      const block = added(fromHex(one.in), mask);
      if (one.encrypt) cipher.encrypt(block);
      else cipher.decrypt(block);
      expect(toHex(added(block, mask))).toBe(one.out);
    }
  });

  it('has the pseudo-random function: AES-CTR from a counter by POLYVAL', () => {
    for (const one of file.prf) {
      const keys = fromHex(one.keys);
      const counter = crypto.polyval(keys.subarray(16), fromHex(one.input));
      counter[15] = (counter[15]! & 0xc0) + 31 * one.t;
      const out = new Uint8Array(one.out.length / 2);
      crypto.aesCtrStream(keys.subarray(0, 16), counter).apply(out, 0, out.length);
      expect(toHex(out)).toBe(one.out);
    }
  });
});
