import { describe, expect, it } from 'vitest';
import { addSecurity } from '../../../../../nodes/dtn/security/add-security.ts';
import {
  addSecurityBlock,
  findBlockByNumber,
  joinBlocks,
  newBlock,
  primaryCrcType,
  readBlockFlags,
  replaceBlockData,
  type SplitBundle,
} from '../../../../../nodes/dtn/security/bundle-parts.ts';
import { checkSecurity } from '../../../../../nodes/dtn/security/check-security.ts';
import {
  confidentialityParameterValues,
  encryptTarget,
} from '../../../../../nodes/dtn/security/confidentiality.ts';
import { signTarget } from '../../../../../nodes/dtn/security/integrity.ts';
import type { SecurityRule } from '../../../../../nodes/dtn/security/options.ts';
import {
  createUintValue,
  decodeSecurityBlock,
  encodeSecurityBlock,
  findBytesValue,
  type SecurityBlock,
  type SecurityTarget,
} from '../../../../../nodes/dtn/security/security-block.ts';
import type {
  SecurityCounterName,
  SecurityDropReason,
} from '../../../../../nodes/dtn/security/tools.ts';
import { parseEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../../nodes/dtn/wire/eid-wire.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { checked, opened, ruleOf, toolsOf } from './support.ts';

const KEYS = {
  k: new Uint8Array(32).fill(1),
  other: new Uint8Array(32).fill(2),
  hop: new Uint8Array(32).fill(3),
};
const PAYLOAD = new TextEncoder().encode('telemetry of the rover');
const plain = sampleBundle({ payload: PAYLOAD });
const tools = toolsOf({ keys: KEYS });

type Rule = Record<string, unknown>;

/** The sample bundle with the operations of a source. */
function secured(...rules: readonly Rule[]): Uint8Array {
  const parts = opened(plain);
  const own = rules.map((rule) => ruleOf({ role: 'source', ...rule }));
  expect(addSecurity(tools, parts, own)).toBeUndefined();
  return joinBlocks(parts);
}

/** The bundle with another content of a security block. */
function altered(
  bundle: Uint8Array,
  number: number,
  change: (content: SecurityBlock) => SecurityBlock,
): Uint8Array {
  const parts = opened(bundle);
  const block = findBlockByNumber(parts, number)!;
  const content = decodeSecurityBlock(block.data)!;
  replaceBlockData(block, encodeSecurityBlock(change(content)), block.crcType);
  return joinBlocks(parts);
}

function flipped(bundle: Uint8Array, number: number): Uint8Array {
  return joinBlocks(flippedIn(opened(bundle), number));
}

function flippedIn(parts: SplitBundle, number: number): SplitBundle {
  const block = findBlockByNumber(parts, number)!;
  const data = block.data.slice();
  data[data.length - 1]! ^= 1;
  replaceBlockData(block, data, block.crcType);
  return parts;
}

/** As {@link checked}, for a bundle whose extensions cannot be read before it is decrypted. */
function checkedParts(
  parts: SplitBundle,
  rules: readonly ReturnType<typeof ruleOf>[],
): SecurityDropReason | SplitBundle {
  return checkSecurity(tools, parts, { rules, isDestination: true, crcType: 2 }) ?? parts;
}

const acceptor = (rule: Rule): ReturnType<typeof ruleOf> => ruleOf({ role: 'acceptor', ...rule });
const verifier = (rule: Rule): ReturnType<typeof ruleOf> => ruleOf({ role: 'verifier', ...rule });
const textOf = (result: SecurityDropReason | SplitBundle): string =>
  typeof result === 'string' ? result : new TextDecoder().decode(result.blocks.at(-1)?.data);
const PLAIN = new TextDecoder().decode(PAYLOAD);

describe('an acceptor', () => {
  it('decrypts, then verifies, and removes both operations', () => {
    const bundle = secured({ block: 'bib' }, { block: 'bcb', key: 'other' });
    const rules = [acceptor({ block: 'bib' }), acceptor({ block: 'bcb', key: 'other' })];
    const result = checked(tools, bundle, { rules }) as SplitBundle;
    expect(textOf(result)).toBe(PLAIN);
    expect(result.blocks.map(({ type }) => type)).toEqual([6, 10, 7, 1]);
  });

  it('gives blocks a checksum again that nothing protects any more, unless they go no further', () => {
    const bundle = secured({ block: 'bib', targets: ['primary', 'payload'] });
    const rules = [acceptor({ block: 'bib', targets: ['primary', 'payload'] })];
    const onTheWay = checked(tools, bundle, { rules, isDestination: false }) as SplitBundle;
    expect(joinBlocks(onTheWay)).toEqual(plain);
    const atEnd = checked(tools, bundle, { rules }) as SplitBundle;
    expect([primaryCrcType(atEnd), atEnd.blocks.at(-1)?.crcType]).toEqual([0, 0]);
  });

  it('gives the primary block none if an operation covers it that others have to check', () => {
    const primary = { block: 'bib', targets: ['primary'] };
    const bundle = secured(primary, { block: 'bcb', key: 'other' });
    const onTheWay = { rules: [acceptor(primary)], isDestination: false };
    const passedOn = joinBlocks(checked(tools, bundle, onTheWay) as SplitBundle);
    const rules = [acceptor({ block: 'bcb', key: 'other' })];
    expect(textOf(checked(tools, passedOn, { rules }))).toBe(PLAIN);
  });

  it('finds the tag at the end of the ciphertext as well', () => {
    const bundle = secured({ block: 'bcb' });
    const parts = opened(bundle);
    const block = parts.blocks.find(({ type }) => type === 12)!;
    const content = decodeSecurityBlock(block.data)!;
    const tag = findBytesValue(content.targets[0]!.results, 1) as Uint8Array;
    const payload = findBlockByNumber(parts, 1)!;
    replaceBlockData(payload, Uint8Array.from([...payload.data, ...tag]), 0);
    const targets = [{ number: 1, results: [] }];
    replaceBlockData(block, encodeSecurityBlock({ ...content, targets }), 0);
    const rules = [acceptor({ block: 'bcb' })];
    expect(textOf(checked(tools, joinBlocks(parts), { rules }))).toBe(PLAIN);
  });

  it.each([
    ['payload first', [1, 9]],
    ['signature first', [9, 1]],
  ])('decrypts a block with two targets, %s', (_, order) => {
    const parts = opened(secured({ block: 'bib' }));
    // Others may use one initialization vector for several targets (RFC 9173 appendix A.4).
    const signature = parts.blocks.find(({ type }) => type === 11)!;
    const targets = order.map((number) => (number === 9 ? signature.number : number));
    encryptTogether(parts, targets);
    const rules = [acceptor({ block: 'bib' }), acceptor({ block: 'bcb', key: 'other' })];
    const result = checked(tools, joinBlocks(parts), { rules });
    expect(textOf(result)).toBe(PLAIN);
    expect((result as SplitBundle).blocks).toHaveLength(4);
  });

  it('tries the keys that are accepted, and the right one is enough', () => {
    const two = {
      ...tools,
      keys: { ...tools.keys, accepted: () => [KEYS.other.slice(), KEYS.k.slice()] },
    };
    const rules = [acceptor({ block: 'bib' }), acceptor({ block: 'bcb' })];
    const bundle = secured({ block: 'bib' }, { block: 'bcb' });
    expect(textOf(checked(two, bundle, { rules }))).toBe(PLAIN);
  });
});

/** One block of another source with one vector for all targets. */
function encryptTogether(parts: SplitBundle, numbers: readonly number[]): void {
  const block = newBlock({ type: 12, number: 20, flags: 1, data: new Uint8Array() });
  const parameters = { vector: new Uint8Array(12), key: 256 as const, scope: 7 };
  const cipher = { crypto: tools.crypto, content: KEYS.other, parameters };
  const targets = numbers.map((number): SecurityTarget => {
    const target = findBlockByNumber(parts, number)!;
    const operation = { parts, block, target: number, scope: 7 };
    const { ciphertext, results } = encryptTarget(cipher, target.data, operation);
    replaceBlockData(target, ciphertext, 0);
    return { number, results };
  });
  const source = parseEid('ipn:5.0')!;
  const rest = { context: 2, source, sourceBytes: encodeEid(source) };
  block.data = encodeSecurityBlock({
    ...rest,
    targets,
    parameters: confidentialityParameterValues(parameters),
  });
  addSecurityBlock(parts, block);
}

describe('a verifier', () => {
  it('checks and changes nothing', () => {
    const bundle = secured({ block: 'bib', targets: ['primary'] }, { block: 'bcb', key: 'other' });
    const rules = [
      verifier({ block: 'bib', targets: ['primary'] }),
      verifier({ block: 'bcb', key: 'other' }),
    ];
    const result = checked(tools, bundle, { rules, isDestination: false }) as SplitBundle;
    expect(joinBlocks(result)).toEqual(bundle);
  });

  it('may keep what failed, and counts it', () => {
    const counts: SecurityCounterName[] = [];
    const counting = toolsOf({ keys: KEYS }, counts);
    const bundle = flipped(secured({ block: 'bib' }), 1);
    const rules = [verifier({ block: 'bib', onFailure: 'keep' })];
    const result = checked(counting, bundle, { rules, isDestination: false }) as SplitBundle;
    expect(joinBlocks(result)).toEqual(bundle);
    expect(counts).toEqual(['dtn.security.failed']);
  });
});

describe('a bundle is dropped', () => {
  const rules = [acceptor({ block: 'bib' })];

  it('as missing (12) if an operation is not there that a rule requires', () => {
    expect(checked(tools, plain, { rules })).toBe('security-missing');
    expect(checked(tools, plain, { rules: [verifier({ block: 'bcb' })] })).toBe('security-missing');
    // A rule for a block that the bundle does not have requires nothing.
    const parts = opened(plain);
    parts.blocks.shift();
    const previous = [acceptor({ block: 'bib', targets: ['previous-node'] })];
    expect(typeof checked(tools, joinBlocks(parts), { rules: previous })).toBe('object');
    expect(checked(tools, plain, { rules: previous })).toBe('security-missing');
  });

  it('as unknown (13) if an acceptor does not know the context, and a verifier passes it on', () => {
    const bundle = altered(secured({ block: 'bib' }), 5, (block) => ({ ...block, context: 99 }));
    expect(checked(tools, bundle, { rules })).toBe('security-unknown');
    const onTheWay = { rules: [verifier({ block: 'bib' })], isDestination: false };
    expect(joinBlocks(checked(tools, bundle, onTheWay) as SplitBundle)).toEqual(bundle);
  });

  it('as unexpected (14) if a rule forbids an operation', () => {
    const forbidden = { rules: [ruleOf({ role: 'none', block: 'bib', key: undefined })] };
    expect(checked(tools, secured({ block: 'bib' }), forbidden)).toBe('security-unexpected');
    expect(
      typeof checked(tools, secured({ block: 'bcb' }), { ...forbidden, isDestination: false }),
    ).toBe('object');
  });

  it('as failed (15) if a bit of payload, signature or primary block was flipped', () => {
    const bundle = secured({ block: 'bib', targets: ['primary', 'payload'] });
    const both = { rules: [acceptor({ block: 'bib', targets: ['primary', 'payload'] })] };
    expect(typeof checked(tools, bundle, both)).toBe('object');
    for (const number of [1, 5, 6]) {
      expect(checked(tools, flipped(bundle, number), both)).toBe('security-failed');
    }
    const parts = opened(bundle);
    const primary = parts.primary.slice();
    primary[primary.length - 1]! ^= 1;
    parts.primary = primary;
    expect(checked(tools, joinBlocks(parts), both)).toBe('security-failed');
  });

  it('as failed (15) if the destination has no key, or another', () => {
    const bundle = secured({ block: 'bcb' });
    expect(checked(tools, bundle, { rules: [] })).toBe('security-failed');
    const other = [acceptor({ block: 'bcb', key: 'other' })];
    expect(checked(tools, bundle, { rules: other })).toBe('security-failed');
    // On the way, what no rule concerns is passed on.
    const onTheWay = checked(tools, bundle, { rules: [], isDestination: false }) as SplitBundle;
    expect(joinBlocks(onTheWay)).toEqual(bundle);
  });

  it('as failed (15) if the wrapped key was changed', () => {
    const bundle = secured({ block: 'bib', wrap: true });
    expect(textOf(checked(tools, bundle, { rules }))).toBe(PLAIN);
    const bad = altered(bundle, 5, (block) => ({
      ...block,
      parameters: block.parameters.map(({ id, item }) => {
        const changed = item.slice();
        if (id === 2) changed[9]! ^= 1;
        return { id, item: changed };
      }),
    }));
    expect(checked(tools, bad, { rules })).toBe('security-failed');
  });

  it('as failed (15) if a parameter has a value that we do not have', () => {
    const withParameter = (bundle: Uint8Array, id: number, value: number): Uint8Array =>
      altered(bundle, 5, (block) => ({
        ...block,
        parameters: block.parameters.map((one) =>
          one.id === id ? createUintValue(id, value) : one,
        ),
      }));
    // Unknown hash; a scope flag that is not defined; text where a number should be.
    expect(checked(tools, withParameter(secured({ block: 'bib' }), 1, 4), { rules })).toBe(
      'security-failed',
    );
    expect(checked(tools, withParameter(secured({ block: 'bib' }), 3, 15), { rules })).toBe(
      'security-failed',
    );
    const encrypted = { rules: [acceptor({ block: 'bcb' })] };
    expect(checked(tools, withParameter(secured({ block: 'bcb' }), 1, 1), encrypted)).toBe(
      'security-failed',
    );
    expect(checked(tools, withParameter(secured({ block: 'bcb' }), 2, 2), encrypted)).toBe(
      'security-failed',
    );
  });

  it('as failed (15) if its initialization vector has another length than 12', () => {
    const short = altered(secured({ block: 'bcb' }), 5, (block) => ({
      ...block,
      parameters: block.parameters.map((one) =>
        one.id === 1 ? { id: 1, item: Uint8Array.of(0x48, 1, 2, 3, 4, 5, 6, 7, 8) } : one,
      ),
    }));
    const encrypted = { rules: [acceptor({ block: 'bcb' })] };
    expect(checked(tools, short, encrypted)).toBe('security-failed');
  });

  it('as conflicting (16) if security blocks break the rules among themselves', () => {
    const twice = altered(secured({ block: 'bib' }), 5, (block) => ({
      ...block,
      targets: [...block.targets, { number: 77, results: [] }],
    }));
    expect(checked(tools, twice, { rules })).toBe('security-conflicting');
  });

  it('if a bit of an encrypted signature was flipped: nobody can strip signatures that way', () => {
    const bundle = secured({ block: 'bib' }, { block: 'bcb', key: 'other' });
    const decrypting = { rules: [acceptor({ block: 'bcb', key: 'other' })] };
    expect(checked(tools, flipped(bundle, 5), decrypting)).toBe('security-failed');
  });

  it('if its signature was made by who has no key', () => {
    const parts = opened(plain);
    const block = newBlock({ type: 11, number: 9, flags: 0, data: new Uint8Array() });
    const forged = signTarget(tools.crypto, new Uint8Array(32), 384, {
      parts,
      block,
      target: 1,
      scope: 7,
    });
    const source = parseEid('ipn:1.0')!;
    block.data = encodeSecurityBlock({
      targets: [forged],
      context: 1,
      source,
      sourceBytes: encodeEid(source),
      parameters: [],
    });
    addSecurityBlock(parts, block);
    expect(checked(tools, joinBlocks(parts), { rules })).toBe('security-failed');
  });
});

describe('an operation on a block that can be spared', () => {
  const hop = { block: 'bib', targets: ['hop-count'], key: 'hop' };
  const bundle = secured(hop);

  it('takes its target with it when it fails, and the bundle goes on', () => {
    const result = checked(tools, flipped(bundle, 3), { rules: [acceptor(hop)] }) as SplitBundle;
    expect(result.blocks.map(({ type }) => type)).toEqual([6, 7, 1]);
    const view = new BundleView();
    const bytes = joinBlocks(result);
    expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
  });

  it('deletes the bundle if the rule says so', () => {
    const rules = [acceptor({ ...hop, onFailure: 'delete' })];
    expect(checked(tools, flipped(bundle, 3), { rules })).toBe('security-failed');
  });

  it('takes the signature of its target with it that had been encrypted too', () => {
    const encrypted = { block: 'bcb', key: 'other' };
    const onHops: Pick<SecurityRule, 'targets'> = { targets: ['hop-count'] };
    const parts = opened(plain);
    const source = { ...ruleOf({ role: 'source', ...encrypted }), ...onHops };
    expect(addSecurity(tools, parts, [ruleOf({ role: 'source', ...hop }), source])).toBe(undefined);
    const rules = [{ ...acceptor(encrypted), ...onHops }, acceptor(hop)];
    const both = flippedIn(parts, 3);
    const result = checkedParts(both, rules) as SplitBundle;
    expect(result.blocks.map(({ type }) => type)).toEqual([6, 7, 1]);
  });
});

describe('flags of blocks', () => {
  it('mark an encrypted payload in every fragment, and nothing else', () => {
    const parts = opened(secured({ block: 'bib' }, { block: 'bcb' }));
    const flags = parts.blocks.filter(({ type }) => type >= 11).map(readBlockFlags);
    // Signature, encryption of the payload, encryption of the signature.
    expect(flags).toEqual([0, 1, 0]);
  });
});
