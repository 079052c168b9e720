/**
 * Splits a held bundle that is too long for its way into fragments that are not (RFC 9171 section
 * 5.8).
 *
 * @module
 */
import { CborWriter } from '../../_kit/cbor-writer.ts';
import { FORWARDING_GROWTH_MAX } from '../geometry.ts';
import { isFragmentable, writeFragment } from '../wire/fragment.ts';
import { BundleView } from '../wire/view.ts';
import { openHeld } from './forwarded-copy.ts';
import type { HeldBundle } from './held-bundle.ts';
import { identityOf } from './identity.ts';

/** Two numbers of the primary block: offset and length of the whole payload, bytes. */
const FRAGMENT_FIELDS_MAX = 18;

/**
 * @param maxBytes Longest bundle that can leave.
 * @returns nothing if the bundle may not be split, or cannot be into such short ones.
 */
export function fragmentsOf(bundle: HeldBundle, maxBytes: number): readonly HeldBundle[] {
  const view = new BundleView();
  openHeld(view, bundle.bytes);
  // Security blocks cover the whole payload (RFC 9172 section 5.2).
  if (!isFragmentable(view) || view.hasSecurity) return [];
  const { payloadLength } = view;
  const growth = FRAGMENT_FIELDS_MAX + FORWARDING_GROWTH_MAX;
  const overhead = bundle.bytes.length - payloadLength + growth;
  const room = maxBytes - overhead;
  if (room < 1) return [];
  const writer = new CborWriter();
  const fragment = new BundleView();
  const fragments: HeldBundle[] = [];
  for (let start = 0; start < payloadLength; start += room) {
    writeFragment(writer, view, { start, end: Math.min(payloadLength, start + room) });
    const bytes = writer.taken();
    openHeld(fragment, bytes);
    fragments.push({ ...bundle, bytes, key: identityOf(fragment) ?? bundle.key });
  }
  return fragments;
}
