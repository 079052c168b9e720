/**
 * When the packets of a flow are sent: the patterns, one for each `kind` of an entry of `traffic`.
 *
 * @module
 */

import type { IpFlow } from '../engine/pure/ip-headers.ts';

/** When the packets of a flow are sent; the kinds are those of `traffic` in a scenario. */
export type TrafficPattern =
  | { readonly kind: 'constant'; readonly rate: number }
  | { readonly kind: 'poisson'; readonly rate: number }
  /** Exponential on and off periods; constant `rate` while on. */
  | {
      readonly kind: 'on-off';
      readonly rate: number;
      readonly onNs: number;
      readonly offNs: number;
    }
  /** Instants and sizes from a CSV file (`seconds,bytes` lines) or a capture, sorted. */
  | {
      readonly kind: 'trace';
      readonly atNs: readonly number[];
      readonly bytes: readonly number[];
      /** For IP packets from a capture: `numbers` has the index in `flows` of the flow of each packet. */
      readonly ip?: { readonly flows: readonly IpFlow[]; readonly numbers: readonly number[] };
    }
  /** Each request is answered by the receiver with `responseBytes`. */
  | {
      readonly kind: 'request-response';
      readonly rate: number;
      readonly responseBytes: number;
    }
  /** One transfer of `bytes` over the reliable stream, then the end. */
  | { readonly kind: 'file'; readonly bytes: number };
