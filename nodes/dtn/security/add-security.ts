/**
 * Adds security operations as their source: first integrity blocks, then encryption (RFC 9172 section
 * 3). Each operation gets a block of its own, so that no block has both an encrypted and an
 * unencrypted target, and no initialization vector is used for two targets.
 *
 * @module
 */
import { wipe } from '../../_kit/secrets.ts';
import { BLOCK_FLAG, BLOCK_TYPE, CRC_TYPE } from '../geometry.ts';
import { encodeEid } from '../wire/eid-wire.ts';
import {
  addSecurityBlock,
  changePrimaryCrcType,
  findBlockByNumber,
  freeBlockNumberIn,
  newBlock,
  replaceBlockData,
  type SplitBlock,
  type SplitBundle,
} from './bundle-parts.ts';
import {
  CONFIDENTIALITY_CONTEXT_ID,
  type ConfidentialityParameters,
  confidentialityParameterValues,
  encryptTarget,
} from './confidentiality.ts';
import { KEY_BYTES } from './geometry.ts';
import {
  INTEGRITY_CONTEXT_ID,
  integrityParameterValues,
  readIntegrityParameters,
  signTarget,
} from './integrity.ts';
import type { KeyUse } from './keys.ts';
import type { SecurityRule } from './options.ts';
import { findTargetBlockNumber } from './policy.ts';
import { isPrimaryInScope } from './primary-scope.ts';
import { SCOPE_FLAG } from './scope.ts';
import { encodeSecurityBlock } from './security-block.ts';
import { type ReadSecurityBlock, readSecurityLayout, type SecurityLayout } from './structure.ts';
import type { SecurityDropReason, SecurityTools } from './tools.ts';

const EMPTY = new Uint8Array(0);

/**
 * Adds the operations of `rules`, all with the role of a source, to a bundle that is not a fragment.
 * A target that already has an operation of the same kind keeps it, and gets no second one.
 */
export function addSecurity(
  tools: SecurityTools,
  parts: SplitBundle,
  rules: readonly SecurityRule[],
): SecurityDropReason | undefined {
  // RFC 9172 section 3.9: integrity comes before encryption, because an encrypted block cannot be
  // signed. The primary block is signed first: signing changes it, and other operations may cover it.
  for (const step of STEPS) {
    for (const rule of rules) {
      const targets = rule.targets.filter((name) => (name === 'primary') === step.isPrimary);
      if (rule.block !== step.block) continue;
      const drop = addOperations(tools, parts, { ...rule, targets });
      if (drop !== undefined) return drop;
    }
  }
  return undefined;
}

const STEPS = [
  { block: 'bib', isPrimary: true },
  { block: 'bib', isPrimary: false },
  { block: 'bcb', isPrimary: false },
] as const;

function addOperations(
  tools: SecurityTools,
  parts: SplitBundle,
  rule: SecurityRule,
): SecurityDropReason | undefined {
  for (const name of rule.targets) {
    const target = findTargetBlockNumber(parts, name);
    if (target === undefined) continue;
    const layout = readSecurityLayout(parts);
    if (layout === undefined) return 'security-conflicting';
    const order = { tools, parts, rule, target };
    const drop = rule.block === 'bib' ? sign(order, layout) : encrypt(order, layout);
    if (drop !== undefined) return drop;
  }
  return undefined;
}

interface Order {
  readonly tools: SecurityTools;
  readonly parts: SplitBundle;
  readonly rule: SecurityRule;
  readonly target: number;
}

/**
 * The key of an operation (`content`); `wrappedKey`, if present, is the same key encrypted, which is
 * sent in the security block.
 */
interface OperationKey {
  readonly content: Uint8Array;
  readonly wrappedKey?: Uint8Array;
}

function operationKey({ tools, rule }: Order, use: KeyUse): OperationKey {
  const name = rule.key as string;
  const key = tools.keys.current(name, rule.wrap ? 'wrap' : use);
  if (key === undefined) throw new Error(`no key ${name}, although the options were checked`);
  if (!rule.wrap) return { content: key };
  const content = tools.randomBytes(use === 'aes-128' ? KEY_BYTES / 2 : KEY_BYTES);
  const wrappedKey = tools.crypto.aesKeyWrap(key, content);
  wipe(key);
  return { content, wrappedKey };
}

function scopeOf({ scope }: SecurityRule): number {
  return scope.reduce((flags, name) => flags | SCOPE_FLAG[name], 0);
}

function sign(order: Order, layout: SecurityLayout): SecurityDropReason | undefined {
  const { tools, parts, rule, target } = order;
  const { integrity, encrypted } = layout;
  if (encrypted.has(target)) return 'security-conflicting';
  if (integrity.some((read) => covers(read, target))) return undefined;
  removeCrc(parts, target, layout);
  const { content, wrappedKey } = operationKey(order, 'mac');
  const parameters = { hash: rule.hash, scope: scopeOf(rule), ...(wrappedKey && { wrappedKey }) };
  const block = emptyBlock(parts, BLOCK_TYPE.integrity, 0);
  const operation = { parts, block, target, scope: parameters.scope };
  const signed = signTarget(tools.crypto, content, rule.hash, operation);
  wipe(content);
  block.data = encodeSecurityBlock({
    targets: [signed],
    context: INTEGRITY_CONTEXT_ID,
    source: tools.node,
    sourceBytes: encodeEid(tools.node),
    parameters: integrityParameterValues(parameters),
  });
  addSecurityBlock(parts, block);
  tools.count('dtn.security.added');
  return undefined;
}

/** Encrypts the target, and the integrity block that covers it (RFC 9172 section 3.9). */
function encrypt(
  order: Order,
  { integrity, encrypted }: SecurityLayout,
): SecurityDropReason | undefined {
  const { parts, target } = order;
  if (encrypted.has(target)) return undefined;
  const signed = integrity.find((read) => covers(read, target));
  const alone = signed === undefined ? undefined : separated(parts, signed, target);
  if (signed !== undefined && alone === undefined) return 'security-conflicting';
  const drop = encryptBlock(order, target);
  if (drop !== undefined || alone === undefined) return drop;
  return encryptBlock(order, alone.number);
}

function encryptBlock(order: Order, target: number): SecurityDropReason | undefined {
  const { tools, parts, rule } = order;
  const vector = tools.vectors.take();
  if (vector === undefined) return 'security-not-ready';
  const targetBlock = findBlockByNumber(parts, target);
  if (targetBlock === undefined) throw new Error(`block ${target} has just been found`);
  const { content, wrappedKey } = operationKey(order, rule.cipher === 128 ? 'aes-128' : 'aes-256');
  const parameters: ConfidentialityParameters = {
    vector,
    key: rule.cipher,
    scope: scopeOf(rule),
    ...(wrappedKey && { wrappedKey }),
  };
  // RFC 9172 section 3.8: each fragment of an encrypted payload is marked as encrypted.
  const isPayload = targetBlock.type === BLOCK_TYPE.payload;
  const flags = isPayload ? BLOCK_FLAG.replicate : 0;
  const block = emptyBlock(parts, BLOCK_TYPE.confidentiality, flags);
  const cipher = { crypto: tools.crypto, content, parameters };
  const operation = { parts, block, target, scope: parameters.scope };
  const { ciphertext, results } = encryptTarget(cipher, targetBlock.data, operation);
  wipe(content);
  // RFC 9173 section 4.8.1: the CRC is removed, since a CRC of the plaintext would help to guess the
  // plaintext.
  replaceBlockData(targetBlock, ciphertext, CRC_TYPE.none);
  block.data = encodeSecurityBlock({
    targets: [{ number: target, results }],
    context: CONFIDENTIALITY_CONTEXT_ID,
    source: tools.node,
    sourceBytes: encodeEid(tools.node),
    parameters: confidentialityParameterValues(parameters),
  });
  addSecurityBlock(parts, block);
  tools.count('dtn.security.added');
  return undefined;
}

function emptyBlock(parts: SplitBundle, type: number, flags: number): SplitBlock {
  return newBlock({ type, number: freeBlockNumberIn(parts), flags, data: EMPTY });
}

function covers({ content }: ReadSecurityBlock, target: number): boolean {
  return content.targets.some(({ number }) => number === target);
}

/**
 * RFC 9173 section 3.8.1: a block that a MAC covers needs no CRC. The primary block keeps its CRC if
 * an earlier operation covers that block too, since that operation would fail if the CRC were
 * removed.
 */
function removeCrc(parts: SplitBundle, target: number, layout: SecurityLayout): void {
  const block = findBlockByNumber(parts, target);
  if (block === undefined) {
    if (!isPrimaryInScope(parts, layout)) changePrimaryCrcType(parts, CRC_TYPE.none);
  } else if (block.crcType !== CRC_TYPE.none) replaceBlockData(block, block.data, CRC_TYPE.none);
}

/**
 * Returns the integrity block that covers only this target; a block with more targets is split first
 * (RFC 9172 section 3.9).
 * @returns undefined if the block cannot be split, since its MACs cover the block number.
 */
function separated(
  parts: SplitBundle,
  { block, content }: ReadSecurityBlock,
  target: number,
): SplitBlock | undefined {
  if (content.targets.length === 1) return block;
  const scope =
    content.context === INTEGRITY_CONTEXT_ID ? readIntegrityParameters(content)?.scope : undefined;
  if (scope === undefined || (scope & SCOPE_FLAG.security) !== 0) return undefined;
  const part = (isIt: boolean): Uint8Array =>
    encodeSecurityBlock({
      ...content,
      targets: content.targets.filter(({ number }) => (number === target) === isIt),
    });
  replaceBlockData(block, part(false), block.crcType);
  const alone = emptyBlock(parts, BLOCK_TYPE.integrity, 0);
  alone.data = part(true);
  addSecurityBlock(parts, alone);
  return alone;
}
