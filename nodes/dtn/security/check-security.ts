/**
 * Checks the security operations of a received bundle: decrypts first, then verifies (RFC 9172
 * sections 5.1.1 and 5.1.2). A verifier leaves operations as they are, an acceptor removes them.
 *
 * @module
 */
import { wipe } from '../../_kit/secrets.ts';
import { BLOCK_TYPE, CRC_TYPE } from '../geometry.ts';
import {
  changePrimaryCrcType,
  findBlockByNumber,
  primaryCrcType,
  removeBlock,
  replaceBlockData,
  type SplitBundle,
} from './bundle-parts.ts';
import {
  CONFIDENTIALITY_CONTEXT_ID,
  decryptTarget,
  readConfidentialityParameters,
} from './confidentiality.ts';
import { hasRightMac, INTEGRITY_CONTEXT_ID, readIntegrityParameters } from './integrity.ts';
import type { SecurityRule } from './options.ts';
import { findTargetBlockNumber, isVital, ruleForOperation } from './policy.ts';
import { isPrimaryInScope } from './primary-scope.ts';
import { keepTargets, removeOperations } from './remove-targets.ts';
import type { SecurityTarget } from './security-block.ts';
import { type ReadSecurityBlock, readSecurityLayout, type SecurityLayout } from './structure.ts';
import type { SecurityDropReason, SecurityTools } from './tools.ts';

/** The rules for a received bundle, and whether this node is its destination. */
export interface SecurityCheckContext {
  /** The rules for the bundle. */
  readonly rules: readonly SecurityRule[];
  /**
   * True at the destination, which also checks and removes operations without a rule, since no later node
   * could.
   */
  readonly isDestination: boolean;
  /** CRC type for blocks that are no longer protected by an operation. */
  readonly crcType: number;
}

/** Checks the operations of a bundle that is not a fragment, and removes those that it accepts. */
export function checkSecurity(
  tools: SecurityTools,
  parts: SplitBundle,
  arrival: SecurityCheckContext,
): SecurityDropReason | undefined {
  const checks = new Checks(tools, parts, arrival);
  return checks.run();
}

/** The result of checking an operation; `unknown`: this node does not know its security context. */
type Result = 'right' | 'wrong' | 'unknown';

interface Operation {
  readonly kind: SecurityRule['block'];
  readonly read: ReadSecurityBlock;
  readonly target: SecurityTarget;
}

class Checks {
  readonly #tools: SecurityTools;
  readonly #parts: SplitBundle;
  readonly #arrival: SecurityCheckContext;
  /** Operations that the bundle had when it came, as kind and target number: `bib 1`. */
  readonly #seen = new Set<string>();
  /** Numbers of the blocks that were removed because an operation on them failed. */
  readonly #gone = new Set<number>();
  #hasAccepted = false;

  constructor(tools: SecurityTools, parts: SplitBundle, arrival: SecurityCheckContext) {
    this.#tools = tools;
    this.#parts = parts;
    this.#arrival = arrival;
  }

  run(): SecurityDropReason | undefined {
    const drop = this.#all('bcb') ?? this.#all('bib') ?? this.#checkPresence();
    if (drop === undefined && this.#hasAccepted) this.#restoreCrcs();
    return drop;
  }

  /**
   * Checks all operations of a kind. Decryption makes integrity blocks readable, so the layout is read anew for
   * each kind.
   */
  #all(kind: Operation['kind']): SecurityDropReason | undefined {
    if (this.#gone.size > 0) this.#removeOperationsOnGone();
    const layout = readSecurityLayout(this.#parts);
    if (layout === undefined) return 'security-conflicting';
    const blocks = kind === 'bcb' ? layout.confidentiality : layout.integrity;
    for (const read of blocks) {
      for (const target of read.content.targets) {
        this.#seen.add(`${kind} ${target.number}`);
        const drop = this.#one({ kind, read, target });
        if (drop !== undefined) return drop;
      }
    }
    return undefined;
  }

  #one(operation: Operation): SecurityDropReason | undefined {
    const { kind, read, target } = operation;
    const place = { parts: this.#parts, target: target.number };
    // If an operation failed, its target was removed, and so were other operations on that target.
    if (target.number !== 0 && findBlockByNumber(this.#parts, target.number) === undefined)
      return undefined;
    if (!this.#parts.blocks.includes(read.block)) return undefined;
    const rule = ruleForOperation(this.#arrival.rules, kind, place);
    const role = rule?.role ?? (this.#arrival.isDestination ? 'acceptor' : undefined);
    if (role === undefined || role === 'source') return undefined;
    if (role === 'none') return 'security-unexpected';
    const result = this.#execute(operation, rule, role === 'acceptor');
    if (result === 'right') return this.#succeeded(operation, role);
    // A verifier leaves operations of unknown contexts in place.
    if (result === 'unknown') return role === 'acceptor' ? 'security-unknown' : undefined;
    this.#tools.count('dtn.security.failed');
    return this.#failed(operation, rule);
  }

  #succeeded(operation: Operation, role: 'verifier' | 'acceptor'): undefined {
    this.#tools.count(role === 'verifier' ? 'dtn.security.verified' : 'dtn.security.accepted');
    if (role === 'acceptor') {
      this.#hasAccepted = true;
      this.#remove(operation);
    }
  }

  #failed(operation: Operation, rule: SecurityRule | undefined): SecurityDropReason | undefined {
    const { number } = operation.target;
    const type = findBlockByNumber(this.#parts, number)?.type;
    // An integrity block that cannot be decrypted may cover the payload.
    const isSignature = type === BLOCK_TYPE.integrity;
    const isLost = isVital({ parts: this.#parts, target: number }) || isSignature;
    const action = rule?.onFailure ?? (isLost ? 'delete' : 'remove');
    if (action === 'delete' || (action === 'remove' && isLost)) return 'security-failed';
    if (action === 'remove') {
      this.#remove(operation);
      this.#removeTarget(number);
    }
    return undefined;
  }

  /** Removes a block, and with it all operations on the block (RFC 9172 section 5.1.1). */
  #removeTarget(number: number): void {
    const target = findBlockByNumber(this.#parts, number);
    if (target === undefined) return;
    removeBlock(this.#parts, target);
    this.#gone.add(number);
    this.#removeOperationsOnGone();
  }

  /**
   * Removes operations on removed blocks, including those that were still encrypted when the block was removed.
   */
  #removeOperationsOnGone(): void {
    removeOperations(this.#parts, (number) => this.#gone.has(number));
  }

  /** Removes the operation's target from its security block. */
  #remove({ read, target }: Operation): void {
    keepTargets(this.#parts, read.block, ({ number }) => number !== target.number);
  }

  #execute(operation: Operation, rule: SecurityRule | undefined, isAcceptor: boolean): Result {
    const { kind, read } = operation;
    const known = kind === 'bib' ? INTEGRITY_CONTEXT_ID : CONFIDENTIALITY_CONTEXT_ID;
    if (read.content.context !== known) return 'unknown';
    const key = rule?.key;
    // RFC 9173 has no code for a missing key: the operation fails.
    if (key === undefined) return 'wrong';
    const isRight =
      kind === 'bib' ? this.#verify(operation, key) : this.#decrypt(operation, key, isAcceptor);
    return isRight ? 'right' : 'wrong';
  }

  #verify({ read, target }: Operation, key: string): boolean {
    const { crypto, keys } = this.#tools;
    const parameters = readIntegrityParameters(read.content);
    if (parameters === undefined) return false;
    const { hash, scope, wrappedKey } = parameters;
    const candidates = this.#unwrapped(wrappedKey, () => keys.accepted(key, 'mac'), key);
    const operation = { parts: this.#parts, block: read.block, target: target.number, scope };
    const given = { hash, results: target.results };
    const isRight = candidates.some((mac) => hasRightMac(crypto, mac, given, operation));
    for (const candidate of candidates) wipe(candidate);
    return isRight;
  }

  #decrypt({ read, target }: Operation, key: string, isAcceptor: boolean): boolean {
    const { crypto, keys } = this.#tools;
    const parameters = readConfidentialityParameters(read.content);
    const block = findBlockByNumber(this.#parts, target.number);
    if (parameters === undefined || block === undefined) return false;
    const use = parameters.key === 128 ? 'aes-128' : 'aes-256';
    const direct = (): readonly Uint8Array[] => keys.accepted(key, use);
    const candidates = this.#unwrapped(parameters.wrappedKey, direct, key);
    const { scope } = parameters;
    const operation = { parts: this.#parts, block: read.block, target: target.number, scope };
    let plain: Uint8Array | undefined;
    for (const content of candidates) {
      const cipher = { crypto, content, parameters };
      plain ??= decryptTarget(cipher, block.data, { results: target.results, operation });
    }
    for (const candidate of candidates) wipe(candidate);
    if (plain !== undefined && isAcceptor) replaceBlockData(block, plain, block.crcType);
    return plain !== undefined;
  }

  /** The keys to try: the decrypted key if the block has a wrapped key, otherwise the keys of the rule. */
  #unwrapped(
    wrappedKey: Uint8Array | undefined,
    direct: () => readonly Uint8Array[],
    name: string,
  ): readonly Uint8Array[] {
    if (wrappedKey === undefined) return direct();
    const { crypto, keys } = this.#tools;
    const wrapping = keys.accepted(name, 'wrap');
    const found = wrapping.map((key) => crypto.aesKeyUnwrap(key, wrappedKey));
    for (const key of wrapping) wipe(key);
    return found.filter((key) => key !== undefined);
  }

  /** Refuses a bundle without an operation that a rule of this node requires (RFC 9172 section 2.4). */
  #checkPresence(): SecurityDropReason | undefined {
    for (const { role, block, targets } of this.#arrival.rules) {
      if (role !== 'verifier' && role !== 'acceptor') continue;
      for (const name of targets) {
        const number = findTargetBlockNumber(this.#parts, name);
        if (number !== undefined && !this.#seen.has(`${block} ${number}`))
          return 'security-missing';
      }
    }
    return undefined;
  }

  /**
   * RFC 9173 sections 3.8.2 and 4.8.2: blocks that are no longer protected by an operation get a CRC
   * again.
   */
  #restoreCrcs(): void {
    const { crcType, isDestination } = this.#arrival;
    const layout = readSecurityLayout(this.#parts);
    if (isDestination || layout === undefined) return;
    const isFree = (number: number): boolean => !isCovered(layout, number);
    const isBare = primaryCrcType(this.#parts) === CRC_TYPE.none && isFree(0);
    if (isBare && !isPrimaryInScope(this.#parts, layout)) {
      changePrimaryCrcType(this.#parts, crcType);
    }
    const payload = this.#parts.blocks.at(-1);
    if (payload?.crcType === CRC_TYPE.none && isFree(payload.number)) {
      replaceBlockData(payload, payload.data, crcType);
    }
  }
}

function isCovered({ integrity, confidentiality }: SecurityLayout, number: number): boolean {
  return [...integrity, ...confidentiality].some(({ content }) =>
    content.targets.some((target) => target.number === number),
  );
}
