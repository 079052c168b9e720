/**
 * What security does to bundles on their way through an agent (RFC 9172 section 3): the source adds
 * blocks, nodes on the way and the destination check and remove them, and a guard may refuse to let
 * a bundle go.
 *
 * @module
 */
import type { DtnDropReason } from '../drops.ts';
import type { BundleView } from '../wire/view.ts';

/** The security of one node; it changes only bundles to which a rule applies. */
export interface BundleSecurity {
  /** Adds the source's security blocks to a new bundle. @returns the bundle, or why it may not go. */
  made(bundle: Uint8Array): Uint8Array | DtnDropReason;
  /**
   * Checks a bundle that came, before its hops are checked and it is kept or delivered.
   * @param view The bundle, opened.
   * @returns the bytes to go on with, or why the bundle is dropped.
   */
  received(view: BundleView): Uint8Array | DtnDropReason;
  /**
   * Decides about the copy of a bundle that is about to leave.
   * @param neighbour Name of the host to which it goes.
   * @returns the bytes that leave, or why they do not: the bundle is then lost here.
   */
  leaving(copy: Uint8Array, neighbour: string): Uint8Array | DtnDropReason;
}
