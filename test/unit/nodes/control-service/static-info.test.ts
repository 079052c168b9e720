/** From what a topology announces to what is known of a path. */
import { afterAll, describe, expect, it } from 'vitest';
import { SegmentExtender } from '../../../../nodes/control-service/beacons/extender.ts';
import { staticInfoFor } from '../../../../nodes/control-service/beacons/static-info.ts';
import {
  type ControlSurroundings,
  findControlSurroundings,
} from '../../../../nodes/control-service/surroundings.ts';
import { decodeBeacon, encodeBeacon } from '../../../../nodes/control-service/wire.ts';
import { describePath } from '../../../../nodes/scion/end-host/path-text.ts';
import {
  combineSegmentsIntoPaths,
  HopAuthenticator,
  type IsdAs,
  type Path,
  type PathSegment,
} from '../../../../nodes/scion/index.ts';
import { emptySignedSegment } from '../../../../nodes/scion/paths/segment-wire.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { networkMap } from '../../../../runner/nodes/network-map.ts';
import { loadTopology } from '../../../../topologies/load.ts';
import { FileFolder, registry } from '../../../bad-files/fixture.ts';
import { crypto, NOW_S } from './small-network.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const CORE_A = requireIsdAs('1-ff00:0:110');
const CORE_B = requireIsdAs('1-ff00:0:120');
const LEAF_A = requireIsdAs('1-ff00:0:111');
const LEAF_B = requireIsdAs('1-ff00:0:121');

/**
 *     CORE_A 3 === 1 CORE_B          CORE_A has two routers
 *         1|  4 ..... |2          and, of the second one, a child LEAF_B 3
 *         1|          |1
 *     LEAF_A 2 ~~~~ 2 LEAF_B         peering
 */
function network(said: Readonly<Record<string, string>>): (isdAs: IsdAs) => ControlSurroundings {
  const of = (what: string): string =>
    said[what] === undefined ? '' : `, announces: ${said[what]}`;
  const text = `name: t
defaults: { node: { run: scion }, link: { rate: 80Mbit/s, delay: 10ms }, internal: { rate: 30Mbit/s, delay: 2ms } }
ases:
  - { id: "${CORE_A}", core: true${of('coreA')} }
  - { id: "${CORE_B}", core: true, position: { lat: 46, lon: 7 }${of('coreB')} }
  - { id: "${LEAF_A}"${of('leafA')} }
  - { id: "${LEAF_B}" }
nodes:
  - { name: a1, as: "${CORE_A}" }
  - { name: a2, as: "${CORE_A}" }
  - { name: b, as: "${CORE_B}" }
  - { name: leaf-a, as: "${LEAF_A}" }
  - { name: leaf-b, as: "${LEAF_B}" }
links:
  - { ends: a1 <-> a2 }
  - { ends: a1#1 <-> leaf-a#1, relation: child${of('up')} }
  - { ends: a2#3 <-> b#1, relation: core, backward: { delay: 20ms }${of('core')} }
  - { ends: b#2 <-> leaf-b#1, relation: child${of('down')} }
  - { ends: a2#4 <-> leaf-b#3, relation: child${of('near')} }
  - { ends: leaf-a#2 <-> leaf-b#2, relation: peer, backward: { delay: 30ms }${of('peer')} }
`;
  const path = files.write('topologies/t.yaml', text);
  const map = networkMap(loadTopology({ path, folders: files.folders, registry, overrides: {} }));
  return (isdAs) =>
    findControlSurroundings(map.hosts.find(({ area }) => area === isdAs)!.name, map);
}

/** A segment as it is read after it has passed these ASes, by ingress and egress. */
function segment(
  of: (isdAs: IsdAs) => ControlSurroundings,
  steps: readonly (readonly [isdAs: IsdAs, ingress: number, egress: number])[],
): PathSegment {
  const key = crypto.p256Key(new Uint8Array(32).fill(7));
  const hops = new HopAuthenticator(crypto.aesCmac(new Uint8Array(16)));
  const made = steps.reduce(
    (before, [isdAs, ingress, egress]) => {
      const surroundings = of(isdAs);
      const { mtu, interfaces } = surroundings;
      const keyId = { isdAs, subjectKeyId: new Uint8Array(0), trcBase: 0, trcSerial: 0 };
      const extender = new SegmentExtender({
        ...{
          isdAs,
          mtu,
          interfaces,
          hops,
          signer: () => ({ key, keyId }),
          expTime: 63,
          seconds: () => NOW_S,
        },
        announced: (into, out) => staticInfoFor(surroundings, { ingress: into, egress: out }),
      });
      return extender.extend(before, ingress, egress);
    },
    emptySignedSegment(1, NOW_S),
  );
  const read = decodeBeacon(encodeBeacon(made));
  return (read as Exclude<typeof read, string>).segment;
}

/** @param length Number of interfaces: 2 over the peering link, 4 over CORE_A alone, 6 over both cores. */
function pathOver(said: Readonly<Record<string, string>>, length = 6): Path {
  const of = network(said);
  const up = segment(of, [
    [CORE_A, 0, 1],
    [LEAF_A, 1, 0],
  ]);
  const core = segment(of, [
    [CORE_B, 0, 1],
    [CORE_A, 3, 0],
  ]);
  const down = segment(of, [
    [CORE_B, 0, 2],
    [LEAF_B, 1, 0],
  ]);
  const near = segment(of, [
    [CORE_A, 0, 4],
    [LEAF_B, 3, 0],
  ]);
  const segments = { ups: [up], cores: [core], downs: [down, near] };
  const paths = combineSegmentsIntoPaths({ ...segments, source: LEAF_A, target: LEAF_B, crypto });
  return paths.find(({ interfaces }) => interfaces.length === length)!;
}

const ALL = {
  up: '{ latency: 5ms }',
  core: '{}',
  down: '{}',
  coreA: '{}',
  coreB: '{ latency: 3ms }',
};

describe('what is announced of a path', () => {
  it('is nothing unless its ASes announce something', () => {
    const path = pathOver({});
    expect(path.metadata).toBeUndefined();
    expect(Object.keys(describePath(path))).toEqual(['expires', 'interfaces', 'mtu']);
  });

  it('is what links announce and not what they have, and otherwise what they have', () => {
    const path = pathOver(ALL);
    expect(path.metadata).toMatchObject({
      // The beacon of the core link left CORE_B, whose direction has 20 ms.
      latencyUs: [5_000, 2_000, 20_000, 3_000, 10_000],
      bandwidthKbps: [80_000, 30_000, 80_000, 80_000, 80_000],
      internalHops: [1, 0],
    });
    expect(describePath(path)).toMatchObject({
      ...{ hops: 3, latencyUs: 40_000, bandwidthKbps: 30_000, internalHops: 1, carbon: null },
    });
  });

  it('is unknown as a whole if a part of it is', () => {
    const { core: _, ...others } = ALL;
    const path = pathOver({ ...others, down: '{ carbon: 4gCO2/TB }', coreB: '{ hops: 2 }' });
    expect(path.metadata?.latencyUs[2]).toBeUndefined();
    expect(describePath(path)).toMatchObject({ latencyUs: null, bandwidthKbps: null });
    expect(path.metadata?.internalHops).toEqual([1, 2]);
  });

  it('R-226: has the carbon of links and of ASes between them', () => {
    const path = pathOver({
      up: '{ carbon: 1gCO2/TB }',
      core: '{ carbon: 20gCO2/TB }',
      down: '{ carbon: 300gCO2/TB }',
      coreA: '{ carbon: 4000gCO2/TB }',
      coreB: '{ carbon: 50000gCO2/TB }',
    });
    expect(path.metadata?.carbon).toEqual([1, 4_000, 20, 50_000, 300]);
    expect(describePath(path)).toMatchObject({ carbon: 54_321 });
  });

  it('has types of links, places and notes', () => {
    const note = '{ note: first }';
    const path = pathOver({
      up: '{ type: opennet }',
      core: '{}',
      leafA: note,
      coreB: '{ note: b }',
    });
    const { linkTypes, geo, notes } = path.metadata!;
    expect(linkTypes).toEqual(['opennet', undefined, undefined]);
    const there = { latitude: 46, longitude: 7, address: '' };
    expect(geo).toEqual([undefined, undefined, undefined, there, undefined, undefined]);
    expect(notes).toEqual(['first', '', 'b', '']);
  });

  it('has of each AS what it announces between the two interfaces that the path uses', () => {
    const between = (...pairs: readonly string[]): string =>
      `{ latency: 1ms, bandwidth: 50Mbit/s, carbon: 1gCO2/TB, between: [${pairs.join(', ')}] }`;
    const said = {
      ...{
        up: '{ latency: 0s }',
        core: '{ latency: 0s }',
        down: '{ latency: 0s }',
        near: '{ latency: 0s }',
      },
      coreA: between(
        '{ interfaces: [1, 3], latency: 7ms, bandwidth: 20Mbit/s, hops: 4, carbon: 70gCO2/TB }',
        '{ interfaces: [4, 1], latency: 11ms }',
        '{ interfaces: [3, 4], latency: 13ms, hops: 9 }',
      ),
      coreB: between('{ interfaces: [2, 1], latency: 500ms, hops: 2 }'),
    };
    const far = pathOver(said);
    expect(far.metadata).toMatchObject({
      latencyUs: [0, 7_000, 0, 500_000, 0],
      bandwidthKbps: [80_000, 20_000, 80_000, 50_000, 80_000],
      carbon: [undefined, 70, undefined, 1, undefined],
      internalHops: [4, 2],
    });
    expect(describePath(far)).toMatchObject({ latencyUs: 507_000, internalHops: 6 });
    // Over CORE_A alone, from interface 1 to 4, whose hops are those of the link between both routers.
    const near = pathOver(said, 4);
    expect(near.metadata).toMatchObject({ latencyUs: [0, 11_000, 0], internalHops: [1] });
  });

  it('is the longer latency where the ends of a peering link have different ones', () => {
    expect(pathOver({ peer: '{}' }, 2).metadata?.latencyUs).toEqual([30_000]);
  });

  it('has the AS where the path changes from one child to another, which one of both entries announces', () => {
    const path = pathOver({ up: '{}', near: '{}', coreA: '{ hops: 5 }' }, 4);
    expect(path.metadata).toMatchObject({ latencyUs: [10_000, 2_000, 10_000], internalHops: [5] });
  });
});
