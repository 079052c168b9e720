/**
 * What mixes and providers trace for their drawing, as texts that people can read as well: writes
 * them where the node runs, reads them where they are drawn. Texts that do not parse give `undefined`.
 *
 * @module
 */

/** Where the node stands in the document. */
export const PLACE = 'place';
/** What it holds. */
export const POOL = 'pool';
/** How it delays. */
export const MIXING = 'mixing';

const PLACE_TEXT = /^layer (\d+) of (\d+)$/;
const POOL_TEXT = /^mean=([\d.]+) in=([\d.]+)\/s$/;

/** A layer of mixes, from 1, or among the providers. */
export type Standing =
  | { readonly kind: 'layer'; readonly layer: number; readonly layers: number }
  | { readonly kind: 'provider' };

/** `layer 2 of 3`, `provider`. */
export function writeStanding(standing: Standing): string {
  if (standing.kind === 'provider') return 'provider';
  return `layer ${standing.layer} of ${standing.layers}`;
}

/** Reads {@link writeStanding}. */
export function readStanding(text: string | undefined): Standing | undefined {
  if (text === 'provider') return { kind: 'provider' };
  const [, layer, layers] = PLACE_TEXT.exec(text ?? '') ?? [];
  if (layer === undefined || layers === undefined) return undefined;
  return { kind: 'layer', layer: Number(layer), layers: Number(layers) };
}

/** A pool between two instants at which it was told of. */
export interface PoolText {
  /** Packets inside, mean over time: an instant would be biased by what happens in it. */
  readonly mean: number;
  /** Packets that came, per second. */
  readonly perSecond: number;
}

/** `mean=17.25 in=210.0/s`. */
export function writePool({ mean, perSecond }: PoolText): string {
  return `mean=${mean.toFixed(2)} in=${perSecond.toFixed(1)}/s`;
}

/** Reads {@link writePool}. */
export function readPool(text: string | undefined): PoolText | undefined {
  const [, mean, perSecond] = POOL_TEXT.exec(text ?? '') ?? [];
  if (mean === undefined || perSecond === undefined) return undefined;
  return { mean: Number(mean), perSecond: Number(perSecond) };
}
