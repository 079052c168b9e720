import { describe, expect, it } from 'vitest';
import { securityConfig } from '../../../../../nodes/dtn/security/options.ts';
import { isLike } from '../../../../../nodes/dtn/security/policy.ts';

const keys = [{ name: 'link' }, { name: 'end' }];
const rule = { role: 'source', block: 'bib', key: 'link' };

/** Path and message of the first mistake. */
function mistake(options: unknown): string {
  const result = securityConfig.safeParse(options);
  const issue = result.error?.issues[0];
  return issue === undefined ? 'none' : `${issue.path.join('.')}: ${issue.message}`;
}

describe('options of security', () => {
  it('have the defaults of RFC 9173', () => {
    expect(securityConfig.parse({})).toEqual({ keys: [], rules: [], guard: 'off' });
    const { rules, keys: parsed } = securityConfig.parse({ keys, rules: [rule] });
    expect(rules[0]).toMatchObject({
      targets: ['payload'],
      from: '*',
      to: '*',
      wrap: false,
      hash: 384,
      cipher: 256,
      scope: ['primary', 'target', 'security'],
    });
    expect(parsed[0]).toEqual({ name: 'link', changes: [], overlap: 0 });
  });

  it.each<[string, unknown]>([
    [
      'rules.0.key: linc is none of the keys of this node, there are link, end',
      { keys, rules: [{ ...rule, key: 'linc' }] },
    ],
    ['rules.0.key: link is none of the keys of this node, there are none', { rules: [rule] }],
    [
      'rules.0.role: a rule with role verifier needs a key',
      { keys, rules: [{ role: 'verifier', block: 'bcb' }] },
    ],
    [
      'rules.1.targets: only the payload can be encrypted',
      { keys, rules: [rule, { ...rule, block: 'bcb', targets: ['primary'] }] },
    ],
    [
      'rules.0.targets: only the payload can be encrypted',
      { keys, rules: [{ ...rule, block: 'bcb', targets: ['payload', 'bundle-age'] }] },
    ],
    [
      'rules.0.role: each node changes hop-count: it needs an acceptor',
      { keys, rules: [{ ...rule, role: 'verifier', targets: ['hop-count'] }] },
    ],
    [
      'rules.0.onFailure: payload and primary block cannot be removed',
      { keys, rules: [{ ...rule, role: 'acceptor', onFailure: 'remove' }] },
    ],
    [
      'rules.0.onFailure: only a verifier can keep what failed',
      { keys, rules: [{ ...rule, role: 'acceptor', onFailure: 'keep' }] },
    ],
    ['keys.1.name: link is there twice', { keys: [{ name: 'link' }, { name: 'link' }] }],
    [
      'keys.0.changes: the instants are not in ascending order',
      { keys: [{ name: 'link', changes: ['2s', '2s'] }] },
    ],
    [
      'keys.0.name: a name of a key has small letters, digits and hyphens, 64 at most',
      { keys: [{ name: 'Link' }] },
    ],
  ])('are refused: %s', (message, options) => {
    expect(mistake(options)).toBe(message);
  });

  it('take no key from the file', () => {
    expect(mistake({ keys: [{ name: 'link', hex: '00' }] })).toContain('hex');
  });
});

describe('patterns of ends', () => {
  it.each([
    ['client-1', 'client-*', true],
    ['client-1', '*', true],
    ['client-1', 'client-1', true],
    ['client-1', 'client', false],
    ['client-12', 'client-1', false],
    ['ipn:3.1', 'ipn:*.1', true],
    ['ipn:3.2', 'ipn:*.1', false],
    ['ipn:13.1', 'ipn:3.*', false],
    ['aba', 'ab*ba', false],
    ['abba', 'ab*ba', true],
    ['a-b-c', 'a*b*c', true],
    ['a-c-b', 'a*b*c', false],
    ['', '*', true],
  ])('%s and %s: %s', (text, pattern, is) => {
    expect(isLike(text, pattern)).toBe(is);
  });

  it('need time that grows with the text, whatever the pattern', () => {
    const pattern = `${'a*'.repeat(120)}b`;
    expect(isLike('a'.repeat(100_000), pattern)).toBe(false);
  });
});
