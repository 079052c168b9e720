/**
 * The costly computations of both machines as jobs: pure functions of plain data, divided so that none
 * runs longer than about 50 ms. {@link SECAGG_JOBS} is for a protocol's `jobs`.
 *
 * @module
 */
import type { JobDefinition } from '../../../engine/host/compute.ts';
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { equalBytes, readUint32, writeUint32 } from '../../_kit/bytes.ts';
import { wipe } from '../../_kit/secrets.ts';
import { BOX_BYTES, BOX_PLAINTEXT_BYTES, CHACHA20_NONCE_BYTES, KEY_BYTES } from './geometry.ts';
import { applyKeyStreams, boxAssociatedData, type ClientIndexPair, deriveBoxKey } from './mask.ts';
import { agreePairMaskSeed, ownMaskSeed, PROTOCOL_SEED_RULE, type SeedRule } from './seeds.ts';
import {
  holderPoint,
  lagrangeWeightsAtZero,
  makeShareCombiner,
  type SecretPolynomials,
  splitSecret,
} from './shamir.ts';

const NONCE = new Uint8Array(CHACHA20_NONCE_BYTES);

/** Signatures to verify. */
export interface VerifySignaturesInput {
  readonly items: readonly {
    readonly publicKey: Uint8Array;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }[];
}

/** A client's secrets, and the neighbours that are to hold shares of them. */
export interface ShareKeysInput {
  readonly session: Uint8Array;
  readonly index: number;
  readonly channelSecret: Uint8Array;
  readonly maskSecret: SecretPolynomials;
  readonly ownSecret: SecretPolynomials;
  readonly holders: readonly {
    readonly index: number;
    readonly channelKey: Uint8Array;
    readonly maskKey: Uint8Array;
  }[];
}

/** The secrets that a client shares with one neighbour. */
export interface NeighbourSecrets {
  readonly index: number;
  readonly box: Uint8Array;
  /** The secret of the channel, from which the key of the neighbour's box follows. */
  readonly channel: Uint8Array;
  /** Seed of the mask that both share. */
  readonly seed: Uint8Array;
}

/** Boxes to open. */
export interface OpenBoxesInput {
  readonly session: Uint8Array;
  readonly index: number;
  readonly boxes: readonly {
    readonly index: number;
    readonly channel: Uint8Array;
    readonly box: Uint8Array;
  }[];
}

/** Shares of a neighbour's secrets, or why its box is not used. */
export type OpenedBox =
  | { readonly index: number; readonly pair: Uint8Array; readonly own: Uint8Array }
  | { readonly index: number; readonly drop: 'box-failed' | 'box-misaddressed' };

/** Secrets to rebuild, in groups of secrets whose shares come from the same clients. */
export interface RebuildSecretsInput {
  readonly threshold: number;
  readonly groups: readonly RebuildGroup[];
}

/** Secrets with the same holders of shares, for which the Lagrange weights are the same. */
export interface RebuildGroup {
  /** Points of the holders, ascending: as many as the threshold, or one more as a check. */
  readonly points: readonly number[];
  readonly secrets: readonly {
    readonly index: number;
    readonly shares: readonly Uint8Array[];
    /** The public key to which a masking secret must belong. */
    readonly publicKey?: Uint8Array;
  }[];
}

/** A secret that was rebuilt from shares, and whether it can be right. */
export interface RebuiltSecret {
  readonly index: number;
  readonly secret: Uint8Array;
  /** False if the additional share, beyond the threshold, contradicts the others. */
  readonly isConsistent: boolean;
  /** False if the secret does not belong to `publicKey`. */
  readonly isMatching: boolean;
}

/** Secrets from which a server derives seeds. */
export interface DeriveSeedsInput {
  readonly session: Uint8Array;
  /** For each survivor, the secret of its own mask. */
  readonly own: readonly { readonly index: number; readonly secret: Uint8Array }[];
  /** Masking secrets of clients, and for each the other clients with whom its pair masks are needed. */
  readonly pairs: readonly {
    readonly index: number;
    readonly secret: Uint8Array;
    readonly peers: readonly { readonly index: number; readonly maskKey: Uint8Array }[];
  }[];
}

/** Seeds in the order of the input; the seed of a pair is undefined if a key has low order. */
export interface DeriveSeedsOutput {
  readonly own: readonly Uint8Array[];
  readonly pairs: readonly (readonly (Uint8Array | undefined)[])[];
}

/** Masks to add up over a part of the vector. */
export interface SumMasksInput {
  readonly streams: readonly { readonly seed: Uint8Array; readonly sign: 1 | -1 }[];
  /** First element, a multiple of 16. */
  readonly start: number;
  readonly count: number;
}

/** The sum of the masks modulo 2^32. */
export interface SumMasksOutput {
  readonly start: number;
  readonly sum: Uint32Array<ArrayBuffer>;
}

/** Input and output of each job. */
export interface SecaggJobTypes {
  readonly verifySignatures: {
    readonly input: VerifySignaturesInput;
    readonly output: readonly boolean[];
  };
  readonly shareKeys: {
    readonly input: ShareKeysInput;
    readonly output: readonly (NeighbourSecrets | undefined)[];
  };
  readonly openBoxes: { readonly input: OpenBoxesInput; readonly output: readonly OpenedBox[] };
  readonly rebuildSecrets: {
    readonly input: RebuildSecretsInput;
    readonly output: readonly RebuiltSecret[];
  };
  readonly deriveSeeds: { readonly input: DeriveSeedsInput; readonly output: DeriveSeedsOutput };
  readonly sumMasks: { readonly input: SumMasksInput; readonly output: SumMasksOutput };
}

/** Name of a job. */
export type SecaggJobName = keyof SecaggJobTypes;

function verifySignatures(
  { items }: VerifySignaturesInput,
  crypto: CryptoProvider,
): readonly boolean[] {
  return items.map(({ publicKey, message, signature }) =>
    crypto.ed25519Verify(publicKey, message, signature),
  );
}

/** Seals shares for each neighbour; undefined for a neighbour whose key has a low order. */
function shareKeys(
  input: ShareKeysInput,
  crypto: CryptoProvider,
  seeds: SeedRule,
): readonly (NeighbourSecrets | undefined)[] {
  const { session, index: from, holders } = input;
  const points = holders.map((holder) => holderPoint(holder.index));
  const maskShares = splitSecret(input.maskSecret, points);
  const ownShares = splitSecret(input.ownSecret, points);
  const channelKey = crypto.x25519Key(input.channelSecret);
  const maskKey = crypto.x25519Key(input.maskSecret.secret);
  const context = { crypto, session, seeds };
  const shared = holders.map((holder, place): NeighbourSecrets | undefined => {
    const ends = { from, to: holder.index };
    const channel = channelKey.sharedSecret(holder.channelKey);
    const seed = agreePairMaskSeed(context, maskKey, { ...ends, key: holder.maskKey });
    if (channel === undefined || seed === undefined) return undefined;
    const plain = new Uint8Array(BOX_PLAINTEXT_BYTES);
    writeUint32(plain, 0, from);
    writeUint32(plain, 4, holder.index);
    plain.set(maskShares[place] as Uint8Array, 8);
    plain.set(ownShares[place] as Uint8Array, 8 + KEY_BYTES);
    const key = crypto.aead('chacha20-poly1305', deriveBoxKey(context, channel, ends));
    const box = new Uint8Array(BOX_BYTES);
    // The nonce may be constant, because each key seals one message only.
    key.seal(NONCE, boxAssociatedData(session, ends), plain, box);
    key.wipe();
    wipe(plain);
    return { index: holder.index, box, channel, seed };
  });
  channelKey.wipe();
  maskKey.wipe();
  return shared;
}

function openBoxes(
  { session, index: to, boxes }: OpenBoxesInput,
  crypto: CryptoProvider,
): readonly OpenedBox[] {
  return boxes.map(({ index: from, channel, box }) => {
    const ends: ClientIndexPair = { from, to };
    const key = crypto.aead('chacha20-poly1305', deriveBoxKey({ crypto, session }, channel, ends));
    const plain = new Uint8Array(BOX_PLAINTEXT_BYTES);
    const length = key.open(NONCE, boxAssociatedData(session, ends), box, plain);
    key.wipe();
    if (length !== BOX_PLAINTEXT_BYTES) return { index: from, drop: 'box-failed' };
    if (readUint32(plain, 0) !== from || readUint32(plain, 4) !== to) {
      return { index: from, drop: 'box-misaddressed' };
    }
    const own = plain.slice(8 + KEY_BYTES);
    return { index: from, pair: plain.slice(8, 8 + KEY_BYTES), own };
  });
}

function rebuildSecrets(
  { threshold, groups }: RebuildSecretsInput,
  crypto: CryptoProvider,
): readonly RebuiltSecret[] {
  return groups.flatMap((group) => rebuildGroup(group, threshold, crypto));
}

function rebuildGroup(
  { points, secrets }: RebuildGroup,
  threshold: number,
  crypto: CryptoProvider,
): readonly RebuiltSecret[] {
  const weigh = makeShareCombiner(
    lagrangeWeightsAtZero(points.slice(0, threshold)),
    secrets.length,
  );
  // As a check, the secret is also rebuilt from the shares without the first one.
  const check =
    points.length > threshold
      ? makeShareCombiner(lagrangeWeightsAtZero(points.slice(1)), secrets.length)
      : undefined;
  return secrets.map(({ index, shares, publicKey }) => {
    const secret = weigh(shares.slice(0, threshold));
    const isConsistent = check === undefined || crypto.equal(secret, check(shares.slice(1)));
    const isMatching =
      publicKey === undefined || equalBytes(crypto.x25519PublicKey(secret), publicKey);
    return { index, secret, isConsistent, isMatching };
  });
}

function deriveSeeds(
  { session, own, pairs }: DeriveSeedsInput,
  crypto: CryptoProvider,
  seeds: SeedRule,
): DeriveSeedsOutput {
  const context = { crypto, session, seeds };
  return {
    own: own.map(({ index, secret }) => ownMaskSeed(context, secret, index)),
    pairs: pairs.map(({ index: from, secret, peers }) => {
      const opened = crypto.x25519Key(secret);
      const seeds = peers.map(({ index: to, maskKey: key }) =>
        agreePairMaskSeed(context, opened, { from, to, key }),
      );
      opened.wipe();
      return seeds;
    }),
  };
}

function sumMasks(
  { streams, start, count }: SumMasksInput,
  crypto: CryptoProvider,
): SumMasksOutput {
  const sum = new Uint32Array(count);
  applyKeyStreams(crypto, sum, { streams, start });
  return { start, sum };
}

function definition<Name extends SecaggJobName>(
  run: (
    input: SecaggJobTypes[Name]['input'],
    crypto: CryptoProvider,
  ) => SecaggJobTypes[Name]['output'],
  costNs: (input: SecaggJobTypes[Name]['input']) => number,
): JobDefinition {
  return {
    run: (input, crypto) => run(input as SecaggJobTypes[Name]['input'], crypto),
    costNs: (input) => Math.round(costNs(input as SecaggJobTypes[Name]['input'])),
  };
}

/**
 * Costs on one core, ns, with the provider `node`; `npm run bench -- secagg` measures the largest
 * ones anew.
 */
export const OPERATION_COST_NS = {
  agreement: 36_000,
  /** Public key of a secret. */
  publicKey: 39_000,
  derivation: 3_500,
  box: 4_500,
  verification: 80_000,
  /** Evaluation of both polynomials at one point, per coefficient. */
  coefficients: 96,
  /** Product of a share and its weight. */
  product: 90,
  /** One factor of a share's weight; a weight has a factor for each other point. */
  weight: 4,
  /** One element of a mask: key stream and addition. */
  element: 3.4,
} as const;

const { agreement, publicKey, derivation, box, verification } = OPERATION_COST_NS;
const { coefficients, product, weight, element } = OPERATION_COST_NS;

/** The jobs that derive seeds from secrets, by a rule for seeds. */
export function seedRuleJobs(
  seeds: SeedRule,
): Readonly<Record<'shareKeys' | 'deriveSeeds', JobDefinition>> {
  return {
    shareKeys: {
      ...definition<'shareKeys'>(
        (input, crypto) => shareKeys(input, crypto, seeds),
        ({ holders, ownSecret }) =>
          holders.length * shareWithHolderCostNs(1 + ownSecret.coefficients.length),
      ),
      sharesAgreements: true,
    },
    deriveSeeds: definition<'deriveSeeds'>(
      (input, crypto) => deriveSeeds(input, crypto, seeds),
      ({ own, pairs }) =>
        own.length * derivation +
        pairs.reduce((sum, { peers }) => sum + publicKey + peers.length * PAIR_SEED_COST_NS, 0),
    ),
  };
}

/** The jobs of secure aggregation, by name. */
export const SECAGG_JOBS: Readonly<Record<SecaggJobName, JobDefinition>> = {
  verifySignatures: definition<'verifySignatures'>(
    verifySignatures,
    ({ items }) => items.length * verification,
  ),
  openBoxes: definition<'openBoxes'>(openBoxes, ({ boxes }) => boxes.length * (derivation + box)),
  rebuildSecrets: definition<'rebuildSecrets'>(rebuildSecrets, ({ groups }) =>
    groups.reduce(
      (sum, { points, secrets }) =>
        sum +
        lagrangeWeightsCostNs(points.length) +
        secrets.reduce((part, secret) => part + rebuildSecretCostNs(points.length, secret), 0),
      0,
    ),
  ),
  ...seedRuleJobs(PROTOCOL_SEED_RULE),
  sumMasks: {
    ...definition<'sumMasks'>(sumMasks, ({ streams, count }) => streams.length * count * element),
    transfer: { input: () => [], output: (output) => [(output as SumMasksOutput).sum.buffer] },
  },
};

/** Cost of the seed of one pair, ns. */
export const PAIR_SEED_COST_NS: number = agreement + derivation;

/** Cost of sharing with one holder, ns. */
export function shareWithHolderCostNs(threshold: number): number {
  return 2 * (PAIR_SEED_COST_NS + box) + threshold * coefficients;
}

/** Cost of the weights of `holders` holders, with the check, ns. */
export function lagrangeWeightsCostNs(holders: number): number {
  return 2 * holders * holders * weight;
}

/** Cost of rebuilding one secret from the shares of `holders` holders, with the checks, ns. */
export function rebuildSecretCostNs(
  holders: number,
  secret: Pick<RebuildGroup['secrets'][number], 'publicKey'>,
): number {
  return 2 * holders * product + (secret.publicKey === undefined ? 0 : publicKey);
}
