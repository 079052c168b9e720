/**
 * Descriptors and documents of small networks for the tests of the directory. All bytes are derived
 * from numbers.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { Random } from '../../../../../engine/host/random.ts';
import {
  type Descriptor,
  type DirectoryDocument,
  type LoopixRates,
  type MakeDocumentInput,
  type MixTopology,
  makeDocument,
} from '../../../../../nodes/mixnet/directory/index.ts';

/** The crypto provider of these tests. */
export const crypto = createCryptoProvider('node', { timing: 'simulation' });

/** The default rates of Katzenpost's authority, per millisecond. */
const rates: LoopixRates = {
  mu: 0.005,
  lambdaP: 0.001,
  lambdaL: 0.0005,
  lambdaD: 0,
  lambdaM: 0.00025,
  lambdaG: 0.00025,
};

/** 32 bytes that depend on the label and the number. */
export function bytesOf(label: string, number: number): Uint8Array {
  return crypto.sha256(new TextEncoder().encode(`${label} ${number}`));
}

/** The secret identity key of a node. */
export function identitySecret(role: Descriptor['role'], number: number): Uint8Array {
  return bytesOf(`identity of ${role}`, number);
}

/** The descriptor of a node. */
export function descriptor(role: Descriptor['role'], number: number, epoch = 7): Descriptor {
  const keys = [0, 1, 2].map((ahead) => [epoch + ahead, bytesOf(`mix ${number}`, ahead)] as const);
  return {
    name: `${role}-${number}`,
    nodeId: bytesOf(role, number),
    role,
    address: `127.0.1.${number % 250}`,
    port: 30_000 + number,
    identityKey: crypto.ed25519PublicKey(identitySecret(role, number)),
    vrfKey: bytesOf('vrf', number),
    vrfKeySince: epoch,
    mixKeys: new Map(keys),
    asn: String(64_500 + (number % 4)),
    family: `family ${number % 6}`,
    loadWeight: 1 + (number % 3) / 2,
  };
}

/** Descriptors of mixes, by number. */
export function mixes(count: number, first = 0): readonly Descriptor[] {
  return Array.from({ length: count }, (_, index) => descriptor('mix', first + index));
}

/** The input for a document with a given number of mixes and two providers. */
export function documentInput(
  topology: MixTopology,
  count: number,
  given: Partial<MakeDocumentInput> = {},
): MakeDocumentInput {
  return {
    epoch: 7,
    epochLengthMs: 120_000,
    topology,
    hops: 3,
    rates,
    sphinxGeometryHash: bytesOf('geometry', 0),
    sharedRandomValue: bytesOf('random', 7),
    nodes: [...mixes(count), descriptor('provider', 0), descriptor('provider', 1)],
    previous: undefined,
    ...given,
  };
}

/** The document of this network. */
export function sampleDocument(topology: MixTopology = 'stratified', count = 9): DirectoryDocument {
  return makeDocument(crypto, documentInput(topology, count));
}

/** Random draws that depend only on the seed. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const u32 = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x45d9_f3b);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const uniform = (): number => u32() / 2 ** 32;
  const below = (n: number): number => Math.floor(uniform() * n);
  return {
    u32,
    below,
    uniform,
    chance: (p) => uniform() < p,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    shuffle(items): void {
      for (let at = items.length - 1; at > 0; at--) {
        const other = below(at + 1);
        [items[at], items[other]] = [items[other]!, items[at]!];
      }
    },
  };
}
