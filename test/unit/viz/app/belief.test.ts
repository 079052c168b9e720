/**
 * What nodes believe about links, compared with the truth, as the network and protocols pages show
 * it. @module
 */
import { describe, expect, it } from 'vitest';
import { viz as gateway } from '../../../../nodes/gateway/viz.ts';
import { viz as scion } from '../../../../nodes/scion/viz.ts';
import { beliefsAt, beliefText } from '../../../../viz/app/data/belief.ts';
import type { FaultRow, TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import { disruptionsAt, linkDisruptionsAt } from '../../../../viz/app/data/truth.ts';
import type { NodeState } from '../../../../viz/format/drawing.ts';

const CUT = 'core-1--core-2';
const MS = 1e6;

const row = (kind: FaultRow['kind'], ms: number, text = `${CUT} down`, target = CUT): FaultRow => ({
  ...{ kind, target, text },
  timeNs: ms * MS,
});

const NAMES = ['gw-a', 'core-1', 'core-2', 'gw-b'];

function info(faults: readonly FaultRow[]): Pick<TraceInfo, 'links' | 'nodes' | 'faults'> {
  const link = (from: number, to: number): TraceInfo['links'][number] => {
    const id = `${NAMES[from]}--${NAMES[to]}`;
    return { id, name: id, from, to };
  };
  return {
    faults,
    nodes: NAMES.map((name) => ({ name, protocol: protocolOf(name), address: '' })),
    links: [link(0, 1), link(1, 2), link(2, 3)],
  };
}

function protocolOf(name: string): string {
  return name.startsWith('gw') ? 'gateway' : 'scion';
}

/**
 * The states that a gateway traces for a path over all three links, and for another over none of
 * them.
 */
function gatewayStates(
  health: string,
  inUse = 'one',
  accused = 'no',
): readonly (readonly [string, string])[] {
  return [
    ['links of one to gw-b', `gw-a--core-1 ${CUT} core-2--gw-b`],
    ['links of two to gw-b', 'gw-a--other other--gw-b'],
    ['path one to gw-b', health],
    ['path two to gw-b', 'alive'],
    ['path to gw-b', inUse],
    ['accused one to gw-b', accused],
  ];
}

function nodes(
  bfd: string,
  ofGateway: readonly (readonly [string, string])[],
): readonly NodeState[] {
  const states = [ofGateway, [[`bfd ${CUT}`, bfd]], [[`bfd ${CUT}`, 'up']], []] as const;
  return NAMES.map((name, number) => ({
    ...{ number, name, protocol: protocolOf(name) },
    states: new Map(states[number] as readonly (readonly [string, string])[]),
  }));
}

function said(faults: readonly FaultRow[], world: readonly NodeState[], ms: number): string {
  return beliefText(beliefsAt(info(faults), world, [gateway, scion], ms * MS), ms * MS);
}

describe('belief beside truth', () => {
  const down = [row('begin', 1_000)];
  const ended = [...down, row('end', 3_000)];

  it('a link that is cut is known to nobody until probes and hellos are missed', () => {
    const world = nodes('up', gatewayStates('alive'));
    expect(said(down, world, 1_038)).toBe(
      'core-1 ↔ core-2 down for 38 ms, no node knows yet; gw-a still sends there',
    );
  });

  it('names those that know, from what they know it, and those that do not', () => {
    expect(said(down, nodes('down', gatewayStates('alive')), 1_150)).toBe(
      'core-1 ↔ core-2 down for 150 ms: core-1 (BFD) knows, gw-a (path) and core-2 (BFD) do not yet; gw-a still sends there',
    );
    expect(said(down, nodes('down', gatewayStates('dead', 'two')), 1_200)).toBe(
      'core-1 ↔ core-2 down for 200 ms: gw-a (path) and core-1 (BFD) know, core-2 (BFD) does not yet',
    );
  });

  it('a path that SCMP accuses and that has not answered since is no longer believed', () => {
    const world = nodes('up', gatewayStates('alive', 'two', 'yes'));
    expect(said(down, world, 1_010)).toMatch(/gw-a \(SCMP\) knows/);
  });

  it('a link that is up again is believed down until a probe comes back', () => {
    expect(said(ended, nodes('down', gatewayStates('dead', 'two')), 3_020)).toBe(
      'core-1 ↔ core-2 up again for 20 ms: gw-a (path) and core-1 (BFD) still believe it broken',
    );
    expect(said(ended, nodes('up', gatewayStates('alive')), 3_900)).toBe(
      'core-1 ↔ core-2 up again for 900 ms, and every node that watches it knows',
    );
  });

  it('a dead path is no wrong belief while another of its links is down', () => {
    const other = [...ended, row('begin', 2_000, 'gw-a--core-1 down', 'gw-a--core-1')];
    const faults = [...other].sort((a, b) => a.timeNs - b.timeNs);
    expect(said(faults, nodes('up', gatewayStates('dead', 'two')), 3_500)).toBe(
      'gw-a ↔ core-1 down for 1 500 ms: gw-a (path) knows',
    );
  });

  it('a node that crashed believes nothing, and its links are down with it', () => {
    const crash = [row('begin', 1_000, 'core-1 crashed', 'core-1')];
    expect([...linkDisruptionsAt(info(crash), 1_100 * MS).keys()]).toEqual(['gw-a--core-1', CUT]);
    expect(said(crash, nodes('up', gatewayStates('alive')), 1_100)).toBe(
      'core-1 down for 100 ms, no node knows yet; gw-a still sends there',
    );
  });

  it('loss is no matter of BFD: whether a path is doubted is the gateway’s word', () => {
    const lossy = [row('begin', 1_000, `${CUT} changed`)];
    expect(said(lossy, nodes('up', gatewayStates('degraded')), 2_000)).toBe(
      'core-1 ↔ core-2 impaired for 1 000 ms: gw-a (path) knows',
    );
  });

  it('says nothing before the first fault, and nothing where nodes trace no belief', () => {
    expect(said(down, nodes('up', gatewayStates('alive')), 900)).toBe('');
    const silent = NAMES.map((name, number) => ({
      name,
      number,
      protocol: 'ping',
      states: new Map(),
    }));
    expect(said(down, silent, 1_100)).toBe('');
  });
});

describe('the truth', () => {
  it('a cut that ended took the loss on the same link with it', () => {
    const faults = [
      row('begin', 1_000, `${CUT} changed`),
      row('begin', 2_000),
      row('end', 3_000),
      row('end', 9_000, `${CUT} changed`),
    ];
    expect(disruptionsAt(faults, 2_500 * MS).get(CUT)?.state).toBe('down');
    expect(disruptionsAt(faults, 3_500 * MS).get(CUT)).toMatchObject({
      state: 'impaired',
      sinceNs: 1_000 * MS,
    });
    expect(disruptionsAt(faults, 9_000 * MS).size).toBe(0);
  });
});
