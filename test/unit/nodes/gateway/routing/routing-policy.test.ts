/** Routing policies: the text of the reference, its mistakes, and which part of a prefix is accepted. */
import { describe, expect, it } from 'vitest';
import {
  formatIpPrefix,
  type IpPrefix,
  parseIpPrefix,
} from '../../../../../nodes/gateway/routing/ip-prefix.ts';
import {
  acceptedParts,
  advertisedPrefixes,
  ownPrefixes,
  parseRoutingPolicy,
  type RoutingPolicy,
} from '../../../../../nodes/gateway/routing/policy.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';

const OWN = requireIsdAs('1-ff00:0:112');
const PEER = requireIsdAs('1-ff00:0:110');

function policyOf(text: string): RoutingPolicy {
  const policy = parseRoutingPolicy(text);
  return 'reason' in policy ? expect.fail(JSON.stringify(policy)) : policy;
}

function prefixOf(text: string): IpPrefix {
  const prefix = parseIpPrefix(text);
  return typeof prefix === 'string' ? expect.fail(prefix) : prefix;
}

function accepted(text: string, prefix: string, left = 65_536): string[] {
  const ends = { own: OWN, peer: PEER };
  return acceptedParts(policyOf(text), ends, prefixOf(prefix), { left }).map(formatIpPrefix);
}

describe('a prefix', () => {
  it.each([
    '0.0.0.0/0',
    '10.1.0.0/16',
    '10.0.0.1/32',
    '::/0',
    '2001:db8::/32',
    'fd13:37::/64',
    '::1/128',
  ])('is written as it is read: %s', (text) => expect(formatIpPrefix(prefixOf(text))).toBe(text));

  it.each([
    ['10.1.0.0', 'is no prefix'],
    ['10.1.0.0/33', 'is longer than the 32 bits'],
    ['::/129', 'is longer than the 128 bits'],
    ['10.1.0.1/16', 'has bits behind its length, expected 10.1.0.0/16'],
    ['10.1/16', 'is no prefix'],
    ['::ffff:10.0.0.0/104', 'is no prefix'],
    ['SVC CS/8', 'is no prefix'],
    ['now!!!!', 'is no prefix'],
  ])('%s %s', (text, reason) => expect(parseIpPrefix(text)).toContain(reason));
});

describe('the text of a routing policy', () => {
  it('is that of the reference: spaces, tabs, comments, negations and lists', () => {
    const policy = policyOf(
      [
        '# A comment alone, and an empty line',
        '',
        'accept    1-ff00:0:110     1-ff00:0:112    127.0.0.0/24,127.0.1.0/24    # Rule one',
        'reject\t1-0\t!1-ff00:0:112\t!127.0.0.0/24\t# Rule two',
        'advertise !1-ff00:0:111 2-ff00:0:220 fd13:37::/64\r',
      ].join('\n'),
    );
    expect(policy.map(({ action }) => action)).toEqual(['accept', 'reject', 'advertise']);
    expect(policy.map(({ from, to }) => [from.isNegated, to.isNegated])).toEqual([
      [false, false],
      [false, true],
      [true, false],
    ]);
    expect(policy[0]?.networks.prefixes.map(formatIpPrefix)).toEqual([
      '127.0.0.0/24',
      '127.0.1.0/24',
    ]);
    expect(policy[1]?.networks.isNegated).toBe(true);
  });

  it.each([
    ['party 1-0 1-0 10.0.0.0/8', 1, 1, 6, '"party" is no action'],
    ['\n  accept coffee 1-0 10.0.0.0/8', 2, 10, 16, 'coffee'],
    ['accept 1-0 break 10.0.0.0/8', 1, 12, 17, 'break'],
    ['accept 1-0 1-0', 1, 15, 16, 'PREFIXES is missing'],
    ['reject', 1, 7, 8, 'FROM is missing'],
    ['accept 1-0 1-0 10.0.0.0/8,10.1.0.1/16', 1, 27, 38, 'expected 10.1.0.0/16'],
    ['accept 1-0 1-0 !10.0.0.0/8,', 1, 28, 29, 'is no prefix'],
    ['reject 1-0 1-0 10.0.0.0/8 10.0.0.0/8', 1, 27, 37, 'is too much'],
    ['advertise 1-0 1-0 !10.0.0.0/8', 1, 19, 30, 'cannot be announced'],
    ['redistribute-bgp 0-0 0-0 10.0.0.0/8', 1, 1, 17, 'is no action'],
  ])('has a mistake with its place: %j', (text, ...[line, column, endColumn, reason]) => {
    const mistake = parseRoutingPolicy(text);
    expect(mistake).toMatchObject({ line, column, endColumn });
    expect((mistake as { reason: string }).reason).toContain(reason);
  });

  it('is bounded in length, rules, prefixes and announcements', () => {
    const rule = (prefixes: string): string => `accept 0-0 0-0 ${prefixes}\n`;
    const reason = (text: string): unknown => parseRoutingPolicy(text);
    expect(reason(rule('10.0.0.0/8').repeat(256))).toHaveLength(256);
    expect(reason(rule('10.0.0.0/8').repeat(257))).toMatchObject({
      line: 257,
      reason: 'there are more than 256 rules',
    });
    const many = Array.from({ length: 1_025 }, () => '10.0.0.0/8').join(',');
    expect(reason(rule(many))).toMatchObject({ reason: 'there are more than 1024 prefixes' });
    const announced = Array.from({ length: 65 }, (_, i) => `10.${i}.0.0/16`).join(',');
    expect(reason(`advertise 0-0 0-0 ${announced}`)).toMatchObject({
      reason: 'more than 64 prefixes are announced',
    });
    expect(reason('#'.repeat(65_537))).toMatchObject({ reason: 'is longer than 65536 characters' });
  });
});

describe('a routing policy', () => {
  it('accepts by the first rule that fits, and nothing without one', () => {
    expect(accepted('', '10.0.0.0/8')).toEqual([]);
    expect(accepted('accept 0-0 0-0 10.0.0.0/8', '10.1.0.0/16')).toEqual(['10.1.0.0/16']);
    expect(accepted('accept 0-0 0-0 10.0.0.0/8', '11.0.0.0/8')).toEqual([]);
    const both = 'accept 0-0 0-0 10.1.0.0/16\nreject 0-0 0-0 10.0.0.0/8\naccept 0-0 0-0 0.0.0.0/0';
    expect(accepted(both, '10.1.2.0/24')).toEqual(['10.1.2.0/24']);
    expect(accepted(both, '10.2.0.0/16')).toEqual([]);
    expect(accepted(both, '192.0.2.0/24')).toEqual(['192.0.2.0/24']);
  });

  it('looks at the ISD-AS from which a prefix comes, and to which', () => {
    const isAccepted = (from: string, to: string): boolean =>
      accepted(`accept ${from} ${to} 10.0.0.0/8`, '10.0.0.0/8').length > 0;
    expect(isAccepted('1-ff00:0:110', '1-ff00:0:112')).toBe(true);
    expect(isAccepted('1-ff00:0:112', '1-ff00:0:110')).toBe(false);
    expect(isAccepted('1-0', '0-ff00:0:112')).toBe(true);
    expect(isAccepted('2-0', '0-0')).toBe(false);
    expect(isAccepted('!1-ff00:0:110', '0-0')).toBe(false);
    expect(isAccepted('!1-ff00:0:111', '!2-0')).toBe(true);
  });

  it('cuts a prefix to the part that it accepts, so that none attracts what it rejects', () => {
    const hole = 'reject 0-0 0-0 10.64.0.0/10\naccept 0-0 0-0 10.0.0.0/8';
    expect(accepted(hole, '10.0.0.0/8')).toEqual(['10.0.0.0/10', '10.128.0.0/9']);
    expect(accepted('accept 0-0 0-0 10.1.0.0/16', '0.0.0.0/0')).toEqual(['10.1.0.0/16']);
    expect(accepted('accept 0-0 0-0 !10.0.0.0/9', '10.0.0.0/8')).toEqual(['10.128.0.0/9']);
    expect(accepted('reject 0-0 0-0 !10.0.0.0/8\naccept 0-0 0-0 ::/0,0.0.0.0/0', '::/0')).toEqual(
      [],
    );
  });

  it('accepts nothing of a prefix that takes too much work', () => {
    const holes = Array.from({ length: 200 }, (_, i) => `10.${i}.${i}.${i}/32`).join(',');
    const policy = `reject 0-0 0-0 ${holes}\naccept 0-0 0-0 10.0.0.0/8`;
    expect(accepted(policy, '10.0.0.0/8').length).toBeGreaterThan(2_000);
    expect(accepted(policy, '10.0.0.0/8', 2_000)).toEqual([]);
  });

  it('announces to those ASes only for which it says so, each prefix once', () => {
    const policy = policyOf(
      'advertise 1-ff00:0:112 1-ff00:0:110 10.1.0.0/16\nadvertise 0-0 0-0 10.1.0.0/16,10.2.0.0/16\nadvertise 2-0 0-0 10.3.0.0/16',
    );
    const to = (peer: string): string[] =>
      advertisedPrefixes(policy, { own: OWN, peer: requireIsdAs(peer) }).map(formatIpPrefix);
    expect(to('1-ff00:0:110')).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
    const closed = policyOf('advertise 1-ff00:0:112 1-ff00:0:110 10.1.0.0/16');
    expect(advertisedPrefixes(closed, { own: OWN, peer: requireIsdAs('1-ff00:0:111') })).toEqual(
      [],
    );
    expect(ownPrefixes(policy, OWN).map(formatIpPrefix)).toEqual([
      ...['10.1.0.0/16', '10.1.0.0/16', '10.2.0.0/16'],
    ]);
  });
});
