/**
 * Merges the values that several entries of a file give to one direction, and checks them against each other:
 * burst loss that no two-state chain can have, jitter above the delay, packets larger than a token bucket,
 * contacts (docs/spec/link-model.md).
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { LINK_SHARE_MIN } from '../../engine/pure/traffic-class.ts';
import type { ConfigCode } from '../files/config-error.ts';
import type { ValuePath } from '../files/locate.ts';
import type { DirectionDraft } from '../schema/direction.ts';
import { findContactsMistake } from './contacts.ts';
import type { BuildContext } from './context.ts';
import { readRateAndDelayFiles } from './pace-file.ts';

/** Values for some keys of a direction, from one source: the defaults, the link, or the entry of one direction. */
export type PartialDirection = DirectionDraft;

interface Mistake {
  readonly code: ConfigCode;
  readonly key: keyof LinkDirectionSpec;
  /** Path below the entry `key`; absent if the mistake is the entry as a whole. */
  readonly at?: ValuePath;
  readonly message: string;
  readonly hint?: string;
}

/** Keys in files, by the field of {@link LinkDirectionSpec}; for other fields the key is the name of the field. */
const ENTRY: Readonly<Partial<Record<keyof LinkDirectionSpec, string>>> = {
  rateBps: 'rate',
  delayNs: 'delay',
};

/**
 * Merges the values of several sources, of which later ones win, and checks the result.
 * @param path The link's path in the file.
 * @returns the direction, or undefined after recording what is wrong.
 */
export function buildDirection(
  context: BuildContext,
  path: ValuePath,
  layers: readonly (PartialDirection | undefined)[],
): LinkDirectionSpec | undefined {
  const merged = readRateAndDelayFiles(context, path, mergeOf(layers));
  if (merged === undefined) return undefined;
  const name = nameOf(merged);
  const known = name === undefined ? undefined : context.directions.get(name);
  if (known !== undefined) return known;
  const { rateBps, delayNs } = merged;
  if (rateBps === undefined) refuseMissing(context, path, 'rate', 'a rate such as 1Gbit/s');
  if (delayNs === undefined) refuseMissing(context, path, 'delay', 'a time such as 10ms');
  if (rateBps === undefined || delayNs === undefined) return undefined;
  const direction: LinkDirectionSpec = { ...merged, rateBps, delayNs };
  const mistakes = [lossMistake, jitterMistake, queueMistake, bucketMistake, mistakeInContacts]
    .map((check) => check(direction))
    .filter((mistake) => mistake !== undefined);
  for (const { code, key, at = [], message, hint } of mistakes) {
    context.refuse(code, [...path, ENTRY[key] ?? key, ...at], message, hint);
  }
  warnOfJitter(context, path, direction);
  warnOfLoss(context, path, direction);
  if (mistakes.length > 0) return undefined;
  if (name !== undefined) context.directions.set(name, direction);
  return direction;
}

/** Later sources win; a rate or delay that is a number replaces the trace file of an earlier source. */
function mergeOf(layers: readonly (PartialDirection | undefined)[]): PartialDirection {
  const merged: { -readonly [Key in keyof PartialDirection]: PartialDirection[Key] } = {};
  for (const layer of layers) {
    if (layer?.rateBps !== undefined) delete merged.rateFile;
    if (layer?.delayNs !== undefined) delete merged.delayFile;
    Object.assign(merged, layer);
  }
  return merged;
}

/**
 * A key that is equal for equal directions, so that the links of a large network share one object;
 * undefined if a value is an object.
 */
function nameOf(direction: PartialDirection): string | undefined {
  let name = '';
  for (const [key, value] of Object.entries(direction)) {
    if (typeof value === 'object') return undefined;
    name += `${key}=${value} `;
  }
  return name;
}

function refuseMissing(context: BuildContext, path: ValuePath, key: string, expects: string): void {
  const hint = `or give defaults.link.${key}`;
  context.refuse('E121', [...path, key], `missing, expected ${expects}`, hint);
}

function lossMistake({ loss }: LinkDirectionSpec): Mistake | undefined {
  if (loss === undefined) return undefined;
  if (loss.kind === 'burst') {
    // P(good -> bad) = L / (B (1 - L)) is a probability, so it must be at most 1
    // (docs/spec/link-model.md, Impairments).
    const most = loss.meanBurst / (loss.meanBurst + 1);
    if (loss.probability <= most) return undefined;
    const message = `a loss of ${loss.probability} does not allow bursts of ${loss.meanBurst}`;
    const hint = `at this burst length the loss is at most ${Number(most.toFixed(4))}`;
    return { code: 'E104', key: 'loss', message, hint };
  }
  if (loss.kind === 'gilbert-elliott' && loss.p === 0 && loss.r === 0) {
    const message = 'p and r are both 0, so neither state is ever left';
    return { code: 'E104', key: 'loss', message, hint: 'raise p or r' };
  }
  if (loss.kind === 'trace' && !isAscendingBelow(loss.lost, loss.length)) {
    const message = `lost packets must ascend and stay below length (${loss.length})`;
    return { code: 'E104', key: 'loss', message };
  }
  return undefined;
}

function isAscendingBelow(values: readonly number[], end: number): boolean {
  return values.every((value, at) => value > (values[at - 1] ?? -1) && value < end);
}

function jitterMistake({ jitter }: LinkDirectionSpec): Mistake | undefined {
  if (jitter?.kind !== 'table') return undefined;
  const { quantilesNs } = jitter;
  const isAscending = quantilesNs.every((value, at) => value >= (quantilesNs[at - 1] ?? 0));
  if (isAscending) return undefined;
  return { code: 'E104', key: 'jitter', message: 'the quantiles of a table must ascend' };
}

function queueMistake({ queue }: LinkDirectionSpec): Mistake | undefined {
  if (queue?.kind !== 'priority') return undefined;
  const { classes, classOfDscp = [], shareMax = 1 } = queue;
  if (shareMax < LINK_SHARE_MIN) {
    const message = `${shareMax} is below the minimum ${LINK_SHARE_MIN}`;
    return { code: 'E104', key: 'queue', at: ['shareMax'], message };
  }
  const dscp = classOfDscp.findIndex((index) => index >= classes.length);
  if (dscp < 0) return undefined;
  const message = `there is no class ${classOfDscp[dscp]}, the classes are 0 to ${classes.length - 1}`;
  return { code: 'E104', key: 'queue', at: ['classOfDscp', dscp], message };
}

function bucketMistake({ tokenBucket, mtu }: LinkDirectionSpec): Mistake | undefined {
  if (tokenBucket === undefined || mtu === undefined) return undefined;
  if (tokenBucket.burstBytes >= mtu) return undefined;
  const message = `a burst of ${tokenBucket.burstBytes}B is below the mtu of ${mtu}B`;
  return { code: 'E104', key: 'tokenBucket', message, hint: 'larger packets could never leave' };
}

function mistakeInContacts({ contacts }: LinkDirectionSpec): Mistake | undefined {
  const mistake = contacts && findContactsMistake(contacts);
  return mistake && { code: 'E111', key: 'contacts', ...mistake };
}

/** Warns that jitter can make delays negative; the engine sets such delays to 0 and counts them. */
function warnOfJitter(context: BuildContext, path: ValuePath, direction: LinkDirectionSpec): void {
  const { jitter, delayNs } = direction;
  if (jitter === undefined || jitter.kind === 'none') return;
  const earliest = {
    uniform: () => (jitter.kind === 'uniform' ? jitter.halfWidthNs : 0),
    normal: () => (jitter.kind === 'normal' ? jitter.sigmaNs * (jitter.boundSigmas ?? 3) : 0),
    pareto: () => 0,
    table: () => 0,
  }[jitter.kind]();
  if (earliest <= delayNs) return;
  const { file, line } = context.position(path);
  context.warn(`${file}:${line}: jitter may exceed the delay and is cut at delay 0`);
}

/** Warns of `loss: 1`, because the author of the file may mean 1 %. */
function warnOfLoss(context: BuildContext, path: ValuePath, { loss }: LinkDirectionSpec): void {
  if (loss?.kind !== 'bernoulli' || loss.probability !== 1) return;
  const { file, line } = context.position(path);
  context.warn(
    `${file}:${line}: a loss of 1 is 100 %, and nothing arrives; one in a hundred is 1%`,
  );
}
