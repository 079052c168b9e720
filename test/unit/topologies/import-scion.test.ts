import { afterAll, describe, expect, it } from 'vitest';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { HostSpec, LinkEnd, Topology } from '../../../topologies/model.ts';
import { FileFolder } from '../../bad-files/fixture.ts';
import { itWhole, vectorText } from '../../vectors-root.ts';

const registry = new ProtocolRegistry();
const files = new FileFolder();
afterAll(() => files.remove());

function importTopo(text: string, entry = 'x.topo'): Topology {
  files.write('topologies/x.topo', text);
  const path = files.write('topologies/i.yaml', `name: i\nimport: { scion: ${entry} }\n`);
  return loadTopology({ path, folders: files.folders, registry });
}

function interfaceOf(end: LinkEnd | undefined): unknown {
  return end?.attributes?.['interface'];
}

describe('SCION topology files', () => {
  // The published files are outside the repository; vectors-root reports if they are missing.
  itWhole.each([
    ['tiny.topo', 3, 2],
    ['tiny4.topo', 3, 2],
    ['default.topo', 16, 29],
    ['wide.topo', 18, 25],
    ['big.topo', 13, 19],
    ['peering-test.topo', 9, 9],
  ])('%s gives %i ASes, %i links and twice as many interfaces', (file, ases, links) => {
    const topology = importTopo(vectorText(`scion/topologies/${file}`));
    const outer = topology.links.filter(({ attributes }) => attributes !== undefined);
    expect([topology.areas.length, outer.length]).toEqual([ases, links]);
    const isdAs = new Map(topology.hosts.map((host) => [host.name, host.area]));
    const interfaces = outer.flatMap(({ a, b }) =>
      [a, b].map((end) => `${isdAs.get(end.host)}#${interfaceOf(end)}`),
    );
    expect(new Set(interfaces).size).toBe(2 * links);
  });

  itWhole('default.topo has 42 routers, no gateway, and interfaces as pinned', () => {
    const topology = importTopo(vectorText('scion/topologies/default.topo'));
    expect(topology.hosts).toHaveLength(42);
    expect(topology.hosts.every((host) => host.protocol === 'scion')).toBe(true);
    const first = topology.links[0];
    expect([first?.a.host, interfaceOf(first?.a), first?.b.host, interfaceOf(first?.b)]).toEqual([
      'br1-ff00_0_110-1',
      1,
      'br1-ff00_0_120-1',
      6,
    ]);
    expect(topology.areas.filter(({ attributes }) => attributes?.['core'] === true)).toHaveLength(
      5,
    );
    expect(topology.areas.find(({ id }) => id === '1-ff00:0:112')?.attributes?.['mtu']).toBe(1_450);
  });

  it('joins ends with the same letter to one router, and gives missing interfaces 1, 2, 3', () => {
    const topology = importTopo(`ASes:
  "1-ff00:0:110": { core: true }
  "1-ff00:0:111": { cert_issuer: 1-ff00:0:110 }
links:
  - { a: "1-ff00:0:110-A", b: "1-ff00:0:111", linkAtoB: CHILD, mtu: 1280 }
  - { a: "1-ff00:0:110-A#1", b: "1-ff00:0:111", linkAtoB: CHILD }
`);
    expect(topology.hosts.map((host) => host.name)).toEqual([
      'br1-ff00_0_110-1',
      'br1-ff00_0_111-1',
      'br1-ff00_0_111-2',
    ]);
    const outer = topology.links.filter(
      ({ attributes }) => attributes?.['relation'] === 'parent-child',
    );
    expect(
      outer.map((link) => [interfaceOf(link.a), interfaceOf(link.b), link.forward.mtu]),
    ).toEqual([
      [2, 1, 1_280],
      [1, 2, 1_472],
    ]);
  });

  itWhole.each([
    ['tiny.topo', 3],
    ['tiny4.topo', 3],
    ['default.topo', 16],
    ['wide.topo', 18],
    ['big.topo', 13],
    ['peering-test.topo', 9],
  ])('%s with control gets %i control services, and is the same otherwise', (file, ases) => {
    const text = vectorText(`scion/topologies/${file}`);
    const plain = importTopo(text);
    const { hosts, links, areas } = importTopo(text, '{ file: x.topo, control: true }');
    const isService = ({ protocol }: HostSpec): boolean => protocol === 'control-service';
    const services = hosts.filter(isService);
    expect(services.map(({ area }) => area)).toEqual(areas.map(({ id }) => id));
    expect(services).toHaveLength(ases);
    expect(areas).toEqual(plain.areas);
    expect(hosts.filter((host) => !isService(host))).toEqual(plain.hosts);
    expect(links.slice(0, plain.links.length)).toEqual(plain.links);
    // Beacons come through each router of the AS.
    const added = links.slice(plain.links.length).map(({ a, b }) => `${a.host} ${b.host}`);
    const wanted = services.flatMap(({ name, area }) =>
      plain.hosts.filter((host) => host.area === area).map((router) => `${name} ${router.name}`),
    );
    expect(added).toEqual(wanted);
  });

  itWhole('default.topo keeps what its core ASes are in their ISDs', () => {
    const { areas } = importTopo(vectorText('scion/topologies/default.topo'));
    const roles = { voting: true, issuing: true, authoritative: true };
    const cores = areas.filter(({ attributes }) => attributes?.['core'] === true);
    const idsOfCores = cores.map(({ id }) => id);
    for (const { attributes: { core, mtu, certIssuer, ...rest } = {} } of areas) {
      expect(rest).toEqual(core ? roles : {});
      // Its other ASes have certificates of a core AS.
      if (!core) expect(idsOfCores).toContain(certIssuer);
    }
  });

  it('keeps each role of an AS that its file gives', () => {
    const { areas } = importTopo(`ASes:
  "1-ff00:0:110": { core: true, voting: true, issuing: false }
  "1-ff00:0:120": { core: true, authoritative: true }
  "1-ff00:0:111": { issuing: true }
links:
  - { a: "1-ff00:0:110", b: "1-ff00:0:120", linkAtoB: CORE }
  - { a: "1-ff00:0:110", b: "1-ff00:0:111", linkAtoB: CHILD }
`);
    expect(areas.map(({ attributes }) => attributes)).toEqual([
      { core: true, mtu: 1_472, voting: true },
      { core: true, mtu: 1_472, authoritative: true },
      { core: false, mtu: 1_472, issuing: true },
    ]);
  });

  it('keeps which AS issues the certificates of another', () => {
    const { areas } = importTopo(`ASes:
  "1-ff00:0:110": { core: true }
  "1-ff00:0:111": { cert_issuer: 1-ff00:0:110 }
  "1-ff00:0:112": {}
links:
  - { a: "1-ff00:0:110", b: "1-ff00:0:111", linkAtoB: CHILD }
  - { a: "1-ff00:0:110", b: "1-ff00:0:112", linkAtoB: CHILD }
`);
    expect(areas.map(({ attributes }) => attributes?.['certIssuer'])).toEqual([
      undefined,
      '1-ff00:0:110',
      undefined,
    ]);
  });

  it('refuses a control that is neither true nor false', () => {
    expect(() => importTopo('{}', '{ file: x.topo, control: 1 }')).toThrow(
      /i\.yaml:2:\d+ .*control/,
    );
  });

  it('shows a mistake inside the imported file there', () => {
    const topo =
      'ASes:\n  "1-ff00:0:110": { core: true }\nlinks:\n  - { a: "1-ff00:0:110#1", b: "1-ff00:0:1#2", linkAtoB: CHID }\n';
    expect(() => importTopo(topo)).toThrow(
      /x\.topo:4:\d+ {2}links\[0\]\.linkAtoB: "CHID" is not known/,
    );
    expect(() => importTopo(topo.replace('CHID', 'CHILD'))).toThrow(
      /x\.topo:4:\d+ {2}links\[0\]\.b: AS "1-ff00:0:1" is not in ASes/,
    );
  });
});
