/**
 * The identity of a bundle: its source and creation timestamp, and of a fragment also offset and length
 * (RFC 9171 section 4.2.7). Different encodings of one endpoint identifier lead to the same identity.
 *
 * @module
 */
import { formatEid } from '../wire/eid.ts';
import { EID_FORM } from '../wire/eid-wire.ts';
import type { BundleView } from '../wire/view.ts';

/**
 * Makes the identity of the whole bundle, even from a view of one of its fragments; undefined if the
 * bundle is anonymous.
 */
export function identifyWholeBundle(view: BundleView): string | undefined {
  const key = identifyBundle(view);
  return view.isFragment ? key?.slice(0, key.lastIndexOf(' ')) : key;
}

/**
 * Makes the identity of a bundle or fragment; undefined if it is anonymous, and so has no identity.
 */
export function identifyBundle(view: BundleView): string | undefined {
  return view.sourceForm === EID_FORM.none
    ? undefined
    : formatBundleIdentity(view, formatEid(view.source));
}

/**
 * Makes the text of a bundle's identity: source, creation timestamp and, of a fragment, offset and
 * length.
 * @param source The source of the bundle, as text.
 */
export function formatBundleIdentity(view: BundleView, source: string): string {
  const { createdMs, sequence } = view;
  // Numbers above 2^53 would be rounded, so their encoded bytes are used instead.
  const isExact = createdMs <= Number.MAX_SAFE_INTEGER && sequence <= Number.MAX_SAFE_INTEGER;
  const time = isExact ? `${createdMs}-${sequence}` : bytesOfTimestamp(view);
  const key = `${source} ${time}`;
  return view.isFragment ? `${key} ${view.fragmentOffset}+${view.payloadLength}` : key;
}

function bytesOfTimestamp({ bytes, timestampAt, timestampEnd }: BundleView): string {
  return bytes.subarray(timestampAt, timestampEnd).join('.');
}
