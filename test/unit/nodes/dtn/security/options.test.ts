import { describe, expect, it } from 'vitest';
import { securityConfig } from '../../../../../nodes/dtn/security/options.ts';
import {
  type SourceOrDestination,
  securityRulesFor,
} from '../../../../../nodes/dtn/security/policy.ts';

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

describe('the ends of a rule', () => {
  it('are hosts, or identifiers if they have a colon', () => {
    const end = (node: number, host: string | undefined): SourceOrDestination => {
      return { eid: { scheme: 'ipn', allocator: 0, node, service: 1 }, host };
    };
    const from = (pattern: string, given: SourceOrDestination): number => {
      const { rules } = securityConfig.parse({ keys, rules: [{ ...rule, from: pattern }] });
      return securityRulesFor(rules, { from: given, to: end(9, undefined) }).length;
    };
    expect([from('client-*', end(3, 'client-1')), from('client-*', end(3, 'relay'))]).toEqual([
      1, 0,
    ]);
    expect([from('ipn:*.1', end(3, 'relay')), from('ipn:3.*', end(13, 'relay'))]).toEqual([1, 0]);
    expect([from('*', end(3, undefined)), from('relay', end(3, undefined))]).toEqual([1, 0]);
    // A regular expression tries all ways to share 62 letters among 30 stars.
    const many = `${'*a'.repeat(30)}c`;
    const far: SourceOrDestination = {
      eid: { scheme: 'dtn', node: 'a'.repeat(62), demux: 'a' },
      host: 'a'.repeat(62),
    };
    expect([from(many, far), from(`dtn:${many}`, far)]).toEqual([0, 0]);
  });
});
