/**
 * Every state that protocols trace as typed data: it comes back as it was written, stands in the
 * trace as it always did, and is shown as text where a page cannot read it. @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as paths from '../../../nodes/_kit/path-states.ts';
import type { TextFormat } from '../../../nodes/_kit/text-form.ts';
import * as control from '../../../nodes/control-service/trace-states.ts';
import { STRATEGY_KINDS } from '../../../nodes/gateway/multipath/strategy.ts';
import { PATH_REASONS } from '../../../nodes/gateway/multipath/types.ts';
import * as gateway from '../../../nodes/gateway/trace-states.ts';
import { viz as gatewayViz } from '../../../nodes/gateway/viz.ts';
import * as mixnet from '../../../nodes/mixnet/trace-states.ts';
import { viz as mixnetViz } from '../../../nodes/mixnet/viz.ts';
import * as scion from '../../../nodes/scion/trace-states.ts';
import { viz as scionViz } from '../../../nodes/scion/viz.ts';
import * as sphinx from '../../../nodes/sphinx/trace-states.ts';
import { fields } from '../../../nodes/sphinx/viz-fields.ts';
import * as vault from '../../../nodes/vault/trace-states.ts';
import type { DrawingInput, ProtocolViz } from '../../../viz/format/drawing.ts';
import { DOUBLE_INPUT } from '../viz/double-viz.ts';

/** A kind of state with values to try, and how one of them stands in traces. */
interface Row {
  readonly name: string;
  readonly machine: string;
  readonly state: TextFormat<unknown>;
  readonly values: fc.Arbitrary<unknown>;
  readonly example: readonly [value: unknown, text: string];
}

interface Kind<Value> {
  readonly machine: string | TextFormat<unknown>;
  readonly state: TextFormat<Value>;
}

const PEER = { peer: 'gateway-211' };
const PATH = { ...PEER, path: 'via-110-210' };
const LINK = { link: 'core-1--core-2' };

function row<Value>(
  [name, { machine, state }, key]: readonly [
    string,
    Kind<Value>,
    Readonly<Record<string, string>>?,
  ],
  values: fc.Arbitrary<Value>,
  [value, text]: readonly [NoInfer<Value>, string],
): Row {
  const named = typeof machine === 'string' ? machine : machine.write(key);
  return { name, machine: named, state, values, example: [value, text] };
}

const nat = fc.nat();
const word = fc.stringMatching(/^[\w:.-]{1,12}$/);
/** What `digits` digits behind the point can hold. */
const rounded = (digits: number): fc.Arbitrary<number> =>
  fc.nat(1e6).map((value) => Number((value / 10 ** digits).toFixed(digits)));
const step = fc.record({ out: nat, into: nat, isdAs: word });
const walk = fc.record({ origin: word, steps: fc.array(step, { maxLength: 4 }) });
const health = fc.constantFrom(...paths.PATH_HEALTHS);
const quads = fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { maxLength: 32 });
const times = fc.uniqueArray(fc.tuple(fc.constantFrom(...gateway.HANDSHAKE_STEPS), nat), {
  selector: ([name]) => name,
});
function some<Value>(
  fields: { [Name in keyof Value]: fc.Arbitrary<Value[Name]> },
): fc.Arbitrary<Value[]> {
  return fc.array(fc.record(fields) as fc.Arbitrary<Value>, { maxLength: 4 });
}
const A_TO_B = { origin: '1-ff00:0:110', steps: [{ out: 2, into: 41, isdAs: '1-ff00:0:111' }] };

const ROWS: readonly Row[] = [
  row(['PATH_IN_USE_TRACE', paths.PATH_IN_USE_TRACE, PEER], fc.record({ path: word }), [
    { path: 'via-110-210' },
    'via-110-210',
  ]),
  row(['PATH_HEALTH_TRACE', paths.PATH_HEALTH_TRACE, PATH], fc.record({ health }), [
    { health: 'probation' },
    'probation',
  ]),
  row(
    ['PATH_QUALITY_TRACE', paths.PATH_QUALITY_TRACE, PATH],
    fc.record({
      health,
      role: fc.constantFrom(...paths.PATH_ROLES),
      rttUs: fc.option(nat),
      jitterUs: nat,
      loss: rounded(3),
    }),
    [
      { health: 'alive', role: 'active', rttUs: 20_012, jitterUs: 3, loss: 0.01 },
      'alive active rtt=20012us jitter=3us loss=0.010',
    ],
  ),
  row(['PATH_LINKS_TRACE', paths.PATH_LINKS_TRACE, PATH], fc.array(word), [
    ['a--r', 'r--b'],
    'a--r r--b',
  ]),
  row(['PEER_QUEUE_TRACE', paths.PEER_QUEUE_TRACE, PEER], fc.record({ waiting: nat, max: nat }), [
    { waiting: 3, max: 512 },
    '3 of 512 packets',
  ]),
  row(
    ['ACCUSED_PATH_TRACE', gateway.ACCUSED_PATH_TRACE, PATH],
    fc.record({ isAccused: fc.constantFrom('yes' as const, 'no' as const) }),
    [{ isAccused: 'yes' }, 'yes'],
  ),
  row(
    ['CANDIDATE_TRACE', gateway.CANDIDATE_TRACE, PATH],
    fc.record({
      reason: fc.constantFrom(...PATH_REASONS),
      baseRttUs: fc.option(nat),
      hops: nat,
      mtu: nat,
      expiresNs: nat,
      source: fc.constantFrom(...gateway.PATH_SOURCES),
      revoked: fc.constantFrom('yes' as const, 'no' as const),
      ...{ share: nat, queueUs: nat },
    }),
    [
      {
        ...{ reason: 'not-better', baseRttUs: 24_012, hops: 8, mtu: 1_472 },
        ...{ expiresNs: 9_000_000_000, source: 'control-service', revoked: 'no' },
        ...{ share: 50, queueUs: 2_100 },
      },
      'not-better base=24012us hops=8 mtu=1472 expires=9000000000 source control-service revoked no share=50% queue=2100us',
    ],
  ),
  row(
    ['SENDING_TRACE', gateway.SENDING_TRACE, PEER],
    fc.record({
      strategy: fc.constantFrom(...STRATEGY_KINDS),
      classes: fc.array(
        fc.record({ name: word, path: fc.option(word.filter((path) => path !== '-')) }),
      ),
    }),
    [
      {
        strategy: 'striping',
        classes: [
          { name: 'voice', path: 'via-120' },
          { name: 'bulk', path: null },
        ],
      },
      'striping voice via-120, bulk -',
    ],
  ),
  row(['SESSION_TRACE', gateway.SESSION_TRACE, PEER], fc.record({ epoch: nat }), [
    { epoch: 2 },
    'epoch 2',
  ]),
  row(
    ['WINDOW_TRACE', gateway.WINDOW_TRACE, PEER],
    fc.record({ highest: nat, epoch: nat, size: nat, seen: quads.map((all) => all.flat()) }),
    [
      { highest: 9, epoch: 1, size: 64, seen: [true, false, false, false] },
      'high=9 epoch=1 size=64 seen=8',
    ],
  ),
  row(
    ['HANDSHAKE_TRACE', gateway.HANDSHAKE_TRACE, PEER],
    fc.record({ epoch: nat, sendings: nat, steps: times.map((all) => new Map(all)) }),
    [
      {
        epoch: 2,
        sendings: 3,
        steps: new Map([
          ['opening-sent', 0],
          ['answer-received', 24_000_000],
        ] as const),
      },
      'epoch=2 sendings=3 opening-sent=0 answer-received=24000000',
    ],
  ),
  row(
    ['BFD_TRACE', scion.BFD_TRACE, LINK],
    fc.record({ state: fc.constantFrom('up' as const, 'admin-down' as const) }),
    [{ state: 'init' }, 'init'],
  ),
  row(['ROUTE_TRACE', scion.ROUTE_TRACE, PATH], walk, [A_TO_B, '1-ff00:0:110 2>41 1-ff00:0:111']),
  row(
    ['SEGMENTS_TRACE', scion.SEGMENTS_TRACE, PEER],
    fc.array(fc.record({ role: fc.constantFrom(...scion.SEGMENT_ROLES), walk }), { maxLength: 4 }),
    [
      [
        { role: 'up', walk: A_TO_B },
        { role: 'down', walk: { origin: '1-ff00:0:110', steps: [] } },
      ],
      'up 1-ff00:0:110 2>41 1-ff00:0:111, down 1-ff00:0:110',
    ],
  ),
  row(
    ['NODE_POSITION_TRACE', mixnet.NODE_POSITION_TRACE],
    fc.oneof(
      fc.constant({ kind: 'provider' } as const),
      fc.record({ kind: fc.constant('layer' as const), layer: nat, layers: nat }),
    ),
    [{ kind: 'layer', layer: 2, layers: 3 }, 'layer 2 of 3'],
  ),
  row(['POOL_TRACE', mixnet.POOL_TRACE], fc.record({ mean: rounded(2), perSecond: rounded(1) }), [
    { mean: 17.25, perSecond: 210 },
    'mean=17.25 in=210.0/s',
  ]),
  row(['MIXING_TRACE', mixnet.MIXING_TRACE], fc.record({ strategy: word }), [
    { strategy: 'threshold-pool' },
    'threshold-pool',
  ]),
  row(
    ['KNOWLEDGE_TRACE', control.KNOWLEDGE_TRACE],
    fc.record({ beacons: nat, segments: nat, registered: nat, found: nat, watched: nat }),
    [
      { beacons: 9, segments: 4, registered: 0, found: 7, watched: 15 },
      '9 beacons, 4 segments, 0 registered, paths to 7 of 15',
    ],
  ),
  row(
    ['AS_TRACE', control.AS_TRACE],
    fc.record({
      isdAs: word,
      kind: fc.constantFrom('core' as const, 'other' as const),
      interfaces: some({
        ...{ ifId: nat, neighbour: word, neighbourIfId: nat },
        relation: fc.constantFrom(...control.TRACED_RELATIONS),
      }),
    }),
    [
      {
        ...{ isdAs: '1-ff00:0:110', kind: 'core' },
        interfaces: [
          { ifId: 1, relation: 'child', neighbour: '1-ff00:0:111', neighbourIfId: 2 },
          { ifId: 3, relation: 'core', neighbour: '2-ff00:0:210', neighbourIfId: 4 },
        ],
      },
      '1-ff00:0:110 core: 1 to child 1-ff00:0:111 2, 3 to core 2-ff00:0:210 4',
    ],
  ),
  row(['ORIGINS_TRACE', control.ORIGINS_TRACE], some({ isdAs: word, ifId: nat, sinceNs: nat }), [
    [{ isdAs: '1-ff00:0:110', ifId: 1, sinceNs: 500_000_000 }],
    '1-ff00:0:110 on 1 since 500000000',
  ]),
  row(['PATHS_TRACE', control.PATHS_TRACE], some({ found: nat, sinceNs: nat }), [
    [
      { found: 1, sinceNs: 0 },
      { found: 4, sinceNs: 2_500 },
    ],
    '1 since 0, 4 since 2500',
  ]),
  row(
    ['CERTIFICATE_TRACE', control.CERTIFICATE_TRACE],
    fc.record({ ca: word, sinceNs: nat, untilNs: nat, renewedNs: fc.array(nat) }),
    [
      { ca: '1-ff00:0:110', sinceNs: 5, untilNs: 900, renewedNs: [3, 5] },
      'by 1-ff00:0:110 since 5 until 900; renewed: 3, 5',
    ],
  ),
  row(
    ['REVOCATIONS_TRACE', control.REVOCATIONS_TRACE],
    some({
      ...{ of: word, untilNs: nat },
      by: fc.constantFrom('SCMP from 1-ff00:0:110', 'the host 10.0.0.1'),
    }),
    [
      [{ of: '1-ff00:0:110#2', by: 'SCMP from 1-ff00:0:110', untilNs: 31_000_000_000 }],
      '1-ff00:0:110#2 by SCMP from 1-ff00:0:110 until 31000000000',
    ],
  ),
  row(['EPOCH_TRACE', mixnet.EPOCH_TRACE], fc.record({ epoch: nat }), [{ epoch: 7 }, '7']),
  row(
    ['PACKET_FORMAT_TRACE', sphinx.PACKET_FORMAT_TRACE],
    fc.record({
      format: word,
      options: fc.record({
        exchange: fc.constantFrom(
          { kind: 'nike', name: 'x25519' } as const,
          { kind: 'kem', name: 'MLKEM768-X25519' } as const,
        ),
        nrHops: fc.integer({ min: 1, max: 20 }),
        userForwardPayloadLength: fc.integer({ min: 1, max: 1_048_576 }),
        withSurb: fc.boolean(),
      }),
    }),
    [
      {
        format: 'sphinx',
        options: {
          ...{ exchange: { kind: 'kem', name: 'XWING' }, nrHops: 5, withSurb: true },
          userForwardPayloadLength: 2_000,
        },
      },
      'sphinx kem XWING hops=5 payload=2000 surb',
    ],
  ),
  row(
    ['REPLICA_TRACE', vault.REPLICA_TRACE, { vault: 'of two words' }],
    fc.record({
      checksum: fc.option(fc.stringMatching(/^[0-9a-f]{8}$/)),
      operations: some({ actor: word, last: nat }),
      erasures: nat,
      waiting: fc.array(word),
      clock: fc.option(fc.record({ ms: nat, side: fc.constantFrom('ahead', 'behind') })),
    }),
    [
      {
        checksum: '1f0c33a9',
        operations: [
          { actor: 'a', last: 12 },
          { actor: 'b', last: 9 },
        ],
        ...{ erasures: 1, waiting: ['b'], clock: { ms: 3_600_000, side: 'ahead' } },
      },
      'state 1f0c33a9 has a=12 b=9; 1 erasures wait for b; clock 3600000 ms ahead',
    ],
  ),
];

describe('states of a trace', () => {
  it('are all tried here', () => {
    const declared = [paths, control, gateway, scion, mixnet, sphinx, vault].flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) =>
        typeof value === 'object' && 'machine' in value ? [name] : [],
      ),
    );
    expect(ROWS.map(({ name }) => name).sort()).toEqual(declared.sort());
  });

  it.each(ROWS)('come back as they were written: $name', ({ state, values }) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(state.read(state.write(value))).toEqual(value);
      }),
    );
  });

  it.each(ROWS)('stand in a trace as in those of earlier versions: $name', ({ state, example }) => {
    const [value, text] = example;
    expect(state.write(value)).toBe(text);
    expect(state.read(text)).toEqual(value);
  });

  it.each(ROWS)('of another form are not read: $name', ({ state, example: [, text] }) => {
    for (const other of [' ', `${text} `, ` ${text}`, `${text}\n`, 'a b c d']) {
      const value = state.read(other);
      expect(value === undefined || state.write(value) === other).toBe(true);
    }
  });
});

const MACHINES: Readonly<Record<string, string>> = Object.fromEntries(
  ROWS.map(({ name, machine }) => [name, machine]),
);

/** A node whose states have the right names and texts that no version wrote. */
function oldNode(protocol: string, texts: Readonly<Record<string, string>>): DrawingInput {
  const states = new Map(
    Object.entries(texts).map(([name, text]) => [MACHINES[name] as string, text]),
  );
  const nodes = [{ number: 0, name: 'a', protocol, states }];
  return { ...DOUBLE_INPUT, nodes, width: 900 };
}

function shownBy(viz: ProtocolViz, name: string, input: DrawingInput): string {
  const view = viz.views.find((one) => one.name === name);
  expect(view?.applies(input)).toBe(true);
  return JSON.stringify(view?.draw(input));
}

describe('a state that this version does not know', () => {
  const ODD = 'of 2031';

  it('is shown as text by the drawings of the gateway', () => {
    const quality = oldNode('gateway', {
      PATH_QUALITY_TRACE: ODD,
      PATH_IN_USE_TRACE: 'via-110-210',
    });
    const drawn = shownBy(gatewayViz, 'paths', quality);
    expect(drawn).toContain(`"text":"${ODD}"`);
    expect(drawn).not.toContain('not measured ±');
    expect(shownBy(gatewayViz, 'paths', { ...quality, width: 284 })).toContain(ODD);
    expect(shownBy(gatewayViz, 'window', oldNode('gateway', { WINDOW_TRACE: ODD }))).toContain(
      `"text":"a, window of gateway-211: ${ODD}"`,
    );
    expect(
      shownBy(gatewayViz, 'handshake', oldNode('gateway', { HANDSHAKE_TRACE: ODD })),
    ).toContain(`"text":"a, handshake with gateway-211: ${ODD}"`);
  });

  it('is shown as text by the path combiner', () => {
    const text = shownBy(
      scionViz,
      'combiner',
      oldNode('gateway', { SEGMENTS_TRACE: ODD, ROUTE_TRACE: ODD }),
    );
    expect(text).toContain(`"title":"segments a to gateway-211: ${ODD}"`);
    expect(text).toContain(`by ${ODD}: not measured`);
  });

  it('is shown as text among the pools', () => {
    const input = oldNode('mixnet', {
      NODE_POSITION_TRACE: ODD,
      POOL_TRACE: 'half full',
      MIXING_TRACE: 'new',
    });
    const drawn = shownBy(mixnetViz, 'pools', input);
    expect(drawn).toContain('"rows":[["a","of 2031","new","half full",null]]');
    expect(drawn).toContain('"text":"half full"');
  });

  it('is no belief about a link, and no reason to take a packet apart', () => {
    const router = oldNode('scion', { BFD_TRACE: ODD }).nodes[0]!;
    expect(scionViz.beliefsOf?.(router)).toEqual([]);
    const links = oldNode('gateway', { PATH_LINKS_TRACE: 'a--b', PATH_HEALTH_TRACE: ODD })
      .nodes[0]!;
    expect(gatewayViz.beliefsOf?.(links)).toEqual([]);
    for (const text of [
      ODD,
      'sphinx nike x25519 hops=900 payload=2000',
      'x kem y hops=5 payload=9',
      'x nike XWING hops=5 payload=9',
    ]) {
      expect(fields(new Uint8Array(100), new Map([['packets', text]]))).toBeUndefined();
    }
  });
});
