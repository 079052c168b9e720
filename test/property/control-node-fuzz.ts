/**
 * Mutated datagrams at the sockets of a control service: those of calls, and SCMP messages that quote packets of open
 * calls and of a ping that is under way. They are drops with reasons, and the service finds paths and pings afterwards.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { protocol as controlService } from '../../nodes/control-service/index.ts';
import { PROTOCOL_SCMP } from '../../nodes/scion/geometry.ts';
import { CONTROL_PORT, ROUTER_INTERNAL_PORT, protocol as scion } from '../../nodes/scion/index.ts';
import { END_HOST_PORT } from '../../nodes/scion/router/geometry.ts';
import { decodeHeader } from '../../nodes/scion/wire/header.ts';
import { requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../nodes/scion/wire/path.ts';
import { decodeScmp, encodeScmpPacket, type ScmpMessage } from '../../nodes/scion/wire/scmp.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import { memoryHeld } from '../memory.ts';
import { load, prepare, SECOND } from '../unit/runner/fixture.ts';
import { attack, record, type Victim } from './datagram-fuzz.ts';

/** Memory that datagrams may leave behind, at most, bytes: tables of calls and of what is believed are bounded. */
const GROWTH_MAX = 4 * 1_048_576;
const OWN = '1-ff00:1:4';
const FAR = '1-ff00:1:5';
const NAME = 'control-1-4';
const ROUTER = 'br-1-4';
const SMALL = load('scion-beaconing.yaml', {
  'topology.generate':
    '{ kind: scion, isds: 1, cores: 2, parents: 2, leaves: 3, depth: 1, control: true, gateways: false }',
  ...{ duration: '120s', traffic: '[]', options: '{}' },
  kpis: '{ control.discovery: { count: "== 0" } }',
});

function victimOf(port: number): Victim {
  const { links } = SMALL.topology;
  const link = links.find(({ a, b }) =>
    [a.host, b.host].every((one) => [NAME, ROUTER].includes(one)),
  );
  const side = link?.b.host === NAME ? 'forward' : 'backward';
  const senderPort = ROUTER_INTERNAL_PORT;
  return { name: NAME, port, link: link?.id ?? '', side, sender: ROUTER, senderPort };
}

/** Asks the control service. @returns the answer, after at most eight seconds. */
function ask({ world, experiment }: PreparedRun, kind: string, body: string): unknown {
  const parts: string[] = [];
  experiment.put(
    { node: NAME, kind, target: '', body, withinNs: 7 * SECOND },
    { part: (bytes): void => void parts.push(new TextDecoder().decode(bytes)), ended: nothing },
  );
  world.sim.runUntil(world.now() + 8 * SECOND);
  return JSON.parse(parts.join(''));
}

function nothing(): void {
  // What was answered came before.
}

/** An SCMP message to the control service, from somebody in this AS. */
function scmp(from: string, message: ScmpMessage): Uint8Array {
  const address = SMALL.topology.hosts.find(({ name }) => name === NAME)?.address ?? '';
  return encodeScmpPacket(
    {
      ...{ trafficClass: 0, flowId: 1, path: EMPTY_PATH },
      ...{ target: requireIsdAs(OWN), targetHost: requireHostAddress(address) },
      ...{ source: requireIsdAs(from), sourceHost: requireHostAddress('127.0.0.9') },
    },
    message,
  );
}

/** Errors of all kinds that quote a packet of the service, and a reply if it is a request. */
function answersTo(sent: Uint8Array): readonly Uint8Array[] {
  const read = decodeHeader(sent);
  if (typeof read === 'string' || read.header.path.kind !== 'scion') return [];
  const { path, target, nextHeader } = read.header;
  const ifId = path.hops[0]?.consIngress ?? 0;
  const error = { code: 0, data: sent.subarray(0, 400) };
  const isdAs = requireIsdAs(OWN);
  const request =
    nextHeader === PROTOCOL_SCMP ? decodeScmp(sent.subarray(read.headerLength)) : undefined;
  return [
    scmp(OWN, { ...error, kind: 'external-interface-down', isdAs, ifId }),
    scmp(OWN, { ...error, kind: 'internal-connectivity-down', isdAs, ingress: 0, egress: ifId }),
    scmp(OWN, { ...error, kind: 'destination-unreachable' }),
    ...(typeof request === 'object' && request.kind === 'echo-request'
      ? [scmp(target, { ...request, kind: 'echo-reply' })]
      : []),
  ];
}

/** More requests than a host answers. */
const REQUESTS = (['echo-request', 'traceroute-request'] as const).flatMap((kind) =>
  new Array<Uint8Array>(60).fill(
    scmp(FAR, {
      ...{ kind, code: 0, identifier: 1, sequence: 1, data: new Uint8Array(8) },
      ...{ isdAs: requireIsdAs(OWN), ifId: 0 },
    }),
  ),
);

/** Attacks one socket. @returns the drops since. */
function fuzz(inputs: number, port: number): readonly string[] {
  const prepared = prepare(SMALL);
  const { world, experiment } = prepared;
  const victim = victimOf(port);
  const came = record(prepared, victim);
  world.sim.runUntil(20 * SECOND);
  expect(ask(prepared, 'paths', FAR)).toHaveLength(4);
  // From now on its packets are lost, so that its calls and pings stay open.
  const back = { ...victim, side: victim.side === 'forward' ? 'backward' : 'forward' } as const;
  const sent: Uint8Array[] = [];
  let isLost = true;
  world.link(victim.link).tap(back.side, ({ bytes, offset, length }) => {
    if (isLost) sent.push(bytes.slice(offset, offset + length));
    return !isLost;
  });
  experiment.put(
    {
      ...{ node: NAME, kind: 'ping', target: '', withinNs: 30 * SECOND },
      body: `${FAR} count=300 interval=100ms`,
    },
    { part: nothing, ended: nothing },
  );
  world.sim.runUntil(33 * SECOND);
  const answers = sent.flatMap(answersTo);
  const before = world.nodeDrops();
  const genuine = [...came, ...answers, ...REQUESTS];
  attack(prepared, genuine, victim, inputs / 10);
  const held = memoryHeld().heapUsed;
  attack(prepared, genuine, victim, inputs);
  expect(memoryHeld().heapUsed - held).toBeLessThan(GROWTH_MAX);
  // What is left as it was is believed, so mutations get beyond the last check.
  expect(experiment.node(NAME)?.status?.()).not.toMatchObject({ revoked: [] });
  isLost = false;
  const drops = world.nodeDrops();
  world.sim.runUntil(world.now() + 12 * SECOND);
  expect(experiment.node(NAME)?.status?.()).toMatchObject({ revoked: [] });
  expect(ask(prepared, 'paths', FAR)).toHaveLength(4);
  expect(ask(prepared, 'ping', `${FAR} count=2 interval=100ms`)).toMatchObject({
    statistics: { sent: 2, received: 2 },
  });
  const seen = Object.keys(drops).filter((reason) => drops[reason] !== before[reason]);
  for (const reason of seen)
    expect({ ...controlService.drops, ...scion.drops }).toHaveProperty(reason);
  return seen;
}

const ALWAYS = ['l4-checksum', 'not-for-us', 'scmp-interface', 'scmp-quote', 'scmp-source'];

/** Declares the tests with so many inputs at each socket. */
export function describeControlNodeFuzz(inputs: number): void {
  describe(`${inputs} mutated datagrams are named drops, and a control service works on`, () => {
    it('at the port of calls', () => {
      expect(fuzz(inputs, CONTROL_PORT)).toEqual(
        expect.arrayContaining([
          ...ALWAYS,
          'path-malformed',
          'rpc-late',
          'rpc-malformed',
          'upper-protocol',
        ]),
      );
    });

    it('at its end-host port', () => {
      expect(fuzz(inputs, END_HOST_PORT)).toEqual(
        expect.arrayContaining([
          ...ALWAYS,
          'scmp-only',
          'scmp-rate',
          'scmp-unasked',
          'scmp-unknown',
        ]),
      );
    });
  });
}
