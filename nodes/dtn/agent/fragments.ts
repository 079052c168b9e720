/**
 * Splits held bundles into fragments (RFC 9171 section 5.8): bundles that are too long for their way, and
 * bundles of which a part fits in the rest of a contact.
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

/**
 * The primary block of a fragment has two fields more than that of a whole bundle, offset and total
 * length: their largest length together, bytes.
 */
const FRAGMENT_FIELDS_MAX = 18;

/**
 * Splits a bundle into fragments that are no longer than a limit.
 * @param maxBytes Longest bundle that can leave, bytes.
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

/** Largest payload of a fragment of at most `maxBytes` bytes, bytes; < 1 if there is none. */
function roomIn(maxBytes: number, bundle: HeldBundle, view: BundleView): number {
  return maxBytes - overheadOf(bundle, view) - FORWARDING_GROWTH_BYTES_MAX;
}

/**
 * Splits a bundle in two, so that a part of it can leave.
 * @param maxBytes Longest first fragment, bytes.
 * @returns both fragments; none if the bundle may not be split, or the first fragment would not be worth
 * its overhead.
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
 * is payload (our choice; no RFC sets it). Infinity if the bundle may not be split, or is too
 * short.
 */
export function worthwhileFragmentBytesMin(bundle: HeldBundle): number {
  const view = viewOf(bundle);
  const overhead = overheadOf(bundle, view);
  const isWorth = isFragmentable(view) && view.payloadLength > overhead;
  return isWorth ? 2 * overhead : Number.POSITIVE_INFINITY;
}

/** The replacement of a held bundle by its fragments. */
export interface FragmentReplacement {
  readonly holdings: HeldBundles;
  readonly effects: EffectSink;
  /** Called for each fragment that was stored: the node has custody of it once it is on disk. */
  readonly onKept: (now: Nanoseconds, bundle: HeldBundle) => void;
  /** Computes the key by which observers know a bundle; absent if nobody observes. */
  readonly keyOf?: ((bundle: Uint8Array) => number) | undefined;
  readonly whole: HeldBundle;
  readonly parts: readonly HeldBundle[];
}

/**
 * Stores fragments instead of their bundle, and reports this to observers.
 * @returns the fragments that were not held before: after a crash in an earlier replacement, some are held
 * beside their bundle.
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
