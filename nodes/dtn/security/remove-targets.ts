/**
 * Removes targets from a bundle and from its security blocks. A target is removed with all operations
 * on it (RFC 9172 section 5.1.1), and a security block with its last operation.
 *
 * @module
 */
import type { BundleView } from '../wire/view.ts';
import {
  isSecurityBlock,
  joinBlocks,
  removeBlock,
  replaceBlockData,
  type SplitBlock,
  type SplitBundle,
  splitIntoBlocks,
} from './bundle-parts.ts';
import { decodeSecurityBlock, encodeSecurityBlock, type SecurityTarget } from './security-block.ts';

/**
 * Encodes the bundle without the blocks at these indices of its view, and without the security operations on
 * them.
 */
export function bundleWithoutBlocks(view: BundleView, indices: ReadonlySet<number>): Uint8Array {
  const parts = splitIntoBlocks(view);
  const gone = new Set<number>();
  for (const block of parts.blocks.filter((_, index) => indices.has(index))) {
    gone.add(block.number);
    removeBlock(parts, block);
  }
  removeOperations(parts, (number) => gone.has(number));
  return joinBlocks(parts);
}

/** Removes the operations on removed targets from all security blocks that can be read. */
export function removeOperations(parts: SplitBundle, isGone: (number: number) => boolean): void {
  for (const block of parts.blocks.filter(isSecurityBlock)) {
    keepTargets(parts, block, ({ number }) => !isGone(number));
  }
}

/**
 * Keeps only the targets of a security block for which a condition is true, and removes the block if none is
 * left.
 */
export function keepTargets(
  parts: SplitBundle,
  block: SplitBlock,
  isKept: (target: SecurityTarget) => boolean,
): void {
  const content = decodeSecurityBlock(block.data);
  if (content === undefined) return;
  const targets = content.targets.filter(isKept);
  if (targets.length === content.targets.length) return;
  if (targets.length === 0) removeBlock(parts, block);
  else replaceBlockData(block, encodeSecurityBlock({ ...content, targets }), block.crcType);
}
