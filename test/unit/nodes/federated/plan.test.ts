/** What options lead to, and what the loader says to those that lead nowhere. */
import { describe, expect, it } from 'vitest';
import { type FederatedOptions, federatedConfig } from '../../../../nodes/federated/config.ts';
import { federationOptionConflicts } from '../../../../nodes/federated/option-conflicts.ts';
import {
  largestInputElement,
  largestSumElement,
  ringBitsNeeded,
  sessionPlan,
  sumInputsMin,
} from '../../../../nodes/federated/plan.ts';

const options = (more: object = {}): FederatedOptions =>
  federatedConfig.parse({ aggregator: 'a', ...more });

describe('defaults', () => {
  it('R-157: are the published ones: 5 epochs, batches of 32, rate 0.01, delta 1e-5, 3 clients, 100 rounds', () => {
    const { learn, rounds, minimum } = options();
    expect(learn).toMatchObject({ epochs: 5, batch: 32, rate: 0.01, weight: 'equal' });
    expect([rounds, minimum]).toEqual([100, 3]);
    const { privacy } = options({ privacy: { place: 'central' } });
    expect(privacy).toEqual({
      ...{ place: 'central', clip: 1, noise: 1, delta: 1e-5 },
      ...{ mechanism: 'discrete-gaussian', dropouts: 'enough' },
    });
  });
});

describe('the numbers of a session', () => {
  it.each([
    ['2/3', 5, 4],
    ['2/3', 100, 67],
    ['1/2', 100, 51],
    [12, 100, 12],
  ] as const)('threshold %s of %i clients is %i', (threshold, clients, wanted) => {
    const plan = sessionPlan(options({ secureAggregation: { threshold } }), clients, 610);
    expect(plan).toEqual({ neighbours: clients - 1, threshold: wanted, length: 610, bits: 32 });
  });

  it('counts the threshold among the neighbours of a ring and oneself', () => {
    const ring = { graph: { neighbours: 12 }, threshold: '1/2' };
    const plan = sessionPlan(options({ secureAggregation: ring }), 100, 610);
    expect([plan.neighbours, plan.threshold]).toEqual([12, 7]);
  });

  it('has an element for the weight, if weights differ', () => {
    expect(sessionPlan(options({ learn: { weight: 'examples' } }), 5, 610).length).toBe(611);
  });
});

describe('a session of compressed updates', () => {
  const plan = (compression: object | string, more: object = {}): readonly [number, number] => {
    const { length, bits } = sessionPlan(options({ compression, ...more }), 20, 610);
    return [length, bits];
  };

  it('has the elements that are sent, and the weight', () => {
    expect(plan('none')).toEqual([610, 32]);
    expect(plan({ randomK: 0.1 })).toEqual([61, 32]);
    expect(plan({ randomK: 0.0001 })).toEqual([1, 32]);
    expect(plan({ sketch: { columns: 40 } })).toEqual([200, 32]);
    expect(plan({ randomK: 0.1 }, { learn: { weight: 'examples' } })).toEqual([62, 32]);
  });

  it('has as few bits as the sum of all steps needs', () => {
    // 20 x 127 = 2,540 <= 2^12 - 1 in either direction.
    expect(plan({ bits: 8 })).toEqual([610, 13]);
    expect(plan({ bits: 2 })).toEqual([610, 6]);
    expect(plan({ bits: 24 })).toEqual([610, 29]);
    expect(largestInputElement(options({ compression: { bits: 8 } }))).toBe(127);
  });

  it('is refused if its sum has no room', () => {
    const many = Array.from({ length: 1_001 }, (_, at) => ({
      name: `n${at}`,
      options: federatedConfig.parse({ aggregator: 'n0', compression: { bits: 24 } }),
    }));
    expect(
      federationOptionConflicts(many).map(({ path, message }) => `${path.join('.')}: ${message}`),
    ).toEqual(['compression: the sum of 1000 inputs up to 8388607 needs 34 bits and has 32']);
  });
});

describe('room for a sum', () => {
  // n B <= 2^(b-1) - 1 for signed numbers.
  it.each([
    [1, 1, 2],
    [1, 127, 8],
    [1, 128, 9],
    [100, 65_536, 24],
    [127, 65_536, 24],
    [128, 65_536, 25],
    [1_000, 4_096_000, 33],
  ])('%i inputs up to %i need %i bits', (clients, largest, bits) => {
    expect(ringBitsNeeded(clients, largest)).toBe(bits);
  });

  it('knows the largest input: clip by scale, rounded up, by the weight', () => {
    expect(largestInputElement(options())).toBe(65_537);
    expect(
      largestInputElement(options({ learn: { clip: 0.5, scale: 10, weight: 'examples' } })),
    ).toBe(600);
    expect(largestInputElement(options({ privacy: { place: 'central', clip: 0.25 } }))).toBe(
      16_385,
    );
    // With noise: 8 deviations of a client's share, z C S / sqrt(3).
    expect(largestInputElement(options({ privacy: { place: 'distributed' } }))).toBe(
      65_537 + 302_698,
    );
    expect(largestInputElement(options({ privacy: { place: 'local' } }))).toBe(65_537 + 524_288);
  });
});

describe('room for weighted sums of one set', () => {
  it('is that of all its examples, whoever has them', () => {
    const weighted = { learn: { weight: 'examples', scale: 10, clip: 1 } };
    const shared = options({ ...weighted, data: { iid: true, split: 'iid', examples: 7 } });
    expect(largestSumElement(shared, { inputs: 2, clients: 5 })).toBe(35 * 11);
    expect(largestSumElement(options(weighted), { inputs: 2, clients: 5 })).toBe(2 * 100 * 11);
    const equal = options({ data: { set: 'iris' }, learn: { scale: 10, clip: 1 } });
    expect(largestSumElement(equal, { inputs: 2, clients: 5 })).toBe(2 * 11);
  });
});

describe('options that do not fit together', () => {
  const nodes = (
    count: number,
    more: object = {},
    others: object = more,
  ): Parameters<typeof federationOptionConflicts>[0] =>
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].slice(0, count).map((name) => ({
      name,
      options: options(name === 'a' ? more : others),
    }));
  const found = (all: Parameters<typeof federationOptionConflicts>[0]): readonly string[] =>
    federationOptionConflicts(all).map(
      ({ node, path, message }) => `${node} ${path.join('.')}: ${message}`,
    );

  it('has nothing to say about good ones', () => {
    expect(found(nodes(6))).toEqual([]);
  });

  it.each<[string, readonly string[], Parameters<typeof federationOptionConflicts>[0]]>([
    [
      'an aggregator that is not there',
      ['a aggregator: "z" does not run federated'],
      nodes(5, { aggregator: 'z' }),
    ],
    [
      'clients with other options',
      ['b learn: b and its aggregator a have different learn'],
      nodes(4, {}, { learn: { rate: 0.5 } })
        .slice(0, 2)
        .concat(nodes(6).slice(2)),
    ],
    [
      'levels of noise where the aggregator adds it',
      ['a privacy.dropouts: only the noise of a sum gets less with each client that is lost'],
      nodes(6, { privacy: { place: 'central', dropouts: 'add-then-remove' } }),
    ],
    [
      'levels of noise on a ring of neighbours',
      [
        'a privacy.dropouts: a client reveals noise by the list of all survivors, which it does not see',
      ],
      nodes(6, {
        secureAggregation: { graph: { neighbours: 4 } },
        privacy: { place: 'distributed', dropouts: 'add-then-remove' },
      }),
    ],
    [
      'levels of noise for a sample of clients',
      [
        'a privacy.dropouts: levels of noise are made for a round of all, and select makes it smaller',
      ],
      nodes(6, {
        select: { probability: 0.5 },
        minimum: 3,
        privacy: { place: 'distributed', dropouts: 'add-then-remove' },
      }),
    ],
    [
      'noise on a ring from an aggregator',
      ['a privacy.mechanism: skellam noise on a ring, and the aggregator adds its own'],
      nodes(6, { privacy: { place: 'central', mechanism: 'skellam' } }),
    ],
    [
      'an attack where nothing is learned',
      ['a attack: an attack on examples, and there are none: numbers are drawn'],
      nodes(6, { model: { size: 10 }, attack: { inversion: true } }),
    ],
    [
      'a battery that nothing drains',
      ['a device.limits.battery: nothing costs energy'],
      nodes(6, { device: { perExample: '1ms', limits: { battery: 5 } } }),
    ],
    [
      'a device that is never there',
      ['a device.available: a state that lasts no time'],
      nodes(6, { device: { available: { up: '0s', down: '5s' } } }),
    ],
    [
      'a device that goes before it comes',
      ['a device.available.trace.1: times that do not ascend'],
      nodes(6, {
        device: {
          available: {
            trace: [
              ['0s', '10s'],
              ['9s', '20s'],
            ],
          },
        },
      }),
    ],
    [
      'a limit on the time of learning that takes none',
      ['a device.limits.time: learning takes no time'],
      nodes(6, { device: { limits: { time: '1s' } } }),
    ],
    ['too few clients', ['a minimum: a round needs 3 clients and has 2'], nodes(3)],
    [
      'more clients than there are',
      ['a select.fixed: 9 clients a round'],
      nodes(6, { select: { fixed: 9 } }),
    ],
    [
      'more invited than there are',
      ['a select.fixed: 7 clients a round'],
      nodes(6, { select: { fixed: 5, over: 1.3 } }),
    ],
    [
      'a quorum of more than are invited',
      ['a quorum: a quorum of 6 of 5 clients'],
      nodes(6, { quorum: 6 }),
    ],
    [
      'a quorum below what a round needs',
      ['a quorum: a quorum of 2, and 3 inputs that a round needs'],
      nodes(6, { quorum: 2 }),
    ],
    [
      'a quorum that cannot open what the others leave',
      [
        'a select.over: a quorum of 3, and shares of 5 of 6 clients that open what the others leave',
      ],
      nodes(7, { select: { fixed: 3, over: 2 } }),
    ],
    [
      'a quorum where all clients are to be as likely',
      [
        'a quorum: a round that closes at a quorum takes the fastest, and the account assumes that each client is as likely as another',
      ],
      nodes(6, { quorum: 4, privacy: { place: 'central' } }),
    ],
    [
      'more invited than needed where all clients are to be as likely',
      [
        'a select.over: a round that closes at a quorum takes the fastest, and the account assumes that each client is as likely as another',
        'a select: rounds of fixed size are not Poisson-sampled, and the account of rate 0.6666666666666666 assumes that',
      ],
      nodes(7, { select: { fixed: 4, over: 1.3 }, privacy: { place: 'central' } }),
    ],
    [
      'a quorum of groups',
      ['a quorum: a quorum of a round that has groups'],
      nodes(7, { quorum: 5, groups: 3, secureAggregation: 'none', aggregate: 'median' }),
    ],
    [
      'a threshold above all holders',
      [
        'a secureAggregation.threshold: a threshold of 6: allowed are 2 … 5, the holders of a secret',
      ],
      nodes(6, { secureAggregation: { threshold: 6 } }),
    ],
    [
      'signed mode with half of the clients',
      [
        'a secureAggregation.threshold: a threshold of 2 in signed mode: it must exceed half of 5 clients',
      ],
      nodes(6, { secureAggregation: { threshold: 2, mode: 'signed' } }),
    ],
    [
      'a ring with an odd degree',
      ['a secureAggregation.graph: a degree of 3: a ring needs an even one'],
      nodes(6, { secureAggregation: { graph: { neighbours: 3 }, threshold: 2 } }),
    ],
    [
      'a sum that wraps around',
      ['a secureAggregation.modulusBits: the sum of 5 inputs up to 65537 needs 20 bits and has 19'],
      nodes(6, { secureAggregation: { modulusBits: 19 } }),
    ],
    [
      'a rule that compares what a sum hides',
      ['a aggregate: krum compares updates, which secure aggregation hides'],
      nodes(6, { aggregate: 'krum' }),
    ],
    [
      'a rule that needs more updates',
      ['a aggregate: krum needs 7 updates, there are 5'],
      nodes(6, { aggregate: 'krum', liars: 2, secureAggregation: 'none' }),
    ],
    [
      'a rule that compares weighted updates',
      ['a aggregate: a rule that compares updates, and updates that are multiplied by weights'],
      nodes(6, { aggregate: 'median', secureAggregation: 'none', learn: { weight: 'examples' } }),
    ],
    [
      'a split of laws that differ',
      ['a data.split: a split deals out one set, and each client has a law of its own'],
      nodes(6, { data: { split: 'iid' } }),
    ],
    [
      'one set for two federations',
      [
        'a data.set: one set is dealt out to all clients, and there are 2 federations',
        'b data.set: one set is dealt out to all clients, and there are 2 federations',
      ],
      ['a', 'c', 'd', 'e', 'b', 'f', 'g', 'h'].map((name, at) => ({
        name,
        options: federatedConfig.parse({ aggregator: at < 4 ? 'a' : 'b', data: { set: 'iris' } }),
      })),
    ],
    [
      'weights of all digits, which one client may have',
      ['a learn.scale: the sum of 5 inputs up to 786444000 needs 33 bits and has 32'],
      nodes(6, { data: { set: 'mnist' }, learn: { weight: 'examples' } }),
    ],
    [
      'more groups than sums of two',
      ['a groups: 3 groups of 5 clients have 1 members, and a sum of fewer than 2 is not opened'],
      nodes(6, { aggregate: 'median', groups: 3 }),
    ],
    [
      'groups of whose sums the rule needs more',
      ['a groups: krum needs 3 groups, there are 2'],
      nodes(7, { aggregate: 'krum', groups: 2 }),
    ],
    [
      'groups whose mean is taken',
      ['a groups: the mean of groups is that of all, and an update hides among fewer'],
      nodes(7, { groups: 2 }),
    ],
    [
      'groups too small for a threshold',
      [
        'a secureAggregation.threshold: a threshold of 4: allowed are 2 … 3, the holders of a secret',
      ],
      nodes(7, { groups: 2, aggregate: 'median', secureAggregation: { threshold: 4 } }),
    ],
    [
      'a sum of the largest group that wraps around',
      ['a secureAggregation.modulusBits: the sum of 3 inputs up to 65537 needs 19 bits and has 18'],
      nodes(7, { groups: 2, aggregate: 'median', secureAggregation: { modulusBits: 18 } }),
    ],
    [
      'coordinates that differ between clients',
      [
        'a compression: top-k sends other coordinates for each client, so that masks do not cancel, and which ones they are tells of its data',
      ],
      nodes(6, { compression: { topK: 0.1 } }),
    ],
    [
      'a threshold that hides nothing',
      [
        'a compression: threshold sends other coordinates for each client, so that masks do not cancel, and which ones they are tells of its data',
      ],
      nodes(6, { compression: { threshold: 0.1 } }),
    ],
    [
      'few bits, times a weight',
      ['a compression: bits of a coordinate, and coordinates that are multiplied by weights'],
      nodes(6, { compression: { bits: 8 }, learn: { weight: 'examples' } }),
    ],
    [
      'private updates that are not whole',
      [
        'a compression: epsilon is proven for whole updates: what compression does to it is not known',
      ],
      nodes(6, { compression: { randomK: 0.5 }, privacy: { place: 'central' } }),
    ],
    [
      'gossip beside an aggregator',
      ['a aggregator: nobody adds up where nodes gossip'],
      nodes(6, { gossip: {}, secureAggregation: 'none' }),
    ],
    [
      'gossip that hides nothing',
      ['a secureAggregation: partners of an exchange see the models of each other'],
      nodes(6, { gossip: {}, aggregator: 'none' }),
    ],
    [
      'gossip with options of sums',
      ['a groups: groups is about sums, and there are none where nodes gossip'],
      nodes(6, { gossip: {}, aggregator: 'none', secureAggregation: 'none', groups: 2 }),
    ],
    [
      'gossip of devices whose limits nobody would keep',
      [
        'a device.limits: device.limits is kept by declining rounds, and there are none where nodes gossip',
      ],
      nodes(6, {
        ...{ gossip: {}, aggregator: 'none', secureAggregation: 'none' },
        device: { perExample: '1ms', limits: { time: '5s' } },
      }),
    ],
    [
      'one that does not gossip among those who do',
      ['c gossip: c and its partner a have different gossip'],
      nodes(6, { gossip: {}, aggregator: 'none', secureAggregation: 'none' }).map((node) =>
        node.name === 'c' ? { ...node, options: { ...node.options, gossip: undefined } } : node,
      ),
    ],
    [
      'an option that only a client has',
      ['b privacy: b and its aggregator a have different privacy'],
      nodes(6).map((node) =>
        node.name === 'b' ? { ...node, options: options({ privacy: { place: 'central' } }) } : node,
      ),
    ],
    [
      'no aggregator at all',
      ['a aggregator: nobody adds up: there is no aggregator, and nodes do not gossip'],
      nodes(6, { aggregator: 'none' }),
    ],
    [
      'noise of nothing',
      ['a privacy.noise: noise 0 has no bound'],
      nodes(6, { privacy: { place: 'central', noise: 0 } }),
    ],
    [
      'a fixed number of clients, whose account would assume chance',
      [
        'a select: rounds of fixed size are not Poisson-sampled, and the account of rate 0.6 assumes that',
      ],
      nodes(6, { select: { fixed: 3 }, privacy: { place: 'central' } }),
    ],
    [
      'weights by examples, which nobody bounds',
      ['a learn.weight: weights by number of examples have no bound'],
      nodes(6, { learn: { weight: 'examples' }, privacy: { place: 'central' } }),
    ],
    [
      'a budget that the rounds would overspend',
      ['a rounds: 5 rounds would overspend a budget of epsilon 8: 2 rounds fit'],
      nodes(6, { rounds: 5, privacy: { place: 'central', budget: 8 } }),
    ],
  ])('R-159: names %s', (_, wanted, all) => {
    expect(found(all)).toEqual(wanted);
  });

  it('has nothing to say about nodes that gossip', () => {
    const alike = { gossip: {}, aggregator: 'none', secureAggregation: 'none' };
    expect(found(nodes(6, alike))).toEqual([]);
  });

  it('lets clients have their own defects, devices and ways to leave', () => {
    const own = { drop: { after: 'keys', probability: 1 }, double: 'short-seeds' };
    expect(found(nodes(6, {}, own))).toEqual([]);
  });
});

describe('inputs that a client wants its own to be one of', () => {
  it.each([
    [{ minimum: 10 }, 10],
    [{ minimum: 3, secureAggregation: { minSum: 7 } }, 7],
    [{ minimum: 10, groups: 3, aggregate: 'median', secureAggregation: { minSum: 4 } }, 4],
    [{ minimum: 10, secureAggregation: 'none' }, 10],
  ])('%j: %d', (more, least) => {
    expect(sumInputsMin(options(more))).toBe(least);
  });
});
