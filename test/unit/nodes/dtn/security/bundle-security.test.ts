import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import {
  hasSignedPrimary,
  RuleBasedSecurity,
} from '../../../../../nodes/dtn/security/bundle-security.ts';
import { securityConfig } from '../../../../../nodes/dtn/security/options.ts';
import { WaitingInputs } from '../../../../../nodes/dtn/security/waiting-inputs.ts';
import { isFragmentable, writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import { toolsOf } from './support.ts';

/** Hosts a, b, c are the nodes 1, 2, 3; each key has the same bytes everywhere. */
const names = new HostEids(['a', 'b', 'c'], 'ipn');
const KEYS = { k: new Uint8Array(32).fill(1), hop: new Uint8Array(32).fill(2) };
const PAYLOAD = new TextEncoder().encode('telemetry of the rover');

function securityOf(
  own: string,
  rules: readonly Record<string, unknown>[],
  guard = 'off',
): RuleBasedSecurity {
  const keyed = rules.map((rule) => (rule['role'] === 'none' ? rule : { key: 'k', ...rule }));
  const options = securityConfig.parse({
    keys: [{ name: 'k' }, { name: 'hop' }],
    rules: keyed,
    guard,
  });
  const tools = toolsOf({ keys: KEYS, node: `ipn:${names.numberOf(own)! + 1}.0` });
  return new RuleBasedSecurity({ tools, options, names, own, crcType: 2 });
}

/** A bundle from a to c, as a made it. */
const plain = sampleBundle({ source: 'ipn:1.1', destination: 'ipn:3.1', payload: PAYLOAD });

function received(security: RuleBasedSecurity, bundle: Uint8Array): Uint8Array | string {
  const view = new BundleView();
  expect(view.open(bundle, 0, bundle.length)).toBeUndefined();
  return security.received(view);
}

function payloadOf(bundle: Uint8Array | string): string {
  if (typeof bundle === 'string') return bundle;
  const view = new BundleView();
  view.open(bundle, 0, bundle.length);
  return new TextDecoder().decode(bundle.subarray(view.payloadStart, view.payloadEnd));
}

describe('the security of a node', () => {
  it('leaves bundles as they are without rules', () => {
    const security = securityOf('b', []);
    expect(security.made(plain)).toBe(plain);
    expect(received(security, plain)).toBe(plain);
    expect(security.leaving(plain)).toBe(plain);
  });

  it('goes from source to destination: encrypted on the way, plain at the end', () => {
    const bundle = securityOf('a', [{ role: 'source', block: 'bcb' }]).made(plain) as Uint8Array;
    expect(payloadOf(bundle)).not.toContain('rover');
    expect(received(securityOf('b', []), bundle)).toBe(bundle);
    const end = received(securityOf('c', [{ role: 'acceptor', block: 'bcb' }]), bundle);
    expect(payloadOf(end)).toBe('telemetry of the rover');
  });

  it('applies rules to the ends that they name', () => {
    const rule = { role: 'source', block: 'bcb' };
    const isSecured = (ends: Record<string, string>): boolean =>
      securityOf('a', [{ ...rule, ...ends }]).made(plain) !== plain;
    expect(isSecured({ from: 'a', to: 'c' })).toBe(true);
    expect(isSecured({ from: 'ipn:1.*', to: 'ipn:*.1' })).toBe(true);
    expect(isSecured({ from: 'b' })).toBe(false);
    expect(isSecured({ to: 'ipn:2.*' })).toBe(false);
  });

  it('adds to bundles of others on the way, and not at the destination', () => {
    const rule = { role: 'source', block: 'bib', targets: ['primary'] };
    const view = new BundleView();
    const onTheWay = received(securityOf('b', [rule]), plain) as Uint8Array;
    view.open(onTheWay, 0, onTheWay.length);
    expect([view.hasSecurity, hasSignedPrimary(view)]).toEqual([true, true]);
    expect(received(securityOf('c', [rule]), plain)).toBe(plain);
  });

  it('signs what changes at each hop when the bundle leaves, for the next node to accept', () => {
    const hop = { block: 'bib', targets: ['hop-count'], key: 'hop' };
    const security = securityOf('b', [{ role: 'source', ...hop }]);
    expect(security.made(plain)).toBe(plain);
    expect(received(security, plain)).toBe(plain);
    const leaving = security.leaving(plain) as Uint8Array;
    expect(leaving).not.toBe(plain);
    expect(received(securityOf('c', [{ role: 'acceptor', ...hop }]), leaving)).toEqual(plain);
  });

  it('adds nothing to a fragment, and leaves what is there', () => {
    const writer = new CborWriter();
    const view = new BundleView();
    view.open(plain, 0, plain.length);
    writeFragment(writer, view, { start: 0, end: 5 });
    const fragment = writer.taken();
    const signing = securityOf('a', [{ role: 'source', block: 'bib' }]);
    const signed = signing.made(plain) as Uint8Array;
    const signedView = new BundleView();
    signedView.open(signed, 0, signed.length);
    expect([isFragmentable(view), isFragmentable(signedView)]).toEqual([true, false]);
    const rules = [
      { role: 'source', block: 'bib', targets: ['payload', 'hop-count'] },
      { role: 'none', block: 'bcb' },
    ];
    const security = securityOf('b', rules);
    expect(received(security, fragment)).toBe(fragment);
    expect(security.leaving(fragment)).toBe(fragment);
  });

  it('let fragments reach the application without the operation that a rule requires', () => {
    const fragmentOf = (bundle: Uint8Array): Uint8Array => {
      const [writer, view] = [new CborWriter(), new BundleView()];
      view.open(bundle, 0, bundle.length);
      writeFragment(writer, view, { start: 0, end: 5 });
      return writer.taken();
    };
    // An attacker leaves the signature out and splits the bundle: the parts were put together.
    for (const role of ['verifier', 'acceptor']) {
      const rule = { role, block: 'bib', from: 'a' };
      for (const own of ['b', 'c']) {
        expect(received(securityOf(own, [rule]), fragmentOf(plain))).toBe('security-missing');
      }
      const others = securityOf('c', [{ ...rule, from: 'b' }]);
      expect(received(others, fragmentOf(plain))).toEqual(fragmentOf(plain));
    }
    // Of a foreign source that splits what is encrypted, the application would get ciphertext.
    const encrypted = securityOf('a', [{ role: 'source', block: 'bcb' }]).made(plain);
    const fragment = fragmentOf(encrypted as Uint8Array);
    expect(received(securityOf('b', []), fragment)).toBe(fragment);
    expect(received(securityOf('c', []), fragment)).toBe('security-unknown');
  });

  it('leaves alone what a node sends to itself', () => {
    const own = sampleBundle({ source: 'ipn:1.1', destination: 'ipn:1.1' });
    expect(securityOf('a', [{ role: 'source', block: 'bcb' }], 'bcb').made(own)).toBe(own);
  });
});

describe('a guard', () => {
  const encrypted = securityOf('a', [{ role: 'source', block: 'bcb' }]).made(plain) as Uint8Array;

  it('R-142: neither takes nor forwards a payload in the clear, and passes on encrypted ones', () => {
    const guarding = securityOf('b', [], 'bcb');
    expect(guarding.made(plain)).toBe('payload-in-the-clear');
    expect(received(guarding, plain)).toBe('payload-in-the-clear');
    expect(guarding.leaving(plain)).toBe('payload-in-the-clear');
    expect(received(guarding, encrypted)).toBe(encrypted);
    expect(guarding.leaving(encrypted)).toBe(encrypted);
    expect(received(securityOf('b', [], 'off'), plain)).toBe(plain);
  });

  it('R-142: lets nothing leave that the node itself has decrypted', () => {
    const decrypting = securityOf('b', [{ role: 'acceptor', block: 'bcb' }], 'bcb');
    const open = received(decrypting, encrypted) as Uint8Array;
    expect(payloadOf(open)).toBe('telemetry of the rover');
    expect(decrypting.leaving(open)).toBe('payload-in-the-clear');
  });

  it('is not satisfied by a signature', () => {
    const bundle = securityOf('a', [{ role: 'source', block: 'bib' }]).made(plain) as Uint8Array;
    expect(received(securityOf('b', [], 'bcb'), bundle)).toBe('payload-in-the-clear');
  });
});

describe('inputs that wait for initialization vectors', () => {
  it('pass in their order when they may', () => {
    const passed: number[] = [];
    const waiting = new WaitingInputs<number>((input) => passed.push(input), 'closed');
    waiting.take(1);
    waiting.take(2);
    expect(passed).toEqual([]);
    waiting.open();
    waiting.take(3);
    expect(passed).toEqual([1, 2, 3]);
  });

  it('are at most 1,024; more pass at once, to be refused with a reason', () => {
    const passed: number[] = [];
    const waiting = new WaitingInputs<number>((input) => passed.push(input), 'closed');
    for (let input = 0; input < 1_025; input += 1) waiting.take(input);
    expect(passed).toEqual([1_024]);
  });
});
