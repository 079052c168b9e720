import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { addSecurity } from '../../../../../nodes/dtn/security/add-security.ts';
import {
  addSecurityBlock,
  findBlockByNumber,
  joinBlocks,
  newBlock,
  primaryCrcType,
  type SplitBundle,
} from '../../../../../nodes/dtn/security/bundle-parts.ts';
import {
  integrityParameterValues,
  signTarget,
} from '../../../../../nodes/dtn/security/integrity.ts';
import {
  decodeSecurityBlock,
  encodeSecurityBlock,
  findBytesValue,
} from '../../../../../nodes/dtn/security/security-block.ts';
import { parseEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../../nodes/dtn/wire/eid-wire.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { checked, opened, ruleOf, toolsOf } from './support.ts';

const KEYS = { k: new Uint8Array(32).fill(1), other: new Uint8Array(32).fill(2) };
const tools = toolsOf({ keys: KEYS });
const source = (rule: Record<string, unknown>): ReturnType<typeof ruleOf> =>
  ruleOf({ role: 'source', ...rule });
const acceptor = (rule: Record<string, unknown>): ReturnType<typeof ruleOf> =>
  ruleOf({ role: 'acceptor', ...rule });

/** Initialization vectors of the blocks that encrypt. */
function vectorsIn(parts: SplitBundle): readonly string[] {
  return parts.blocks
    .filter(({ type }) => type === 12)
    .map(({ data }) =>
      toHex(findBytesValue(decodeSecurityBlock(data)!.parameters, 1) as Uint8Array),
    );
}

/** A signature of another node over payload and hop count in one block. */
function signedTogether(scope: number): SplitBundle {
  const parts = opened(sampleBundle());
  const block = newBlock({ type: 11, number: 9, flags: 0, data: new Uint8Array() });
  const targets = [1, 3].map((target) =>
    signTarget(tools.crypto, KEYS.k, 256, { parts, block, target, scope }),
  );
  const eid = parseEid('ipn:8.0')!;
  const rest = { context: 1, source: eid, sourceBytes: encodeEid(eid) };
  const parameters = integrityParameterValues({ hash: 256, scope });
  block.data = encodeSecurityBlock({ ...rest, targets, parameters });
  addSecurityBlock(parts, block);
  return parts;
}

describe('a security source', () => {
  it('removes the checksums of what it covers, and the bundle stays well-formed', () => {
    const parts = opened(sampleBundle());
    addSecurity(tools, parts, [source({ block: 'bib', targets: ['primary', 'payload'] })]);
    expect([primaryCrcType(parts), parts.blocks.at(-1)?.crcType]).toEqual([0, 0]);
    const bytes = joinBlocks(parts);
    const view = new BundleView();
    expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
    expect([view.hasSecurity, view.crcType]).toEqual([true, 0]);
  });

  it.each([[['payload', 'primary']], [['primary', 'payload']]])(
    'signs %j so that no signature breaks another',
    (targets) => {
      const parts = opened(sampleBundle());
      addSecurity(tools, parts, [source({ block: 'bib', targets }), source({ block: 'bcb' })]);
      const rules = [acceptor({ block: 'bib', targets }), acceptor({ block: 'bcb' })];
      expect(typeof checked(tools, joinBlocks(parts), { rules })).toBe('object');
    },
  );

  it('leaves the checksum of a primary block that an operation of another node covers', () => {
    const primary = { block: 'bib', targets: ['primary'], key: 'other' };
    const crcAfter = (scope: readonly string[]): number => {
      const parts = opened(sampleBundle());
      addSecurity(tools, parts, [source({ block: 'bcb', scope })]);
      addSecurity(tools, parts, [source(primary)]);
      const rules = [acceptor({ block: 'bcb' }), acceptor(primary)];
      expect(typeof checked(tools, joinBlocks(parts), { rules })).toBe('object');
      return primaryCrcType(parts);
    };
    expect([crcAfter(['target']), crcAfter(['primary'])]).toEqual([0, 2]);
  });

  it('uses each initialization vector for one target, in a block of its own', () => {
    const parts = opened(sampleBundle());
    addSecurity(tools, parts, [
      source({ block: 'bib' }),
      { ...source({ block: 'bcb' }), targets: ['payload', 'hop-count'] },
    ]);
    // Payload, its signature, hop count.
    const vectors = vectorsIn(parts);
    expect([vectors.length, new Set(vectors).size]).toEqual([3, 3]);
  });

  it('signs before it encrypts, whatever the order of its rules', () => {
    const parts = opened(sampleBundle());
    addSecurity(tools, parts, [source({ block: 'bcb', key: 'other' }), source({ block: 'bib' })]);
    const rules = [acceptor({ block: 'bib' }), acceptor({ block: 'bcb', key: 'other' })];
    expect(typeof checked(tools, joinBlocks(parts), { rules })).toBe('object');
    expect(parts.blocks.filter(({ type }) => type === 11)).toHaveLength(1);
  });

  it('signs nothing that another node has encrypted', () => {
    const parts = opened(sampleBundle());
    addSecurity(tools, parts, [source({ block: 'bcb' })]);
    expect(addSecurity(tools, parts, [source({ block: 'bib' })])).toBe('security-conflicting');
    expect(addSecurity(tools, parts, [source({ block: 'bib', targets: ['primary'] })])).toBe(
      undefined,
    );
  });

  it('adds no operation that is there already', () => {
    const parts = opened(sampleBundle());
    const rules = [source({ block: 'bib' }), source({ block: 'bcb' })];
    addSecurity(tools, parts, [rules[0]!]);
    const once = joinBlocks(parts);
    addSecurity(tools, parts, [rules[0]!]);
    expect(joinBlocks(parts)).toEqual(once);
    addSecurity(tools, parts, [rules[1]!]);
    const encrypted = joinBlocks(parts);
    addSecurity(tools, parts, [rules[1]!]);
    expect(joinBlocks(parts)).toEqual(encrypted);
  });

  it('splits a signature of another node, to encrypt the part that covers its target', () => {
    const parts = signedTogether(3);
    expect(addSecurity(tools, parts, [source({ block: 'bcb', key: 'other' })])).toBeUndefined();
    const rest = parts.blocks.find(({ number }) => number === 9)!;
    expect(decodeSecurityBlock(rest.data)?.targets.map(({ number }) => number)).toEqual([3]);
    const rules = [
      acceptor({ block: 'bcb', key: 'other' }),
      acceptor({ block: 'bib', targets: ['payload', 'hop-count'] }),
    ];
    expect(typeof checked(tools, joinBlocks(parts), { rules })).toBe('object');
  });

  it('splits none whose signatures cover the number of their block', () => {
    const parts = signedTogether(7);
    const encrypting = [source({ block: 'bcb', key: 'other' })];
    expect(addSecurity(tools, parts, encrypting)).toBe('security-conflicting');
  });

  it('draws a key for each operation if it sends the key along, and never the same', () => {
    let drawn = 0;
    const randomBytes = (length: number): Uint8Array => {
      drawn += 1;
      return new Uint8Array(length).fill(drawn);
    };
    const parts = opened(sampleBundle());
    const rules = [source({ block: 'bib', wrap: true }), source({ block: 'bcb', wrap: true })];
    addSecurity({ ...tools, randomBytes }, parts, rules);
    expect(drawn).toBe(3);
    const accepting = [acceptor({ block: 'bib' }), acceptor({ block: 'bcb' })];
    expect(typeof checked(tools, joinBlocks(parts), { rules: accepting })).toBe('object');
  });

  it('encrypts nothing without an initialization vector', () => {
    const parts = opened(sampleBundle());
    const dry = { ...tools, vectors: { take: () => undefined } };
    expect(addSecurity(dry, parts, [source({ block: 'bcb' })])).toBe('security-not-ready');
  });

  it('leaves no key behind: what it was given is wiped', () => {
    const given: Uint8Array[] = [];
    const lend = (key: Uint8Array): Uint8Array => {
      given.push(key.slice());
      return given.at(-1)!;
    };
    const keys = { current: () => lend(KEYS.k), accepted: () => [lend(KEYS.k)] };
    const lending = { ...tools, keys, randomBytes: () => lend(KEYS.other) };
    const parts = opened(sampleBundle());
    const rules = [source({ block: 'bib', wrap: true }), source({ block: 'bcb' })];
    addSecurity(lending, parts, rules);
    checked(lending, joinBlocks(parts), {
      rules: [acceptor({ block: 'bib' }), acceptor({ block: 'bcb' })],
    });
    expect(given.length).toBeGreaterThan(5);
    for (const key of given) expect(key.every((byte) => byte === 0)).toBe(true);
  });

  it('takes the least number that is free', () => {
    const parts = opened(sampleBundle());
    addSecurityBlock(parts, newBlock({ type: 200, number: 5, flags: 0, data: new Uint8Array() }));
    addSecurity(tools, parts, [source({ block: 'bib' })]);
    expect(findBlockByNumber(parts, 6)?.type).toBe(11);
  });
});
