/**
 * The identity of a run of a sweep: a pure function of the commit, its files, its parameters and its
 * seed. Two runs with the same identity have the same result, wherever and whenever they run.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Values that a combination sets, path to value. */
export type CombinationParameters = Readonly<Record<string, string>>;

/** Everything that the result of a run depends on. */
export interface RunIdentityFacts {
  /** Commit of this program. */
  readonly commit: string;
  /** SHA-256 of each file, by its role in the run: `scenario`, `topology`. */
  readonly files: Readonly<Record<string, string>>;
  /** All values that are set in the scenario, including those of the command line. */
  readonly parameters: CombinationParameters;
  readonly seed: number;
  /** For an attempt of a hunt: the metrics whose limits hold at every instant. */
  readonly hunted?: readonly string[] | undefined;
}

/** Hex digits of an identity: 128 bits. */
const DIGITS = 32;

/** The name of a run: `run-` and 32 hex digits. */
export function runId(facts: RunIdentityFacts): string {
  return `run-${digestOf(facts)}`;
}

/**
 * The name of a combination, without its seeds; combinations are assigned to shards in the order of
 * these names.
 */
export function combinationId(facts: Omit<RunIdentityFacts, 'seed' | 'files'>): string {
  return digestOf(facts);
}

function digestOf(facts: object): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(facts)))).slice(0, DIGITS);
}

/** A value as JSON with sorted keys and without spaces, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`);
  return `{${entries.join(',')}}`;
}
