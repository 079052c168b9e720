/**
 * Splits held bundles into fragments (RFC 9171 section 5.8): those that are too long for their way,
 * and those of which a part fits in what is left of a contact.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { FORWARDING_GROWTH_BYTES_MAX } from '../geometry.ts';
import { isFragmentable, type PayloadPiece, writeFragment } from '../wire/fragment.ts';
import { BundleView } from '../wire/view.ts';
import type { EffectSink } from './effects.ts';
import { openHeldBundle } from './forwarded-copy.ts';
import { type HeldBundle, isOwnMessage } from './held-bundle.ts';
import type { HeldBundles } from './holdings.ts';
import { identifyBundle } from './identity.ts';

/** Largest length of two fields of a fragment's primary block together, bytes: offset and total length. */
const FRAGMENT_FIELDS_MAX = 18;

/**
 * Splits a bundle into fragments that are no longer than a limit.
 * @param maxBytes Longest bundle that can leave.
 * @param most Largest number of fragments.
 * @returns the fragments; none if the bundle may not be split, or not within both limits.
 */
export function splitIntoFragments(
  bundle: HeldBundle,
  maxBytes: number,
  most: number,
): readonly HeldBundle[] {
  const view = viewOf(bundle);
  if (!isFragmentable(view)) return [];
  const room = roomIn(maxBytes, bundle, view);
  if (room < 1 || Math.ceil(view.payloadLength / room) > most) return [];
  const pieces: PayloadPiece[] = [];
  for (let start = 0; start < view.payloadLength; start += room) {
    pieces.push({ start, end: Math.min(view.payloadLength, start + room) });
  }
  return cut(bundle, view, pieces);
}

/** True if the bundle may be split into fragments of at most `maxBytes` bytes. */
export function isSplittable(bundle: HeldBundle, maxBytes: number): boolean {
  const view = viewOf(bundle);
  return isFragmentable(view) && roomIn(maxBytes, bundle, view) >= 1;
}

/** Longest payload of a fragment in a bundle of at most `maxBytes`, bytes. */
function roomIn(maxBytes: number, bundle: HeldBundle, view: BundleView): number {
  return maxBytes - overheadOf(bundle, view) - FORWARDING_GROWTH_BYTES_MAX;
}

/**
 * Splits a bundle in two, so that a part of it can leave.
 * @param maxBytes Longest first fragment, bytes.
 * @returns both fragments; none if the bundle may not be split, or the first is not worth its overhead.
 */
export function splitInTwo(bundle: HeldBundle, maxBytes: number): readonly HeldBundle[] {
  if (maxBytes < worthwhileFragmentBytesMin(bundle)) return [];
  const view = viewOf(bundle);
  const end = maxBytes - overheadOf(bundle, view);
  if (end >= view.payloadLength) return [];
  return cut(bundle, view, [
    { start: 0, end },
    { start: end, end: view.payloadLength },
  ]);
}

/**
 * The least length in bytes of a fragment that is worth its overhead: at least half of the fragment
 * is payload (our choice; no RFC says). Infinity if the bundle may not be split, or is too short.
 */
export function worthwhileFragmentBytesMin(bundle: HeldBundle): number {
  const view = viewOf(bundle);
  const overhead = overheadOf(bundle, view);
  const isWorth = isFragmentable(view) && view.payloadLength > overhead;
  return isWorth ? 2 * overhead : Number.POSITIVE_INFINITY;
}

/** A held bundle and the fragments that take its place. */
export interface FragmentReplacement {
  readonly holdings: HeldBundles;
  readonly effects: EffectSink;
  /** Called for each fragment that was stored: the node answers for it once it is on disk. */
  readonly onKept: (now: Nanoseconds, bundle: HeldBundle) => void;
  /** The key of bytes for observers; absent if nobody observes. */
  readonly keyOf?: ((bundle: Uint8Array) => number) | undefined;
  readonly whole: HeldBundle;
  readonly parts: readonly HeldBundle[];
}

/**
 * Keeps fragments in the store instead of their bundle, and reports the exchange to observers.
 * @returns the fragments that were not held before: after a crash, some are held beside their bundle.
 */
export function replaceByFragments(
  now: Nanoseconds,
  { holdings, effects, onKept, keyOf, whole, parts }: FragmentReplacement,
): readonly HeldBundle[] {
  const { observerNumber, destination = '' } = whole;
  const isOwn = isOwnMessage(whole);
  const added = parts.filter(({ key }) => holdings.get(key) === undefined);
  for (const part of added) {
    part.observerNumber = keyOf?.(part.bytes) ?? 0;
    const { bytes } = part;
    if (isOwn)
      effects.report({ kind: 'copied', observerNumber, bundle: bytes, recipient: destination });
    else effects.report({ kind: 'copied', key: observerNumber, bundle: bytes });
    effects.report({ kind: 'arrived', key: part.observerNumber });
    holdings.add(now, part);
    onKept(now, part);
    effects.count('dtn.fragments');
  }
  holdings.end(now, whole, 'over');
  effects.absorb(whole);
  return added;
}

function viewOf({ bytes }: HeldBundle): BundleView {
  const view = new BundleView();
  openHeldBundle(view, bytes);
  return view;
}

/** Largest length of a fragment without its payload, bytes. */
function overheadOf({ bytes }: HeldBundle, { payloadLength }: BundleView): number {
  return bytes.length - payloadLength + FRAGMENT_FIELDS_MAX;
}

function cut(
  bundle: HeldBundle,
  view: BundleView,
  pieces: readonly PayloadPiece[],
): readonly HeldBundle[] {
  const writer = new CborWriter();
  const fragment = new BundleView();
  return pieces.map((piece) => {
    writeFragment(writer, view, piece);
    const bytes = writer.taken();
    openHeldBundle(fragment, bytes);
    return { ...bundle, bytes, key: identifyBundle(fragment) ?? bundle.key, isPart: true };
  });
}
