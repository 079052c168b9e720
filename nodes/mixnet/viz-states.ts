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
const POOL_TEXT = /^held=(\d+) in=([\d.]+)\/s$/;

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

/** A pool as it was when it was last told of. */
export interface PoolText {
  /** Packets inside. */
  readonly held: number;
  /** Packets that came, per second, since it was told of before. */
  readonly perSecond: number;
}

/** `held=17 in=210.0/s`. */
export function writePool({ held, perSecond }: PoolText): string {
  return `held=${held} in=${perSecond.toFixed(1)}/s`;
}

/** Reads {@link writePool}. */
export function readPool(text: string | undefined): PoolText | undefined {
  const [, held, perSecond] = POOL_TEXT.exec(text ?? '') ?? [];
  if (held === undefined || perSecond === undefined) return undefined;
  return { held: Number(held), perSecond: Number(perSecond) };
}
