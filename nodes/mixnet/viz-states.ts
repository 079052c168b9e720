/**
 * What mixes and providers trace for their drawing, as human-readable text: written where the node
 * runs, read where the drawing is made. Text that does not parse gives `undefined`.
 *
 * @module
 */

/** The node's place in the document. */
export const PLACE = 'place';
/** Name of the state that holds the number of packets. */
export const POOL = 'pool';
/** Name of the state that holds the mixing strategy. */
export const MIXING = 'mixing';

const PLACE_TEXT = /^layer (\d+) of (\d+)$/;
const POOL_TEXT = /^mean=([\d.]+) in=([\d.]+)\/s$/;

/** A layer of mixes, from 1, or the providers. */
export type Standing =
  | { readonly kind: 'layer'; readonly layer: number; readonly layers: number }
  | { readonly kind: 'provider' };

/** Writes a text such as `layer 2 of 3` or `provider`. */
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

/** The mean size of a pool between two reports. */
export interface PoolText {
  /**
   * Packets held, mean over time: a value at one instant would be biased by the event that reports
   * it.
   */
  readonly mean: number;
  /** Packets that arrived, per second. */
  readonly perSecond: number;
}

/** Writes a text such as `mean=17.25 in=210.0/s`. */
export function writePool({ mean, perSecond }: PoolText): string {
  return `mean=${mean.toFixed(2)} in=${perSecond.toFixed(1)}/s`;
}

/** Reads {@link writePool}. */
export function readPool(text: string | undefined): PoolText | undefined {
  const [, mean, perSecond] = POOL_TEXT.exec(text ?? '') ?? [];
  if (mean === undefined || perSecond === undefined) return undefined;
  return { mean: Number(mean), perSecond: Number(perSecond) };
}
