/** Security inside an agent: what becomes of requests and bundles that it refuses. */
import { describe, expect, it } from 'vitest';
import { LinkOutlet } from '../../../../../nodes/dtn/agent/adjacency.ts';
import { BundleAgent } from '../../../../../nodes/dtn/agent/agent.ts';
import type { AgentEffect } from '../../../../../nodes/dtn/agent/effects.ts';
import { CORRECT_BEHAVIOUR } from '../../../../../nodes/dtn/behaviour.ts';
import { dtnConfig } from '../../../../../nodes/dtn/config.ts';
import { BLOCK_FLAG, BLOCK_TYPE } from '../../../../../nodes/dtn/geometry.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { DirectRouter } from '../../../../../nodes/dtn/router/direct.ts';
import {
  joinBlocks,
  newBlock,
  replaceBlockData,
} from '../../../../../nodes/dtn/security/bundle-parts.ts';
import { RuleBasedSecurity } from '../../../../../nodes/dtn/security/bundle-security.ts';
import {
  decodeSecurityBlock,
  encodeSecurityBlock,
} from '../../../../../nodes/dtn/security/security-block.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { opened, toolsOf } from './support.ts';

const KEYS = { k: new Uint8Array(32).fill(1) };
const PAYLOAD = new TextEncoder().encode('telemetry of the rover');
const names = new HostEids(['a', 'b', 'c'], 'ipn');

interface Given {
  readonly rules?: readonly Record<string, unknown>[];
  readonly guard?: string;
}

/** Node b between a and c. */
function agentOf(own: string, { rules = [], guard = 'off' }: Given): BundleAgent<string> {
  const security = {
    keys: [{ name: 'k' }],
    rules: rules.map((rule) => ({ key: 'k', ...rule })),
    guard,
  };
  const options = dtnConfig.parse({ security });
  const tools = toolsOf({ keys: KEYS, node: `ipn:${names.numberOf(own)! + 1}.0` });
  const neighbours = ['a', 'b', 'c'].filter((name) => name !== own);
  return new BundleAgent<string>({
    own,
    names,
    options,
    behaviour: CORRECT_BEHAVIOUR,
    outlets: neighbours.map(
      (neighbour) =>
        new LinkOutlet({
          link: `${own}--${neighbour}`,
          neighbour,
          maxBytes: 1_000_000,
          rateBps: 1e9,
          contacts: undefined,
          bytesOnLink: (bytes) => bytes,
        }),
    ),
    router: new DirectRouter(new Set(neighbours)),
    security: new RuleBasedSecurity({ tools, options: options.security, names, own, crcType: 2 }),
    clock: () => ({ seconds: 1_767_225_600, nanos: 0 }),
    planTime: () => 0,
    below: () => 0,
  });
}

function kinds(effects: readonly AgentEffect<string>[]): readonly string[] {
  return effects
    .filter(({ kind }) => !['count', 'stored', 'hops'].includes(kind))
    .map((effect) => (effect.kind === 'drop' ? effect.reason : effect.kind));
}

const transmitted = (effects: readonly AgentEffect<string>[]): Uint8Array =>
  effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.bundle] : []))[0]!;

const plain = sampleBundle({ source: 'ipn:1.1', destination: 'ipn:3.1', payload: PAYLOAD });

/** The bundle with an unknown block that asks to be discarded, and that the integrity block of the payload covers too. */
function withUnknown(bundle: Uint8Array): Uint8Array {
  const parts = opened(bundle);
  const integrity = parts.blocks.find(({ type }) => type === BLOCK_TYPE.integrity)!;
  const content = decodeSecurityBlock(integrity.data)!;
  const targets = [...content.targets, { ...content.targets[0]!, number: 9 }];
  replaceBlockData(integrity, encodeSecurityBlock({ ...content, targets }), integrity.crcType);
  const flags = BLOCK_FLAG.discardIfUnprocessed;
  parts.blocks.splice(-1, 0, newBlock({ type: 99, number: 9, flags, data: Uint8Array.of(1) }));
  return joinBlocks(parts);
}

describe('an agent with security', () => {
  it('R-142: discards an unknown block with the operation on it, and no more', () => {
    const rule = { block: 'bib', targets: ['payload'] };
    const send = { kind: 'send', request: 'r', to: 'c', body: PAYLOAD, wishes: {} } as const;
    const source = agentOf('a', { rules: [{ ...rule, role: 'source' }] });
    const covered = withUnknown(transmitted(source.step(0, send)));
    expect(opened(covered).blocks.map(({ type }) => type)).toContain(99);
    const forwarded = agentOf('b', {}).step(0, { kind: 'bundle', bytes: covered, from: 'a' });
    const shorter = transmitted(forwarded);
    expect(opened(shorter).blocks.map(({ type }) => type)).not.toContain(99);
    for (const bytes of [covered, shorter]) {
      const target = agentOf('c', { rules: [{ ...rule, role: 'acceptor' }] });
      const input = { kind: 'bundle', bytes, from: 'b' } as const;
      expect(kinds(target.step(0, input))).toContain('deliver');
    }
  });

  it('R-142: forwards no payload in the clear when its guard is on', () => {
    const input = { kind: 'bundle', bytes: plain, from: 'a' } as const;
    expect(kinds(agentOf('b', { guard: 'bcb' }).step(0, input))).toEqual(['payload-in-the-clear']);
    expect(kinds(agentOf('b', { guard: 'off' }).step(0, input))).toEqual(['transmit']);
  });

  it('R-142: took the encryption of another block for that of the payload', () => {
    const send = { kind: 'send', request: 'r', to: 'c', body: PAYLOAD, wishes: {} } as const;
    const source = agentOf('a', { rules: [{ role: 'source', block: 'bcb' }] });
    const parts = opened(transmitted(source.step(0, send)));
    const [block, hops] = [BLOCK_TYPE.confidentiality, BLOCK_TYPE.hopCount].map(
      (type) => parts.blocks.find((one) => one.type === type)!,
    );
    const content = decodeSecurityBlock(block!.data)!;
    const targets = content.targets.map((target) => ({ ...target, number: hops!.number }));
    replaceBlockData(block!, encodeSecurityBlock({ ...content, targets }), block!.crcType);
    const input = { kind: 'bundle', bytes: joinBlocks(parts), from: 'a' } as const;
    expect(kinds(agentOf('b', { guard: 'bcb' }).step(0, input))).toEqual(['payload-in-the-clear']);
  });

  it('R-142: refuses requests whose payload would leave in the clear', () => {
    const send = { kind: 'send', request: 'r', to: 'c', body: PAYLOAD, wishes: {} } as const;
    const refusing = agentOf('a', { guard: 'bcb' });
    expect(refusing.step(0, send)).toContainEqual({
      kind: 'answer',
      request: 'r',
      outcome: 'payload-in-the-clear',
    });
    expect(refusing.holding).toBe(0);
    const encrypting = agentOf('a', { guard: 'bcb', rules: [{ role: 'source', block: 'bcb' }] });
    expect(kinds(encrypting.step(0, send))).toEqual(['answer', 'transmit']);
  });

  it('hands the application what the source encrypted', () => {
    const send = { kind: 'send', request: 'r', to: 'c', body: PAYLOAD, wishes: {} } as const;
    const bundle = transmitted(
      agentOf('a', { rules: [{ role: 'source', block: 'bcb' }] }).step(0, send),
    );
    const end = agentOf('c', { rules: [{ role: 'acceptor', block: 'bcb' }] });
    const effects = end.step(0, { kind: 'bundle', bytes: bundle, from: 'a' });
    const delivered = effects.find(({ kind }) => kind === 'deliver');
    expect(delivered).toMatchObject({ from: 'a', body: PAYLOAD });
    // A node without the key gives the application nothing.
    const bystander = agentOf('c', {}).step(0, { kind: 'bundle', bytes: bundle, from: 'a' });
    expect(kinds(bystander)).toEqual(['security-failed']);
  });

  it('does not remember a bundle that was tampered with, so that the genuine one is welcome', () => {
    const send = { kind: 'send', request: 'r', to: 'c', body: PAYLOAD, wishes: {} } as const;
    const genuine = transmitted(
      agentOf('a', { rules: [{ role: 'source', block: 'bcb' }] }).step(0, send),
    );
    const view = new BundleView();
    view.open(genuine, 0, genuine.length);
    const tampered = genuine.slice();
    tampered[view.payloadStart]! ^= 1;
    const end = agentOf('c', { rules: [{ role: 'acceptor', block: 'bcb' }] });
    const give = (bytes: Uint8Array): readonly string[] =>
      kinds(end.step(0, { kind: 'bundle', bytes, from: 'a' }));
    expect(give(tampered)).toEqual(['security-failed']);
    expect(give(genuine)).toEqual(['deliver']);
    expect(give(genuine)).toEqual(['duplicate']);
  });

  it('drops a bundle without creation time whose age failed, at its end and on its way', () => {
    const young = sampleBundle({ source: 'ipn:1.1', destination: 'ipn:3.1', createdMs: 0 });
    const age = { block: 'bib', targets: ['bundle-age'] };
    const signing = agentOf('b', { rules: [{ role: 'source', ...age }] });
    const signed = transmitted(signing.step(0, { kind: 'bundle', bytes: young, from: 'a' }));
    const input = { kind: 'bundle', bytes: signed, from: 'b' } as const;
    // It has no key for this signature.
    const end = agentOf('c', {});
    expect(kinds(end.step(0, input))).toEqual(['bad-extension']);
    const other = sampleBundle({ source: 'ipn:1.1', destination: 'ipn:3.1', sequence: 2 });
    expect(kinds(end.step(0, { ...input, bytes: other }))).toEqual(['deliver']);
    const forged = signed.slice();
    const view = new BundleView();
    view.open(forged, 0, forged.length);
    forged[view.dataStart[view.bundleAge]! + 1]! ^= 1;
    const relay = agentOf('b', { rules: [{ role: 'acceptor', ...age }] });
    expect(kinds(relay.step(0, { kind: 'bundle', bytes: forged, from: 'a' }))).toEqual([
      'bad-extension',
    ]);
  });

  it('takes a primary block without checksum if a signature covers it, and not without', () => {
    const signing = agentOf('b', {
      rules: [{ role: 'source', block: 'bib', targets: ['primary'] }],
    });
    const signed = transmitted(signing.step(0, { kind: 'bundle', bytes: plain, from: 'a' }));
    const view = new BundleView();
    view.open(signed, 0, signed.length);
    expect([view.crcType, view.hasSecurity]).toEqual([0, true]);
    const onTheWay = agentOf('b', {}).step(0, { kind: 'bundle', bytes: signed, from: 'a' });
    expect(kinds(onTheWay)).toEqual(['transmit']);
    const bare = sampleBundle({ source: 'ipn:1.1', destination: 'ipn:3.1', crcType: 0 });
    const refused = agentOf('b', {}).step(0, { kind: 'bundle', bytes: bare, from: 'a' });
    expect(kinds(refused)).toEqual(['primary-unprotected']);
  });
});
