/**
 * The states of mixnet nodes in a trace: nodes write them, and the drawing in the browser view
 * reads them.
 *
 * @module
 */
import {
  countFormat,
  decimalFormat,
  type TextFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import type { SingleTraceState } from '../_kit/trace-state.ts';

/**
 * The position of a node on paths: in a layer of mixes (1 first, of `layers`), or as a provider.
 */
export type NodePositionState =
  | { readonly kind: 'layer'; readonly layer: number; readonly layers: number }
  | { readonly kind: 'provider' };

const PROVIDER = 'provider';
const LAYER = textFormatFromTemplate('layer {layer} of {layers}', {
  layer: countFormat,
  layers: countFormat,
});
const STANDING: TextFormat<NodePositionState> = {
  write: (standing) => (standing.kind === 'provider' ? PROVIDER : LAYER.write(standing)),
  read: (text): NodePositionState | undefined => {
    if (text === PROVIDER) return { kind: 'provider' };
    const layer = LAYER.read(text);
    return layer && { kind: 'layer', ...layer };
  },
};

/** The position of the node in the document: `layer 2 of 3` or `provider`. */
export const NODE_POSITION_TRACE: SingleTraceState<NodePositionState> = {
  machine: 'place',
  state: STANDING,
};

const MEANS = textFormatFromTemplate('mean={mean} in={perSecond}/s', {
  mean: decimalFormat(2),
  perSecond: decimalFormat(1),
});
/**
 * Number of packets in the pool of a node, and arrivals per second: both are means since the
 * previous trace entry.
 */
export type PoolState = NonNullable<ReturnType<(typeof MEANS)['read']>>;

/**
 * The number of packets held and the arrivals per second, such as `mean=17.25 in=210.0/s`: means
 * over time, because a value at one instant would be biased by the event that reports it.
 */
export const POOL_TRACE: SingleTraceState<PoolState> = { machine: 'pool', state: MEANS };

/** The name of the mixing strategy. */
export const MIXING_TRACE = {
  machine: 'mixing',
  state: textFormatFromTemplate('{strategy}', { strategy: wordFormat }),
} as const;

/** The epoch of the document that the node uses. */
export const EPOCH_TRACE = {
  machine: 'epoch',
  state: textFormatFromTemplate('{epoch}', { epoch: countFormat }),
} as const;
