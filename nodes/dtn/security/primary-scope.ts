/**
 * Decides whether operations on other targets also cover the primary block: then its bytes, including its
 * CRC, must not change.
 *
 * @module
 */
import { BLOCK_TYPE } from '../geometry.ts';
import { findBlockByNumber, type SplitBundle } from './bundle-parts.ts';
import { CONFIDENTIALITY_CONTEXT_ID, readConfidentialityParameters } from './confidentiality.ts';
import { INTEGRITY_CONTEXT_ID, readIntegrityParameters } from './integrity.ts';
import { SCOPE_FLAG } from './scope.ts';
import type { SecurityBlock } from './security-block.ts';
import type { SecurityLayout } from './structure.ts';

/** True if an operation on another target covers the primary block, or if an operation cannot be read. */
export function isPrimaryInScope(parts: SplitBundle, layout: SecurityLayout): boolean {
  const { integrity, confidentiality, encrypted } = layout;
  for (const number of encrypted) {
    if (findBlockByNumber(parts, number)?.type === BLOCK_TYPE.integrity) return true;
  }
  return [...integrity, ...confidentiality].some(({ content }) => coversPrimary(content));
}

function coversPrimary(content: SecurityBlock): boolean {
  const scope = scopeOf(content);
  if (scope === undefined) return true;
  // An operation whose target is the primary block does not count: only its scope flag for other targets
  // matters.
  const hasOtherTarget = content.targets.some(({ number }) => number !== 0);
  return hasOtherTarget && (scope & SCOPE_FLAG.primary) !== 0;
}

function scopeOf(content: SecurityBlock): number | undefined {
  switch (content.context) {
    case INTEGRITY_CONTEXT_ID:
      return readIntegrityParameters(content)?.scope;
    case CONFIDENTIALITY_CONTEXT_ID:
      return readConfidentialityParameters(content)?.scope;
    default:
      return undefined;
  }
}
