/**
 * Bundle protocol security over appendix A of RFC 9173, and what follows from it: blocks, covered
 * texts, signatures, ciphertexts and whole bundles, byte for byte; and bundles that must be refused.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { addSecurity } from '../../nodes/dtn/security/add-security.ts';
import {
  addSecurityBlock,
  findBlockByNumber,
  joinBlocks,
  newBlock,
  replaceBlockData,
  type SplitBundle,
} from '../../nodes/dtn/security/bundle-parts.ts';
import { integrityParameterValues, signTarget } from '../../nodes/dtn/security/integrity.ts';
import type { SecurityRule } from '../../nodes/dtn/security/options.ts';
import { authenticatedData, integrityProtectedText } from '../../nodes/dtn/security/scope.ts';
import {
  decodeSecurityBlock,
  encodeSecurityBlock,
} from '../../nodes/dtn/security/security-block.ts';
import { parseEid } from '../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../nodes/dtn/wire/eid-wire.ts';
import {
  checked,
  opened,
  ruleOf,
  type Tooling,
  toolsOf,
} from '../unit/nodes/dtn/security/support.ts';
import { vectorSets } from '../vectors-root.ts';
import { onProviders, realProviders } from './providers.ts';
import { type BpsecFile, type Example, RFC_9173 } from './rfc9173-examples.ts';

const SETS = vectorSets('dtn/bpsec-rfc9173.json', RFC_9173);
const exampleOf = ({ examples }: BpsecFile, name: string): Example =>
  examples.find((one) => one.name.startsWith(name))!;
const SCOPES = ['primary', 'target', 'security'];
const scopeNames = (flags: number): string[] => SCOPES.filter((_, bit) => flags & (1 << bit));
const sign512 = { block: 'bib', hash: 512, scope: [] };
const encrypt128 = { block: 'bcb', cipher: 128, scope: [] };

/** The bundle that a source makes of `before`. */
function secured(before: string, tooling: Tooling, rule: Record<string, unknown>): string {
  const parts = opened(fromHex(before));
  expect(addSecurity(toolsOf(tooling), parts, [ruleOf({ role: 'source', ...rule })])).toBe(
    undefined,
  );
  return toHex(joinBlocks(parts));
}

/** The bundle that an acceptor at the destination makes of `after`. */
function accepted(after: string, tooling: Tooling, rules: readonly SecurityRule[]): string {
  const parts = checked(toolsOf(tooling), fromHex(after), { rules });
  return typeof parts === 'string' ? parts : toHex(joinBlocks(parts));
}

describe.each(SETS)('security blocks of RFC 9173, $set', ({ file, isWhole }) => {
  const example = (name: string): Example => exampleOf(file, name);

  it('are read and written without a change', () => {
    const blocks = file.examples.flatMap(({ asb, bib, bcb }) => [asb, bib?.asb, bcb?.asb]);
    const all = blocks.filter((block) => block !== undefined);
    expect(all).toHaveLength(isWhole ? 5 : 4);
    for (const hex of all) {
      const read = decodeSecurityBlock(fromHex(hex));
      expect(toHex(encodeSecurityBlock(read!))).toBe(hex);
    }
  });

  it('cover the texts of the examples', () => {
    const { bib, after } = example('A.3');
    const parts = opened(fromHex(after));
    const block = findBlockByNumber(parts, 3)!;
    const texts = [0, 2].map((target) =>
      integrityProtectedText({ parts, block, target, scope: 0 }),
    );
    expect(texts.map(toHex)).toEqual(bib!.ippt);
    const bcb = { parts, block: findBlockByNumber(parts, 4)!, target: 1, scope: 0 };
    expect(toHex(authenticatedData(bcb))).toBe(example('A.3').bcb!.aad[0]);
  });

  it('cover all scope flags in the whole file', () => {
    const flags = file.scopeSweep.cases.map(({ scopeFlags }) => scopeFlags);
    expect(flags).toEqual(isWhole ? [0, 1, 2, 3, 4, 5, 6, 7] : [0]);
  });

  it.each(file.scopeSweep.cases)('cover what scope flags $scopeFlags say', (sweep) => {
    const { scopeFlags: flags } = sweep;
    const before = example('A.1').before!;
    const parts = opened(fromHex(before));
    expect(toHex(parts.primary)).toBe(sweep.primary);
    const block = newBlock({ type: 11, number: 3, flags: 0, data: new Uint8Array() });
    const operation = { parts, block, target: 1, scope: flags };
    expect(toHex(integrityProtectedText(operation))).toBe(sweep.ippt);
    const tooling = { keys: { k: fromHex(sweep.key) } };
    const signed = signTarget(toolsOf(tooling).crypto, fromHex(sweep.key), 256, operation);
    expect(toHex(signed.results[0]!.item)).toBe(`5820${sweep.mac}`);
    // The source writes the flags that it used, and a destination finds them.
    const rule = { block: 'bib', hash: 256, scope: scopeNames(flags) };
    const after = secured(before, tooling, rule);
    expect(accepted(after, tooling, [ruleOf({ role: 'acceptor', block: 'bib' })])).toBe(before);
  });
});

describe.each(onProviders(realProviders, SETS))('bundles of RFC 9173 on $provider, $set', (set) => {
  const { crypto, file, isWhole } = set;
  const example = (name: string): Example => exampleOf(file, name);

  it('A.1: are signed as in the example, and accepted', () => {
    const { before, after, key } = example('A.1');
    const tooling = { crypto, keys: { k: fromHex(key!) } };
    expect(secured(before!, tooling, sign512)).toBe(after);
    expect(accepted(after, tooling, [ruleOf({ role: 'acceptor', block: 'bib' })])).toBe(before);
  });

  it('A.2: are encrypted under a wrapped key as in the example, and accepted', () => {
    const { before, after, contentKey, keyEncryptionKey, iv } = example('A.2');
    const tooling = {
      crypto,
      keys: { k: fromHex(keyEncryptionKey!) },
      vector: fromHex(iv!),
      content: fromHex(contentKey!),
    };
    expect(secured(before!, tooling, { ...encrypt128, wrap: true })).toBe(after);
    expect(accepted(after, tooling, [ruleOf({ role: 'acceptor', block: 'bcb' })])).toBe(before);
  });

  it('A.3: have a signature of one node and encryption of another, and are accepted', () => {
    const { before, after, bib, bcb } = example('A.3');
    const keys = { k: fromHex(bcb!.contentKey), other: fromHex(bib!.key) };
    const tools = toolsOf({ crypto, keys, vector: fromHex(bcb!.iv) });
    const parts = opened(fromHex(before!));
    signTwo(parts, bib!, { crypto, keys });
    const rule = ruleOf({ role: 'source', ...encrypt128 });
    expect(addSecurity(tools, parts, [rule])).toBe(undefined);
    expect(toHex(joinBlocks(parts))).toBe(after);
    const rules = [
      ruleOf({ role: 'acceptor', block: 'bcb' }),
      ruleOf({ role: 'acceptor', block: 'bib', targets: ['primary', 'bundle-age'], key: 'other' }),
    ];
    expect(accepted(after, { crypto, keys }, rules)).toBe(before);
  });

  const empty = file.examples.filter(({ name }) => name.startsWith('empty'));
  it.each(empty)('with an empty payload are signed as in the example, and accepted', (each) => {
    const { after, key } = each;
    const tooling = { crypto, keys: { k: fromHex(key!) } };
    const parts = opened(fromHex(example('A.1').before!));
    replaceBlockData(findBlockByNumber(parts, 1)!, new Uint8Array(), 0);
    const before = toHex(joinBlocks(parts));
    expect(secured(before, tooling, sign512)).toBe(after);
    expect(accepted(after, tooling, [ruleOf({ role: 'acceptor', block: 'bib' })])).toBe(before);
  });

  const refusals = [
    ['A.1 with one MAC bit flipped', 'bib', 'security-failed'],
    ['A.2 with one ciphertext bit flipped', 'bcb', 'security-failed'],
    ['A.1 with the key of A.2', 'bib', 'security-failed'],
    ['duplicate security target', 'bib', 'security-conflicting'],
    ['result count differs from target count', 'bib', 'security-conflicting'],
    ['BCB targets the primary block', 'bcb', 'security-conflicting'],
  ] as const;
  it.each(file.negative)('$name: are refused', (bad) => {
    const [, block, reason] = refusals.find(([name]) => name === bad.name)!;
    const k = fromHex(bad.keyEncryptionKey ?? bad.key ?? example('A.2').contentKey!);
    const rules = [ruleOf({ role: 'acceptor', block })];
    expect(accepted(bad.hex, { crypto, keys: { k } }, rules)).toBe(reason);
  });

  it('has a refusal for each published one', () => {
    expect([file.negative, empty].map(({ length }) => length)).toEqual(isWhole ? [6, 1] : [1, 0]);
  });
});

/** A.3: one block of ipn:3.0 over primary block and age. Our source would write two blocks. */
function signTwo(
  parts: SplitBundle,
  bib: { readonly asb: string },
  { crypto, keys }: Tooling,
): void {
  const block = newBlock({ type: 11, number: 3, flags: 0, data: new Uint8Array() });
  const source = parseEid('ipn:3.0')!;
  const targets = [0, 2].map((target) =>
    signTarget(crypto!, keys['other']!, 256, { parts, block, target, scope: 0 }),
  );
  block.data = encodeSecurityBlock({
    targets,
    context: 1,
    source,
    sourceBytes: encodeEid(source),
    parameters: integrityParameterValues({ hash: 256, scope: 0 }),
  });
  expect(toHex(block.data)).toBe(bib.asb);
  addSecurityBlock(parts, block);
}
