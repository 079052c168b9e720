/**
 * Reads the security blocks of a bundle, and checks the rules that they have to obey (RFC 9172
 * sections 3.6 to 3.9).
 *
 * @module
 */
import { BLOCK_FLAG, BLOCK_TYPE } from '../geometry.ts';
import { type Eid, IPN_COMPONENT_MAX } from '../wire/eid.ts';
import {
  findBlockByNumber,
  isSecurityBlock,
  readBlockFlags,
  type SplitBlock,
  type SplitBundle,
} from './bundle-parts.ts';
import { decodeSecurityBlock, type SecurityBlock } from './security-block.ts';

/** A security block and its decoded data. */
export interface ReadSecurityBlock {
  readonly block: SplitBlock;
  readonly content: SecurityBlock;
}

/** The readable security blocks of a bundle. */
export interface SecurityLayout {
  readonly integrity: readonly ReadSecurityBlock[];
  readonly confidentiality: readonly ReadSecurityBlock[];
  /** Numbers of the encrypted blocks; integrity blocks among them cannot be read. */
  readonly encrypted: ReadonlySet<number>;
}

/** Reads the security blocks; undefined if they break a rule. */
export function readSecurityLayout(parts: SplitBundle): SecurityLayout | undefined {
  const confidentiality = readBlocks(parts.blocks, BLOCK_TYPE.confidentiality);
  if (confidentiality === undefined) return undefined;
  const encrypted = targetsOf(confidentiality);
  if (encrypted === undefined) return undefined;
  const readable = parts.blocks.filter(({ number }) => !encrypted.has(number));
  const integrity = readBlocks(readable, BLOCK_TYPE.integrity);
  const signed = integrity && targetsOf(integrity);
  if (integrity === undefined || signed === undefined) return undefined;
  for (const number of encrypted) if (!isEncryptable(parts, number)) return undefined;
  for (const number of signed) {
    // RFC 9172 section 3.9: if a target is encrypted, its integrity block has to be encrypted too.
    if (!isSignable(parts, number) || encrypted.has(number)) return undefined;
  }
  // RFC 9172 section 3.8: a confidentiality block must not have the flag that lets nodes that cannot
  // process it discard it.
  for (const { block } of confidentiality) {
    if ((readBlockFlags(block) & BLOCK_FLAG.discardIfUnprocessed) !== 0) return undefined;
  }
  return { integrity, confidentiality, encrypted };
}

function readBlocks(
  blocks: readonly SplitBlock[],
  type: number,
): readonly ReadSecurityBlock[] | undefined {
  const read: ReadSecurityBlock[] = [];
  for (const block of blocks) {
    if (block.type !== type) continue;
    const content = decodeSecurityBlock(block.data);
    if (content === undefined || !isSecuritySource(content.source)) return undefined;
    read.push({ block, content });
  }
  return read;
}

/**
 * RFC 9172 section 3.6: the security source identifies a node, and is neither the null endpoint nor
 * the local node `ipn:!`.
 */
function isSecuritySource(eid: Eid): boolean {
  if (eid.scheme === 'ipn') return eid.allocator !== 0 || eid.node !== IPN_COMPONENT_MAX;
  return eid.scheme !== 'none';
}

/** The targets of all blocks; undefined if one occurs twice (RFC 9172 section 3.2). */
function targetsOf(blocks: readonly ReadSecurityBlock[]): ReadonlySet<number> | undefined {
  const all = blocks.flatMap(({ content }) => content.targets.map(({ number }) => number));
  const unique = new Set(all);
  return unique.size === all.length ? unique : undefined;
}

/** RFC 9172 section 3.8: the primary block and confidentiality blocks cannot be encrypted. */
function isEncryptable(parts: SplitBundle, number: number): boolean {
  const target = findBlockByNumber(parts, number);
  return target !== undefined && target.type !== BLOCK_TYPE.confidentiality;
}

/** RFC 9172 section 3.7: security blocks cannot be targets of an integrity block. */
function isSignable(parts: SplitBundle, number: number): boolean {
  if (number === 0) return true;
  const target = findBlockByNumber(parts, number);
  return target !== undefined && !isSecurityBlock(target);
}

/** True if a readable integrity block covers the primary block. */
export function isPrimarySigned({ integrity }: SecurityLayout): boolean {
  return integrity.some(({ content }) => content.targets.some(({ number }) => number === 0));
}
