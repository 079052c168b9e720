/**
 * The scope: the data that a security operation covers besides the content of its target (RFC 9173
 * sections 3.7, 4.7.2):
 *
 * ```
 * flags  (primary block)  (type number flags of the target)  (type number flags of the security block)
 * ```
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { findBlockByNumber, type SplitBlock, type SplitBundle } from './bundle-parts.ts';

/** Scope flags (RFC 9173 sections 3.3.3 and 4.3.4). */
export const SCOPE_FLAG = { primary: 0x1, target: 0x2, security: 0x4 } as const;
/** All scope flags, the default of both contexts. */
export const ALL_SCOPE_FLAGS: number = SCOPE_FLAG.primary | SCOPE_FLAG.target | SCOPE_FLAG.security;

/** An operation of a security block on one target. */
export interface SecurityOperation {
  readonly parts: SplitBundle;
  readonly block: SplitBlock;
  /** Number of the target; 0 is the primary block. */
  readonly target: number;
  readonly scope: number;
}

function writeScope(writer: CborWriter, { parts, block, target, scope }: SecurityOperation): void {
  writer.uint(scope);
  const targetBlock = findBlockByNumber(parts, target);
  if ((scope & SCOPE_FLAG.primary) !== 0 && target !== 0) writer.raw(parts.primary);
  if ((scope & SCOPE_FLAG.target) !== 0 && targetBlock !== undefined) writer.raw(targetBlock.head);
  if ((scope & SCOPE_FLAG.security) !== 0) writer.raw(block.head);
}

/** Makes the additional authenticated data of an encryption (RFC 9173 section 4.7.2). */
export function authenticatedData(operation: SecurityOperation): Uint8Array {
  const writer = new CborWriter();
  writeScope(writer, operation);
  return writer.taken();
}

/**
 * Makes the integrity-protected plaintext (RFC 9173 section 3.7). A primary block as target is encoded
 * as a byte string, as the example in appendix A.3 shows.
 */
export function integrityProtectedText(operation: SecurityOperation): Uint8Array {
  const { parts, target } = operation;
  const writer = new CborWriter();
  writeScope(writer, operation);
  writer.string(findBlockByNumber(parts, target)?.data ?? parts.primary);
  return writer.taken();
}
