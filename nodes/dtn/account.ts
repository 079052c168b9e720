/**
 * The reports of a node about bundles, for the account of messages (ADR 0028): on each link a bundle has one
 * key, which both ends compute from the bytes that were sent.
 *
 * @module
 */
import type { MessageLocation, MessageObserver } from '../../engine/host/protocol.ts';
import { hashBytesTo53Bits } from '../_kit/bytes-name.ts';
import type { BundleAccountEvent } from './agent/effects.ts';
import { BUNDLE_FIRST_BYTE } from './geometry.ts';
import { BundleView } from './wire/view.ts';

/**
 * Length of the start of a bundle that is hashed into its key, bytes; it includes identity, hop count and
 * previous node, so the key differs on each link.
 */
const NAMED_BYTES = 256;
/** Computes the key of a bundle from the bytes sent on a link: a safe integer >= 0. */
export function bundleAccountKey(bundle: Uint8Array): number {
  return hashBytesTo53Bits(bundle, NAMED_BYTES);
}

/** Translates a report of an agent into calls of the observer of messages. */
export function reportToObserver(observer: MessageObserver, what: BundleAccountEvent): void {
  switch (what.kind) {
    case 'accepted':
      observer.accepted?.(what.observerNumber);
      return;
    case 'created':
      observer.created(
        bundleAccountKey(what.bundle),
        'bundle',
        what.recipient,
        what.observerNumber,
      );
      observer.settled?.(what.observerNumber, 'sent');
      return;
    case 'handed':
      observer.created(
        bundleAccountKey(what.bundle),
        'bundle',
        what.recipient,
        what.observerNumber,
      );
      return;
    case 'copied':
      if ('key' in what) observer.copied?.(what.key, bundleAccountKey(what.bundle));
      else
        observer.created(
          bundleAccountKey(what.bundle),
          'bundle',
          what.recipient,
          what.observerNumber,
        );
      return;
    case 'record':
      observer.created(bundleAccountKey(what.bundle), 'record', what.recipient);
      return;
    case 'settled':
      observer.settled?.(what.observerNumber, what.how);
      return;
    case 'arrived':
      observer.arrived(what.key);
      return;
    case 'departed':
      observer.departed(what.key, bundleAccountKey(what.bundle));
      return;
    case 'ended':
      observer.ended(what.key, what.how);
  }
}

/** Finds the bundle that a datagram carries whole; undefined for any other datagram. */
export function locateBundle(datagram: Uint8Array): MessageLocation | undefined {
  if (datagram[0] !== BUNDLE_FIRST_BYTE) return undefined;
  const view = new BundleView();
  if (view.open(datagram, 0, datagram.length) !== undefined) return undefined;
  return { key: bundleAccountKey(datagram), headerOffset: 0, payloadOffset: view.payloadStart };
}
