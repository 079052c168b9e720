/**
 * Decodes the source and destination endpoints of bundles: their text, and the host to which they belong.
 * The same few endpoints occur in many bundles, so the results are cached by the encoded bytes.
 *
 * @module
 */
import { ROUTER_DEMUX, ROUTER_SERVICE_NUMBER } from '../geometry.ts';
import type { HostEids } from '../names.ts';
import { deriveNodeEid, type Eid, formatEid } from '../wire/eid.ts';
import type { BundleView } from '../wire/view.ts';

/** The source or destination of bundles: its identifier, its node, and the host of that node. */
export interface BundleEndpoint {
  /** The identifier as text; equal identifiers have equal texts. */
  readonly text: string;
  /** Identifier of the node that the endpoint belongs to. */
  readonly node: string;
  /** Name of the node's host; undefined if no host of this network has the node. */
  readonly host: string | undefined;
  /** True if the endpoint is the router of a node and not an application. */
  readonly isRouter: boolean;
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly endpoint: BundleEndpoint;
}

/** Number of slots of the cache, a power of two; an endpoint replaces the former one in its slot. */
const KEPT_MAX = 256;
/** Longest encoded identifier that is cached, bytes. */
const BYTES_MAX = 64;
/** Offset basis of the hash FNV-1a, 32 bits. */
const FNV_BASIS = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;

/** Reads the sources and destinations of bundles, and caches the results. */
export class BundleEndpointCache {
  readonly #names: HostEids;
  readonly #kept: (Kept | undefined)[] = new Array<Kept | undefined>(KEPT_MAX).fill(undefined);

  constructor(names: HostEids) {
    this.#names = names;
  }

  /** The source of the bundle in `view`. */
  sourceOf(view: BundleView): BundleEndpoint {
    const { bytes, sourceAt, reportToAt } = view;
    const slot = slotOf(bytes, sourceAt, reportToAt);
    const known = this.#at(slot, bytes, sourceAt);
    return known ?? this.#keep(slot, view.source, bytes.subarray(sourceAt, reportToAt));
  }

  /** The destination of the bundle in `view`. */
  destinationOf(view: BundleView): BundleEndpoint {
    const { bytes, destinationAt, sourceAt } = view;
    const slot = slotOf(bytes, destinationAt, sourceAt);
    const known = this.#at(slot, bytes, destinationAt);
    return known ?? this.#keep(slot, view.destination, bytes.subarray(destinationAt, sourceAt));
  }

  /** The endpoint in a slot, if its identifier begins at `start`; no identifier is a prefix of another. */
  #at(slot: number, bytes: Uint8Array, start: number): BundleEndpoint | undefined {
    const kept = this.#kept[slot];
    if (kept === undefined) return undefined;
    const { length } = kept.bytes;
    for (let index = 0; index < length; index += 1) {
      if (kept.bytes[index] !== bytes[start + index]) return undefined;
    }
    return kept.endpoint;
  }

  #keep(slot: number, eid: Eid, bytes: Uint8Array): BundleEndpoint {
    const endpoint = {
      text: formatEid(eid),
      node: formatEid(deriveNodeEid(eid)),
      host: this.#names.hostOf(eid),
      isRouter: isRouterEid(eid),
    };
    if (bytes.length <= BYTES_MAX) this.#kept[slot] = { bytes: bytes.slice(), endpoint };
    return endpoint;
  }
}

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_BASIS;
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  }
  return (hash ^ (hash >>> 16)) & (KEPT_MAX - 1);
}

function isRouterEid(eid: Eid): boolean {
  return eid.scheme === 'ipn'
    ? eid.service === ROUTER_SERVICE_NUMBER
    : eid.scheme === 'dtn' && eid.demux === ROUTER_DEMUX;
}
