/**
 * The interface between an agent and its security blocks (RFC 9172 section 3): the source adds
 * blocks, nodes on the way and the destination check and remove them, and rules may forbid that a
 * bundle leaves.
 *
 * @module
 */
import type { DtnDropReason } from '../drops.ts';
import type { BundleView } from '../wire/view.ts';

/** The security of one node; it changes only bundles to which a rule applies. */
export interface BundleSecurity {
  /**
   * Adds the source's security blocks to a new bundle. @returns the bundle with its blocks, or why it
   * must not be sent.
   */
  made(bundle: Uint8Array): Uint8Array | DtnDropReason;
  /**
   * Checks a bundle that came, before its hops are checked and it is kept or delivered.
   * @param view The bundle, opened.
   * @returns the bytes of the bundle after the checks, or why it is dropped.
   */
  received(view: BundleView): Uint8Array | DtnDropReason;
  /**
   * Decides about the copy of a bundle that is about to leave.
   * @param neighbour Name of the host to which it goes.
   * @returns the bytes that leave, or why the copy must not leave: the bundle is then dropped.
   */
  leaving(copy: Uint8Array, neighbour: string): Uint8Array | DtnDropReason;
}
