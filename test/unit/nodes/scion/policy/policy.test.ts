/** Path policies: options, extended policies, orders, and what a file may not ask for. */
import { describe, expect, it } from 'vitest';
import { pathPolicySchema } from '../../../../../nodes/gateway/policy-options.ts';
import {
  POLICY_LIMITS,
  SEQUENCE_DEPTH_MAX,
  SEQUENCE_TOKENS_MAX,
} from '../../../../../nodes/scion/policy/geometry.ts';
import type { PathOrder, PolicyPath } from '../../../../../nodes/scion/policy/order.ts';
import { applyPathPolicy } from '../../../../../nodes/scion/policy/policy.ts';
import { fitsSequence, parseSequence } from '../../../../../nodes/scion/policy/sequence.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';

interface Named extends PolicyPath {
  readonly name: string;
}

/** What is announced of a path as a whole. */
interface Announced {
  readonly latencyUs?: number;
  readonly bandwidthKbps?: number;
  readonly carbon?: number;
  readonly mtu?: number;
}

/** A path from 1-1 to 2-9 over some ASes of ISD 1. */
function pathOver(name: string, announced: Announced = {}): Named {
  const ases = ['1-1', ...[...name].map((letter) => `1-${letter}`), '2-9'].map(requireIsdAs);
  const interfaces = ases.flatMap((isdAs, index) => {
    const into = index === 0 ? [] : [{ isdAs, ifId: 1 }];
    const out = index + 1 === ases.length ? [] : [{ isdAs, ifId: 2 }];
    return [...into, ...out];
  });
  const { mtu = 1_400, latencyUs, bandwidthKbps, carbon } = announced;
  const metadata = {
    latencyUs: [latencyUs],
    bandwidthKbps: [bandwidthKbps],
    carbon: [carbon],
    ...{ internalHops: [], linkTypes: [], geo: [], notes: [] },
  };
  return { name, source: ases[0]!, target: ases.at(-1)!, interfaces, mtu, metadata };
}

/** What is wrong with a policy that is a map, with its place. */
function refusalsOf(file: unknown): string[] {
  const { error } = pathPolicySchema.safeParse(file);
  const issues = (error?.issues ?? []).flatMap((issue) =>
    issue.code === 'invalid_union' ? issue.errors.flat() : [issue],
  );
  return issues
    .filter(({ code }) => code === 'custom')
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function allowed(file: unknown, paths: readonly Named[]): string {
  return applyPathPolicy(pathPolicySchema.parse(file), paths)
    .map(({ name }) => name)
    .join();
}

const PATHS = ['3', '4', '34', '5'].map((name) => pathOver(name));
const not = (as: string): string[] => [`- 1-${as}`, '+'];

describe('a policy', () => {
  it('allows all paths if it says nothing', () => {
    expect(allowed({}, PATHS)).toBe('3,4,34,5');
    expect(allowed('', PATHS)).toBe('3,4,34,5');
  });

  it('is an access list, a sequence, or both', () => {
    expect(allowed({ acl: not('3') }, PATHS)).toBe('4,5');
    expect(allowed('0 0 0', PATHS)).toBe('3,4,5');
    expect(allowed({ acl: not('3'), sequence: '0 1-3|1-4 0' }, PATHS)).toBe('4');
  });

  it('restricts where paths begin and end; the first rule that fits decides', () => {
    expect(allowed({ local_isd_ases: ['1-1'] }, PATHS)).toBe('3,4,34,5');
    expect(allowed({ local_isd_ases: ['1-2'] }, PATHS)).toBe('');
    const remote = (...rules: readonly unknown[]): string =>
      allowed({ remote_isd_ases: rules }, PATHS);
    expect(remote({ isd_as: '2-0' })).toBe('3,4,34,5');
    expect(remote({ isd_as: '2-9', reject: true }, { isd_as: '0-0' })).toBe('');
    expect(remote({ isd_as: '0-0' }, { isd_as: '2-9', reject: true })).toBe('3,4,34,5');
    expect(remote({ isd_as: '3-0' })).toBe('');
    const inside = { ...pathOver(''), target: requireIsdAs('1-1'), interfaces: [] };
    expect(allowed({ local_isd_ases: ['1-1'] }, [inside])).toBe('');
    expect(applyPathPolicy(pathPolicySchema.parse({ acl: ['-'] }), [inside])).toHaveLength(1);
  });

  it('takes the option of the greatest weight under which a path is left; equal weights unite', () => {
    const option = (weight: number, ...ases: readonly string[]): unknown => ({
      weight,
      policy: { sequence: `0 ${ases.map((as) => `1-${as}`).join(' ')} 0` },
    });
    expect(allowed({ options: [option(1, '3'), option(2, '4')] }, PATHS)).toBe('4');
    expect(allowed({ options: [option(1, '3'), option(2, '7')] }, PATHS)).toBe('3');
    expect(allowed({ options: [option(2, '5'), option(2, '3'), option(1, '4')] }, PATHS)).toBe(
      '3,5',
    );
    expect(allowed({ options: [option(1, '7')] }, PATHS)).toBe('');
    // Options choose among what the policy itself allows.
    expect(allowed({ acl: not('4'), options: [option(1, '3'), option(2, '4')] }, PATHS)).toBe('3');
  });

  it('gets from others what it does not say itself, from the last first', () => {
    const policies = {
      three: { acl: not('3') },
      four: { acl: not('4'), sequence: '0 0 0' },
      both: { extends: ['three', 'four'] },
    };
    expect(allowed({ extends: ['three'], policies }, PATHS)).toBe('4,5');
    expect(allowed({ extends: ['both'], policies }, PATHS)).toBe('3,5');
    expect(allowed({ extends: ['four', 'three'], policies }, PATHS)).toBe('4,5');
    expect(allowed({ acl: ['+'], extends: ['four'], policies }, PATHS)).toBe('3,4,5');
    const options = [{ weight: 1, policy: { extends: ['three'] } }];
    expect(allowed({ options, policies }, PATHS)).toBe('4,5');
    const chosen = { five: { options: [{ weight: 1, policy: { sequence: '0 1-5 0' } }] } };
    expect(allowed({ extends: ['five'], policies: chosen }, PATHS)).toBe('5');
  });
});

describe('an order of paths', () => {
  const paths = [
    pathOver('3', { latencyUs: 9_000, bandwidthKbps: 1e6, mtu: 1_300 }),
    pathOver('45', { latencyUs: 5_000, carbon: 80 }),
    pathOver('4', { bandwidthKbps: 4e6, carbon: 20, mtu: 1_300 }),
    pathOver('56', { latencyUs: 5_000, carbon: 0 }),
  ];
  const ordered = (...order: readonly PathOrder[]): string => allowed({ order }, paths);

  it('puts the best first, equal ones as they came, and last what is unknown', () => {
    expect(ordered()).toBe('3,45,4,56');
    expect(ordered('latency')).toBe('45,56,3,4');
    expect(ordered('hops')).toBe('3,4,45,56');
    expect(ordered('mtu')).toBe('45,56,3,4');
    expect(ordered('bandwidth')).toBe('4,3,45,56');
    expect(ordered('carbon')).toBe('56,4,45,3');
  });

  it('lets the next decide between equal ones', () => {
    expect(ordered('latency', 'carbon')).toBe('56,45,3,4');
    expect(ordered('mtu', 'hops', 'bandwidth')).toBe('45,56,4,3');
  });

  it('puts apart what shares least with the paths before it', () => {
    const over = ['34', '35', '45', '67'].map((name) => pathOver(name));
    expect(allowed({ order: ['disjointness'] }, over)).toBe('34,67,45,35');
    const costs = over.map(({ name }, index) => pathOver(name, { latencyUs: index === 1 ? 1 : 2 }));
    expect(allowed({ order: ['latency', 'disjointness'] }, costs)).toBe('35,34,67,45');
    const many = Array.from({ length: 300 }, () => over).flat();
    expect(allowed({ order: ['disjointness'] }, many).split(',')).toHaveLength(1_200);
  });
});

describe('a file may not ask for', () => {
  const PLACE = '1-ff00:0:110';

  it('what is none, with its place', () => {
    expect(refusalsOf({ acl: ['+ 1', '- 1-0#3', '+'] })).toEqual([
      'acl.1: "1-0#3" names an interface, but no AS',
    ]);
    expect(refusalsOf({ acl: ['* 1', '+'] })).toEqual([
      'acl.0: "* 1" is neither "+ ISD-AS#IF" nor "- ISD-AS#IF"',
    ]);
    expect(refusalsOf({ acl: ['+ 1'] })[0]).toContain('acl: has no entry for all interfaces');
    expect(refusalsOf({ acl: ['-', '+ 1'] })[0]).toContain('acl: has entries after one');
    expect(refusalsOf({ sequence: '0 (1' })).toEqual([
      'sequence: the parenthesis has no end, at character 3',
    ]);
    expect(refusalsOf({ sequence: `0 ${PLACE}#1#2` })[0]).toContain('ISD-AS#IF,IF, at character 3');
    expect(refusalsOf({ extends: ['nobody'] })[0]).toContain('"nobody", which is not among');
    expect(refusalsOf({ extends: ['toString'] })[0]).toContain('"toString", which is not among');
  });

  it('policies that extend themselves', () => {
    const policies = { a: { extends: ['b'] }, b: { extends: ['a'] } };
    expect(refusalsOf({ extends: ['a'], policies })).toEqual([': "a" extends itself']);
  });

  it('sequences that are too long or too deep', () => {
    const reasonOf = (text: string): string => {
      const read = parseSequence(text);
      return 'reason' in read ? read.reason : 'none';
    };
    expect(reasonOf(' '.repeat(POLICY_LIMITS.text + 1))).toContain('is longer than');
    expect(reasonOf('0?'.repeat(SEQUENCE_TOKENS_MAX / 2))).toBe('none');
    expect(reasonOf('0?'.repeat(SEQUENCE_TOKENS_MAX / 2).concat('0'))).toContain('more than 1000');
    const deep = (depth: number): string => `${'('.repeat(depth)}0${')'.repeat(depth)}`;
    expect(reasonOf(deep(SEQUENCE_DEPTH_MAX))).toBe('none');
    expect(reasonOf(deep(SEQUENCE_DEPTH_MAX + 1))).toContain('parentheses');
  });

  it('more work than a bounded number of steps for each hop', () => {
    // A matcher that tries one way after the other takes 2^250 steps for these.
    const long = pathOver('3'.repeat(62)).interfaces;
    for (const text of [
      `${'0? '.repeat(250)}${'0 '.repeat(65)}`,
      `${'('.repeat(90)}0*${')*'.repeat(90)} 7`,
      '(0|1|0-0)* '.repeat(60).concat('7'),
    ]) {
      const read = parseSequence(text);
      if ('reason' in read) expect.fail(read.reason);
      expect(fitsSequence(read, long)).toBe(false);
    }
  });

  it('options that lead to options without end', () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    const policies = Object.fromEntries(
      names.map((name, index) => {
        const next = { weight: 1, policy: { extends: index === 19 ? [] : [`p${index + 1}`] } };
        return [name, { options: [next, next] }];
      }),
    );
    expect(refusalsOf({ extends: ['p0'], policies })[0]).toContain('with its options');
    expect(refusalsOf({ extends: ['p10'], policies })).toEqual([]);
    // Names alone cost nothing: each is put together once.
    const chains = Object.fromEntries(
      names.map((name, index) => [
        name,
        { extends: index === 19 ? [] : Array.from({ length: 100 }, () => `p${index + 1}`) },
      ]),
    );
    expect(refusalsOf({ extends: ['p0'], policies: chains })).toEqual([]);
  });
});
