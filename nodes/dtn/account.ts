/**
 * The reports of a node about bundles, for the account of messages (docs/adr/0028): a bundle has one
 * key on each link, which both ends compute from its bytes.
 *
 * @module
 */
import type { MessageObserver, WireMessage } from '../../engine/host/protocol.ts';
import type { BundleReport } from './agent/agent.ts';
import { BUNDLE_START } from './geometry.ts';
import { BundleView } from './wire/view.ts';

/** How many bytes the key is derived from: identity, hop count and previous node are within them. */
const NAMED_BYTES = 256;
/** Seeds for two FNV-1a hashes. */
const SEEDS: readonly [number, number] = [0x811c_9dc5, 0x0c4e_a5a1];
const PRIME = 0x0100_0193;
const UPPER = 2 ** 21;
const LOWER = 2 ** 32;

/** The key of a bundle on a link: a safe integer >= 0. */
export function bundleKey(bundle: Uint8Array): number {
  const [lower, upper] = SEEDS.map((seed) => hash(bundle, seed)) as [number, number];
  return (upper % UPPER) * LOWER + lower;
}

function hash(bundle: Uint8Array, seed: number): number {
  let value = Math.imul(seed ^ bundle.length, PRIME);
  for (const byte of bundle.subarray(0, NAMED_BYTES)) value = Math.imul(value ^ byte, PRIME);
  return value >>> 0;
}

/** Reports to an observer what an agent says. */
export function report(observer: MessageObserver, what: BundleReport): void {
  switch (what.kind) {
    case 'accepted':
      observer.accepted?.(what.name);
      return;
    case 'created':
      observer.created(bundleKey(what.bundle), 'bundle', what.recipient, what.name);
      observer.settled?.(what.name, 'sent');
      return;
    case 'settled':
      observer.settled?.(what.name, what.how);
      return;
    case 'arrived':
      observer.arrived(what.key);
      return;
    case 'departed':
      observer.departed(what.key, bundleKey(what.bundle));
      return;
    case 'ended':
      observer.ended(what.key, what.how);
  }
}

/** Where the bundle is in a datagram; undefined for pieces of bundles and anything else. */
export function bundleIn(datagram: Uint8Array): WireMessage | undefined {
  if (datagram[0] !== BUNDLE_START) return undefined;
  const view = new BundleView();
  if (view.open(datagram, 0, datagram.length) !== undefined) return undefined;
  return { key: bundleKey(datagram), headerOffset: 0, payloadOffset: view.payloadStart };
}
