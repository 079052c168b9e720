/**
 * Shamir's secret sharing (CACM 1979) over GF(2^16): a secret is a row of big-endian 16-bit words, and
 * each word has its own polynomial. The share of a holder is the values of the polynomials at its point.
 *
 * Draws nothing: coefficients are arguments. Only {@link rebuildSecret} checks its arguments; the
 * other functions trust them.
 *
 * @module
 */
import { readUint16, writeUint16 } from '../../_kit/bytes.ts';
import { EXP_TABLE, GENERATOR_ORDER, LOG_TABLE, multiplyElements } from './field.ts';

/** A share: the holder's point, and as many bytes as the secret. */
export interface SecretShare {
  /** 1 … 65,535: index of the holder + 1. */
  readonly x: number;
  readonly y: Uint8Array;
}

/** The point of a holder, which is never 0: the value at 0 is the secret. */
export function holderPoint(index: number): number {
  return index + 1;
}

/** A secret and the polynomials through it. */
export interface SecretPolynomials {
  readonly secret: Uint8Array;
  /** Coefficients of x^1 … x^(t-1), each as long as the secret, uniform. */
  readonly coefficients: readonly Uint8Array[];
}

function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length / 2);
  for (let word = 0; word < words.length; word += 1) words[word] = readUint16(bytes, 2 * word);
  return words;
}

function bytesOf(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * words.length);
  for (let word = 0; word < words.length; word += 1) {
    writeUint16(bytes, 2 * word, words[word] as number);
  }
  return bytes;
}

/** Shares of a secret, one for each point. */
export function splitSecret(
  { secret, coefficients }: SecretPolynomials,
  points: readonly number[],
): readonly Uint8Array[] {
  const rows = [secret, ...coefficients].map(wordsOf).reverse();
  return points.map((x) => bytesOf(evaluate(rows, x)));
}

// hot: t-1 times 16 products per share. Tables of one factor fit the first cache, those of the field
// do not.
/** Horner's rule on all words at once; `rows` from the highest power down to the secret. */
function evaluate(rows: readonly Uint16Array[], x: number): Uint16Array {
  const value = (rows[0] as Uint16Array).slice();
  const low = multiplesOf(x, 0);
  const high = multiplesOf(x, 8);
  for (let power = 1; power < rows.length; power += 1) {
    const row = rows[power] as Uint16Array;
    for (let word = 0; word < value.length; word += 1) {
      const before = value[word] as number;
      const product = (low[before & 0xff] as number) ^ (high[before >>> 8] as number);
      value[word] = product ^ (row[word] as number);
    }
  }
  return value;
}

/** Products of a factor with all bytes, each shifted by `shift`. */
function multiplesOf(factor: number, shift: number): Uint16Array {
  const products = new Uint16Array(256);
  for (let bit = 1; bit < 256; bit <<= 1) {
    const product = multiplyElements(factor, bit << shift);
    for (let rest = 0; rest < bit; rest += 1) {
      products[bit | rest] = product ^ (products[rest] as number);
    }
  }
  return products;
}

/**
 * Lagrange weights at 0 for these points, which must be different and not 0. They serve every
 * secret of which the same holders gave shares.
 */
export function lagrangeWeightsAtZero(points: readonly number[]): Uint16Array {
  const logs = points.map((x) => LOG_TABLE[x] as number);
  const all = logs.reduce((sum, value) => sum + value, 0);
  return Uint16Array.from(points, (x, index) => {
    let exponent = all - (logs[index] as number);
    for (const other of points) {
      if (other !== x) exponent -= LOG_TABLE[other ^ x] as number;
    }
    const rest = exponent % GENERATOR_ORDER;
    return EXP_TABLE[rest < 0 ? rest + GENERATOR_ORDER : rest] as number;
  });
}

/** Rebuilds a secret from shares in the order of their weights. */
export type ShareCombiner = (shares: readonly Uint8Array[]) => Uint8Array;

/** From this number of secrets on, tables of products cost less than logarithms. */
const SECRETS_FOR_TABLES = 4;

/** Prepares weighted sums of shares, for about `secrets` secrets. */
export function makeShareCombiner(weights: Uint16Array, secrets: number): ShareCombiner {
  if (secrets < SECRETS_FOR_TABLES) return (shares) => sumOf(shares, productByLogs(weights));
  const low = Array.from(weights, (weight) => multiplesOf(weight, 0));
  const high = Array.from(weights, (weight) => multiplesOf(weight, 8));
  return (shares) =>
    sumOf(shares, (index, sum, words) => {
      const lower = low[index] as Uint16Array;
      const upper = high[index] as Uint16Array;
      for (let word = 0; word < sum.length; word += 1) {
        const product =
          (upper[words[2 * word] as number] as number) ^
          (lower[words[2 * word + 1] as number] as number);
        sum[word] = (sum[word] as number) ^ product;
      }
    });
}

/** Adds the product of a share and its weight to a sum. */
type AddProduct = (index: number, sum: Uint16Array, share: Uint8Array) => void;

function productByLogs(weights: Uint16Array): AddProduct {
  return (index, sum, share) => {
    const logWeight = LOG_TABLE[weights[index] as number] as number;
    for (let word = 0; word < sum.length; word += 1) {
      const value = readUint16(share, 2 * word);
      if (value === 0) continue;
      sum[word] =
        (sum[word] as number) ^ (EXP_TABLE[(LOG_TABLE[value] as number) + logWeight] as number);
    }
  };
}

// hot: t products of 16 words per secret.
function sumOf(shares: readonly Uint8Array[], add: AddProduct): Uint8Array {
  const sum = new Uint16Array((shares[0] as Uint8Array).length / 2);
  for (let index = 0; index < shares.length; index += 1) {
    add(index, sum, shares[index] as Uint8Array);
  }
  return bytesOf(sum);
}

/**
 * Rebuilds a secret from the `threshold` shares of the smallest points.
 * @returns undefined for fewer shares, for two of one point, for a point outside 1 … 65,535, and for
 *   different or odd lengths.
 */
export function rebuildSecret(
  shares: readonly SecretShare[],
  threshold: number,
): Uint8Array | undefined {
  const sorted = [...shares].sort((a, b) => a.x - b.x);
  const length = sorted[0]?.y.length ?? 0;
  if (sorted.length < threshold || length === 0 || length % 2 !== 0) return undefined;
  for (const [index, { x, y }] of sorted.entries()) {
    if (!(x >= 1 && x <= 0xffff) || x === sorted[index - 1]?.x) return undefined;
    if (y.length !== length) return undefined;
  }
  const used = sorted.slice(0, threshold);
  const weigh = makeShareCombiner(lagrangeWeightsAtZero(used.map(({ x }) => x)), 1);
  return weigh(used.map(({ y }) => y));
}
