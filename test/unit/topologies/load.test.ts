import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import type { ProtocolLookup } from '../../../topologies/files/registry.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { FileFolder, registry } from '../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

function load(text: string, overrides: Readonly<Record<string, string>> = {}): Topology {
  const path = files.write('topologies/t.yaml', text);
  return loadTopology({ path, folders: files.folders, registry, overrides });
}

const NODES = 'name: t\nnodes:\n  - { name: a, run: ping }\n  - { name: b, run: ping }\n';
const link = (entry: string): Topology =>
  load(`${NODES}links:\n  - { ends: a <-> b, rate: 1Mbit/s, delay: 10ms, ${entry} }\n`);

describe('links', () => {
  it.each([
    ['loss: 2%', { loss: { kind: 'bernoulli', probability: 0.02 } }],
    [
      'loss: { kind: burst, probability: 2%, meanBurst: 5 }',
      { loss: { kind: 'burst', probability: 0.02, meanBurst: 5 } },
    ],
    [
      'loss: { kind: gilbert-elliott, p: 0.1, r: 0.2, lossGood: 0, lossBad: 1 }',
      { loss: { kind: 'gilbert-elliott', p: 0.1, r: 0.2, lossGood: 0, lossBad: 1 } },
    ],
    [
      'loss: { kind: gilbert-elliott-time, meanGood: 1s, meanBad: 10ms, lossGood: 0, lossBad: 50% }',
      {
        loss: {
          kind: 'gilbert-elliott-time',
          meanGoodNs: 1e9,
          meanBadNs: 1e7,
          lossGood: 0,
          lossBad: 0.5,
        },
      },
    ],
    [
      'loss: { kind: trace, lost: [1, 5], length: 10, atEnd: repeat }',
      { loss: { kind: 'trace', lost: [1, 5], length: 10, atEnd: 'repeat' } },
    ],
    ['jitter: 2ms', { jitter: { kind: 'uniform', halfWidthNs: 2e6 } }],
    ['jitter: { kind: none }', { jitter: { kind: 'none' } }],
    [
      'jitter: { kind: uniform, halfWidth: 1ms }',
      { jitter: { kind: 'uniform', halfWidthNs: 1e6 } },
    ],
    [
      'jitter: { kind: normal, sigma: 1ms, bound: 2.5 }',
      { jitter: { kind: 'normal', sigmaNs: 1e6, boundSigmas: 2.5 } },
    ],
    [
      'jitter: { kind: pareto, scale: 1ms, shape: 2, cap: 50ms }',
      { jitter: { kind: 'pareto', scaleNs: 1e6, shape: 2, capNs: 5e7 } },
    ],
    [
      'jitter: { kind: table, quantiles: [0s, 1ms, 5ms] }',
      { jitter: { kind: 'table', quantilesNs: [0, 1e6, 5e6] } },
    ],
    ['reorder: true', { reorder: true }],
    ['reorder: { probability: 25%, gap: 5 }', { reorder: { probability: 0.25, gap: 5 } }],
    ['corrupt: 0.1%', { corrupt: { probability: 0.001 } }],
    ['corrupt: { probability: 1%, bits: 3 }', { corrupt: { probability: 0.01, bits: 3 } }],
    ['duplicate: 1%', { duplicate: 0.01 }],
    ['overhead: 38B, mtu: 1500B', { overheadBytes: 38, mtu: 1500 }],
    ['queue: 100packets', { queue: { kind: 'drop-tail', limitPackets: 100 } }],
    ['queue: 64KiB', { queue: { kind: 'drop-tail', limitBytes: 65_536 } }],
    [
      'queue: { kind: drop-tail, packets: 10, bytes: 1MB }',
      { queue: { kind: 'drop-tail', limitPackets: 10, limitBytes: 1e6 } },
    ],
    [
      'queue: { kind: codel, target: 5ms, interval: 100ms, maxPacket: 1500B, packets: 900 }',
      {
        queue: {
          kind: 'codel',
          targetNs: 5e6,
          intervalNs: 1e8,
          maxPacketBytes: 1500,
          limitPackets: 900,
        },
      },
    ],
    [
      'queue: { kind: priority, classes: [{ packets: 10 }, { bytes: 1MB }] }',
      {
        queue: {
          kind: 'priority',
          classes: [{ limitPackets: 10 }, { limitBytes: 1e6 }],
          shareMax: 0.75,
        },
      },
    ],
    [
      'queue: { kind: priority, classes: [{}, {}], shareMax: 100% }',
      { queue: { kind: 'priority', classes: [{}, {}], shareMax: 1 } },
    ],
    [
      'tokenBucket: { rate: 8Mbit/s, burst: 10kB, mode: police }',
      { tokenBucket: { rateBytesPerSecond: 1e6, burstBytes: 10_000, mode: 'police' } },
    ],
    ['inFlight: delivered', { inFlight: 'delivered' }],
    [
      'contacts: { windows: [{ start: 1s, end: 2s, rate: 5bit/s, delay: 3s }], period: 9s, outside: drop }',
      {
        contacts: {
          windows: [{ startNs: 1e9, endNs: 2e9, rateBps: 5, delayNs: 3e9 }],
          periodNs: 9e9,
          outside: 'drop',
        },
      },
    ],
    [
      'contacts: { windows: [{ start: 1s, end: 2s }], period: 9s, atEnd: drop, actual: [{ contact: 1s, start: 1500ms, end: 1900ms }, { contact: 10s, missing: true }, { contact: 19s, missing: false }] }',
      {
        contacts: {
          windows: [{ startNs: 1e9, endNs: 2e9 }],
          periodNs: 9e9,
          atEnd: 'drop',
          actual: [
            { plannedStartNs: 1e9, startNs: 1.5e9, endNs: 1.9e9 },
            { plannedStartNs: 10e9, isMissing: true },
            { plannedStartNs: 19e9 },
          ],
        },
      },
    ],
  ])('take %s into both directions', (entry, expected) => {
    const [made] = link(entry).links;
    expect(made?.forward).toEqual({ rateBps: 1e6, delayNs: 1e7, ...expected });
    expect(made?.backward).toEqual(made?.forward);
  });

  it('override one direction, and take latency for delay and unlimited for no serialisation', () => {
    const { links } = load(
      `${NODES}links:\n  - { ends: a <-> b, rate: unlimited, latency: 10ms, backward: { rate: 64kbit/s, loss: 1% } }\n`,
    );
    expect(links[0]?.forward).toEqual({ rateBps: Number.POSITIVE_INFINITY, delayNs: 1e7 });
    expect(links[0]?.backward).toEqual({
      rateBps: 64_000,
      delayNs: 1e7,
      loss: { kind: 'bernoulli', probability: 0.01 },
    });
  });

  it('warn when jitter can exceed the delay', () => {
    expect(link('jitter: 11ms').warnings).toHaveLength(1);
    expect(link('jitter: 10ms').warnings).toHaveLength(0);
    // It was taken for 1 %.
    expect(link('loss: 1').warnings).toHaveLength(1);
    expect(link('loss: 1%').warnings).toHaveLength(0);
  });

  it('keep given interface numbers and fill the gaps in file order', () => {
    const { links } = load(`name: t
defaults: { node: { run: scion }, link: { rate: 1Mbit/s, delay: 1ms } }
ases: [{ id: "1-1", core: true }, { id: "1-2" }]
nodes: [{ name: p, as: "1-1" }, { name: c, as: "1-2" }]
links:
  - { ends: p <-> c, relation: child }
  - { ends: p#1 <-> c, relation: child }
  - { ends: c#7 <-> p, relation: parent }
`);
    expect(
      links.map((one) => [one.a.attributes?.['interface'], one.b.attributes?.['interface']]),
    ).toEqual([
      [2, 1],
      [1, 2],
      [3, 7],
    ]);
    expect(links.map((one) => [one.a.host, one.b.host])).toEqual([
      ['p', 'c'],
      ['p', 'c'],
      ['p', 'c'],
    ]);
    expect(links.map((one) => one.id)).toEqual(['p--c', 'p--c.2', 'c--p']);
  });

  it('swap the directions of a link written from child to parent', () => {
    const { links } = load(`name: t
ases: [{ id: "1-1" }, { id: "1-2" }]
nodes: [{ name: p, as: "1-1", run: scion }, { name: c, as: "1-2", run: scion }]
links: [{ ends: c <-> p, relation: parent, rate: 1Mbit/s, delay: 1ms, forward: { rate: 2Mbit/s } }]
`);
    expect([links[0]?.forward.rateBps, links[0]?.backward.rateBps]).toEqual([1e6, 2e6]);
  });

  it('may be internal between a node of an AS and one in none, which no SCION passes', () => {
    const { links, hosts } = load(`name: t
ases: [{ id: "1-1" }]
nodes: [{ name: p, as: "1-1", run: gateway }, { name: bus, run: ping }]
links: [{ ends: bus <-> p, rate: 1Mbit/s, delay: 1ms, relation: internal }]
`);
    expect(links).toMatchObject([{ id: 'bus--p' }]);
    for (const part of [links[0], links[0]?.a, links[0]?.b])
      expect(part).not.toHaveProperty('attributes');
    // It does not make the gateway a router in the address plan.
    expect(hosts.map(({ address }) => address)).toEqual(['127.1.0.111', '127.192.0.1']);
  });
});

describe('nodes', () => {
  it('share a machine, and take defaults without losing their own options', () => {
    const { hosts } = load(`name: t
defaults: { node: { run: gateway, cores: 4, options: { window: 128, misses: 2 } } }
nodes:
  - { name: a, machine: m, options: { misses: 3 } }
  - { name: b, machine: m, run: ping, cores: 1 }
`);
    expect(hosts.map((host) => [host.machine, host.cores, host.options])).toEqual([
      ['m', 4, { window: 128, misses: 3 }],
      ['m', 1, {}],
    ]);
  });

  it('lost the options of the defaults if they named the default protocol themselves', () => {
    const { hosts, warnings } = load(`name: t
defaults: { node: { run: gateway, options: { window: 128 } } }
nodes: [{ name: a, run: gateway }, { name: b, run: ping }]
`);
    expect(hosts.map(({ options }) => options)).toEqual([{ window: 128 }, {}]);
    expect(warnings).toEqual([]);
  });

  it('are warned of options in the defaults that concern none of them', () => {
    const { hosts, warnings } = load(`name: t
defaults: { node: { options: { window: 128 } } }
nodes: [{ name: a, run: gateway }]
`);
    expect(hosts.map(({ options }) => options)).toEqual([{}]);
    expect(warnings).toEqual([
      expect.stringMatching(/:2: defaults\.node\.options has no effect, because every node names/),
    ]);
  });

  it('get a range of ports of 127.0.0.1 each in the ports plan, and nothing else changes', () => {
    const links = 'links:\n  - { ends: a <-> b, rate: 1Mbit/s, delay: 1ms }\n';
    const loopback = load(`${NODES}${links}`);
    const ports = load(`${NODES.replace('name: t', 'name: t\naddressPlan: ports')}${links}`);
    expect(ports.addressPlan).toBe('ports');
    expect(ports.hosts.map(({ portBase, portCount }) => [portBase, portCount])).toEqual([
      [10_000, 64],
      [10_064, 64],
    ]);
    const addresses = (topology: Topology): unknown => topology.hosts.map(({ address }) => address);
    expect(addresses(ports)).toEqual(addresses(loopback));
    expect(ports.links[0]?.a.port).toBe(loopback.links[0]?.a.port);
    const moved = NODES.replace('name: t', 'name: t\naddressPlan: ports\nportBase: 20000');
    expect(load(`${moved}${links}`).hosts.map(({ portBase }) => portBase)).toEqual([
      20_000, 20_064,
    ]);
  });

  it('keep their addresses when a node is added to another AS', () => {
    const text = (more: string): string => `name: t
defaults: { node: { run: ping } }
ases: [{ id: "1-1" }, { id: "1-2" }]
nodes: [{ name: a, as: "1-1" }${more}, { name: b, as: "1-2" }, { name: c, address: 127.5.5.5 }]
`;
    const address = (topology: Topology): unknown =>
      topology.hosts.filter((host) => host.name !== 'new').map((host) => host.address);
    expect(address(load(text('')))).toEqual(['127.1.0.128', '127.1.1.128', '127.5.5.5']);
    expect(address(load(text(', { name: new, as: "1-1" }')))).toEqual(address(load(text(''))));
  });

  it('have the part of the addresses of their AS that their protocol asks for', () => {
    const roles: Readonly<Record<string, 'edge' | 'service'>> = {
      gateway: 'edge',
      ping: 'service',
    };
    const known: ProtocolLookup = {
      ...registry,
      protocols: (name) => {
        const found = registry.protocols(name);
        const addressRole = roles[name];
        return found && addressRole && { ...found, addressRole };
      },
    };
    const path = files.write(
      'topologies/t.yaml',
      `name: t
ases: [{ id: "1-1" }, { id: "1-2" }]
nodes:
  - { name: border, as: "1-1", run: gateway }
  - { name: far, as: "1-2", run: ping }
  - { name: edge, as: "1-1", run: gateway }
  - { name: service, as: "1-1", run: ping }
links: [{ ends: border <-> far, rate: 1Mbit/s, delay: 1ms, relation: child }]
`,
    );
    const { hosts } = loadTopology({ path, folders: files.folders, registry: known });
    expect(hosts.map(({ name, address }) => [name, address])).toEqual([
      // A link to another AS outweighs the role.
      ['border', '127.1.0.1'],
      ['far', '127.1.1.1'],
      ['edge', '127.1.0.111'],
      ['service', '127.1.0.100'],
    ]);
  });

  it('stand where they say or where their AS does, and keep their address', () => {
    const text = `name: t
ases:
  - { id: "1-ff00:0:110", position: { lat: 47.4, lon: 8.5 } }
nodes:
  - { name: a, run: ping, as: "1-ff00:0:110" }
  - { name: b, run: ping, as: "1-ff00:0:110", position: { lat: -33.9, lon: 151.2 } }
  - { name: c, run: ping }
`;
    const { hosts } = load(text);
    expect(hosts.map(({ place }) => place)).toEqual([
      { lat: 47.4, lon: 8.5 },
      { lat: -33.9, lon: 151.2 },
      undefined,
    ]);
    const plain = load(text.replaceAll(/, position: \{[^}]*\}/g, ''));
    expect(plain.hosts.map(({ address }) => address)).toEqual(hosts.map(({ address }) => address));
    expect(() => load(text.replace('47.4', '95'))).toThrow(
      /position\.lat: 95 is above the maximum/,
    );
  });

  it('form segments with a port for each member', () => {
    const { segments } = load(
      `${NODES}segments:\n  - { id: lan, members: [a, b], rate: 10Mbit/s, delay: 1us }\n`,
    );
    expect(segments[0]?.members).toEqual([
      { host: 'a', port: 50_000 },
      { host: 'b', port: 50_000 },
    ]);
    expect(segments[0]?.medium).toEqual({ rateBps: 1e7, delayNs: 1_000 });
  });
});

describe('JSON and flags', () => {
  const JSON_TEXT = `{
  "name": "t",
  "nodes": [{ "name": "a", "run": "ping" }, { "name": "b", "run": "ping" }],
  "links": [{ "ends": "a <-> b", "rate": "1Mbit/s", "delay": "10mbit" }]
}`;

  it('reads JSON and finds the place of a mistake in it', () => {
    const path = files.write('topologies/t.json', JSON_TEXT);
    const request = { path, folders: files.folders, registry };
    expect(() => loadTopology(request)).toThrow(/t\.json:4:62 {2}links\[0\]\.delay: 10mbit is/);
    files.write('topologies/t.json', JSON_TEXT.replace('10mbit', '10ms'));
    expect(loadTopology(request).links).toHaveLength(1);
    files.write('topologies/t.json', '{ "name": "t", }');
    expect(() => loadTopology(request)).toThrow(/t\.json:1:16 {2}this is not JSON/);
  });

  it('sets values by index and by name, and counts them in before checking', () => {
    const text = `${NODES}links:\n  - { id: wire, ends: a <-> b, rate: 1Mbit/s, delay: 1ms }\n`;
    const { links, hosts } = load(text, {
      'links.wire.delay': '7ms',
      'links.0.rate': '5Mbit/s',
      'nodes.b.run': 'gateway',
      'nodes.b.options.window': '128',
    });
    expect(links[0]?.forward).toEqual({ rateBps: 5e6, delayNs: 7e6 });
    expect(hosts[1]).toMatchObject({ protocol: 'gateway', options: { window: 128 } });
  });

  it('shows a mistake of a flag at the flag', () => {
    const text = `${NODES}links:\n  - { id: wire, ends: a <-> b, rate: 1Mbit/s, delay: 1ms }\n`;
    expect(() => load(text, { 'links.wire.delay': '7' })).toThrow(
      /^orrery: --set links\[0\]\.delay: 7 has no unit.*\n {3}--set links\.wire\.delay=7\n {26}\^\n {3}hint: write 7s$/,
    );
    expect(() => load(text, { 'links.9.delay': '7s' })).toThrow(/the list has 1 entry/);
    expect(() => load(text, { 'links.wire.delya': '7s' })).toThrow(/did you mean delay\?/);
    expect(() => load(text, { 'name.x': '7s' })).toThrow(/a plain value has nothing below it/);
  });

  it('tells all mistakes of a file at once', () => {
    let found: unknown;
    try {
      load(`${NODES}links:\n  - { ends: a <-> x }\n  - { ends: a <-> y }\n`);
    } catch (error) {
      found = error instanceof ConfigError ? error.issues.map((issue) => issue.line) : error;
    }
    expect(found).toEqual([6, 7]);
  });
});

describe('announcements', () => {
  const TWO = `name: t
defaults: { node: { run: scion }, link: { rate: 8Mbit/s, delay: 10ms } }
ases: [{ id: "1-ff00:0:110", core: true, position: { lat: 1, lon: 2 } }, { id: "1-ff00:0:111" }]
nodes: [{ name: core, as: "1-ff00:0:110" }, { name: leaf, as: "1-ff00:0:111" }]
`;
  const between = (entry: string): Topology['links'][number] =>
    load(`${TWO}links: [{ ends: core#7 <-> leaf#9, relation: child${entry} }]`).links[0]!;

  it('say nothing of a link unless its file does', () => {
    const { a, b, attributes } = between('');
    expect([a.attributes, b.attributes, attributes]).toEqual([
      { interface: 7 },
      { interface: 9 },
      { relation: 'parent-child' },
    ]);
  });

  it('are what a link has in the direction of each end, unless they say something else', () => {
    const { a, b } = between(', announces: {}, backward: { delay: 30ms, rate: 1Mbit/s }');
    const place = { announcedLatitude: 1, announcedLongitude: 2 };
    expect([a.attributes, b.attributes]).toEqual([
      { interface: 7, announcedLatencyNs: 10e6, announcedBandwidthBps: 8e6, ...place },
      { interface: 9, announcedLatencyNs: 30e6, announcedBandwidthBps: 1e6 },
    ]);
  });

  it('leave the link as it is', () => {
    const said = '{ latency: 1ms, bandwidth: 1Gbit/s, type: opennet, carbon: 7gCO2/GB }';
    const { b, forward } = between(`, announces: ${said}`);
    expect(b.attributes).toEqual({
      interface: 9,
      announcedLatencyNs: 1e6,
      announcedBandwidthBps: 1e9,
      announcedType: 'opennet',
      announcedCarbon: 7_000,
    });
    expect(forward).toEqual({ rateBps: 8e6, delayNs: 10e6 });
  });

  it('of a parent that is the second end stay with the system that sends', () => {
    const text =
      'links: [{ ends: leaf <-> core, relation: parent, announces: {}, forward: { delay: 3ms } }]';
    const { a, b } = load(`${TWO}${text}`).links[0]!;
    const delays = [a, b].map(({ host, attributes }) => [host, attributes?.['announcedLatencyNs']]);
    expect(delays).toEqual([
      ['core', 10e6],
      ['leaf', 3e6],
    ]);
  });

  it('between two interfaces of a system are attributes of the pair, the lower number first', () => {
    const { areas } = load(`name: t
defaults: { node: { run: scion }, link: { rate: 8Mbit/s, delay: 10ms } }
ases:
  - { id: "1-ff00:0:110", core: true }
  - { id: "1-ff00:0:111", announces: { hops: 1, between: [{ interfaces: [9, 2], latency: 3ms, hops: 4 }] } }
nodes: [{ name: core, as: "1-ff00:0:110" }, { name: leaf, as: "1-ff00:0:111" }]
links:
  - { ends: core <-> leaf#9, relation: child }
  - { ends: core <-> leaf#2, relation: child }
`);
    expect(areas[1]?.attributes).toEqual({
      ...{ core: false, mtu: 1_472, isAnnounced: true, announcedHops: 1 },
      announcedPairs: '2-9',
      ...{ 'announcedLatencyNs/2-9': 3e6, 'announcedHops/2-9': 4 },
    });
  });

  it('of the defaults are for all systems and links between them, under entries of their own', () => {
    const text = `name: t
defaults:
  node: { run: scion }
  link: { rate: 8Mbit/s, delay: 10ms }
  announces: { link: { carbon: 5gCO2/TB, latency: 2ms }, as: { hops: 3, note: all } }
ases:
  - { id: "1-ff00:0:110", core: true, announces: { note: own } }
  - { id: "1-ff00:0:111" }
nodes:
  - { name: core, as: "1-ff00:0:110" }
  - { name: leaf, as: "1-ff00:0:111" }
  - { name: host, run: ping, as: "1-ff00:0:111" }
links:
  - { ends: core <-> leaf, relation: child, announces: { latency: 4ms } }
  - { ends: leaf <-> host }
`;
    const { links, areas } = load(text);
    expect(links[0]?.a.attributes).toMatchObject({ announcedLatencyNs: 4e6, announcedCarbon: 5 });
    expect(links[1]?.a.attributes).toBeUndefined();
    const common = { mtu: 1_472, isAnnounced: true, announcedHops: 3 };
    expect(areas.map(({ attributes }) => attributes)).toEqual([
      { ...common, core: true, announcedNote: 'own' },
      { ...common, core: false, announcedNote: 'all' },
    ]);
  });
});
