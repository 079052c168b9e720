/** Hosts tell the control service of their AS which interfaces they have found down, and no others. */
import { describe, expect, it } from 'vitest';
import { HOST_REPORT_RATE } from '../../nodes/control-service/geometry.ts';
import { GATEWAY_PORT } from '../../nodes/gateway/underlay/underlay-path.ts';
import { encodeDownReport } from '../../nodes/scion/daemon/host-request.ts';
import { encodeSegmentFrame } from '../../nodes/scion/index.ts';
import { CONTROL_PORT, ROUTER_INTERNAL_PORT } from '../../nodes/scion/router/geometry.ts';
import { decodeHeader } from '../../nodes/scion/wire/header.ts';
import { requireHostAddress } from '../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../nodes/scion/wire/path.ts';
import { encodeScmpPacket } from '../../nodes/scion/wire/scmp.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import type { LinkEnd } from '../../topologies/model.ts';
import { load, MS, prepare, SECOND } from '../unit/runner/fixture.ts';

const [FROM, TO] = ['gateway-1-4', 'gateway-1-5'];
const SMALL = {
  'topology.generate':
    '{ kind: scion, isds: 1, cores: 2, parents: 2, leaves: 3, depth: 1, control: true }',
  options: `{ gateway: { peers: [] }, ${FROM}: { peers: [${TO}] }, ${TO}: { peers: [${FROM}] } }`,
  ...{ duration: '60s', warmup: '1s', kpis: '{ gateway.delivery: { value: ">= 1%" } }' },
  traffic: `[{ from: ${FROM}, to: ${TO}, kind: constant, rate: 100/s, size: 500B, start: 15s }]`,
};

interface Revoked {
  readonly of: string;
  readonly by: string;
  readonly ageNs: number;
}

function started(overrides: Readonly<Record<string, string>> = {}): PreparedRun {
  const run = prepare(load('scion-beaconing.yaml', { ...SMALL, ...overrides }));
  run.world.sim.runUntil(20 * SECOND);
  return run;
}

function revokedAt({ experiment }: PreparedRun, node: string): readonly string[] {
  const { revoked = [] } = experiment.node(node)?.status?.() ?? {};
  return (revoked as readonly Revoked[]).map(({ of }) => of);
}

function interfaceOf({ attributes }: LinkEnd): number {
  return Number(attributes?.['interface'] ?? 0);
}

/** What a node answers within a second to a question about the AS of {@link TO}. */
function ask(
  { experiment, world }: PreparedRun,
  { node, kind }: { readonly node: string; readonly kind: string },
): { readonly outcome: string; readonly text: string } {
  const parts: string[] = [];
  let ended = '';
  experiment.put(
    { node, kind, target: '', body: '1-ff00:1:5', withinNs: SECOND },
    {
      part: (bytes): void => void parts.push(new TextDecoder().decode(bytes)),
      ended: ({ outcome }): void => {
        ended = outcome;
      },
    },
  );
  world.sim.runUntil(world.now() + SECOND);
  return { outcome: ended, text: parts.join('') };
}

/** The interfaces of each path in an answer. */
function pathsAt(
  run: PreparedRun,
  node: string,
): { readonly outcome: string; readonly interfaces: readonly (readonly string[])[] } {
  const { outcome, text } = ask(run, { node, kind: 'paths' });
  const paths = JSON.parse(text) as { interfaces: string[] }[];
  return { outcome, interfaces: paths.map(({ interfaces }) => interfaces) };
}

/** The two interfaces of the first link on the path in use, and its id. */
function firstLink(run: PreparedRun): { readonly id: string; readonly ends: readonly string[] } {
  const on = run.experiment.activePath(FROM, TO) ?? [];
  const link = run.scenario.topology.links.find(
    ({ id, a, b }) => on.includes(id) && interfaceOf(a) > 0 && interfaceOf(b) > 0,
  );
  if (link === undefined) throw new Error('no link is in use');
  const areaOf = (host: string): string =>
    run.scenario.topology.hosts.find(({ name }) => name === host)?.area ?? '';
  return {
    id: link.id,
    ends: [link.a, link.b].map((end) => `${areaOf(end.host)}#${interfaceOf(end)}`),
  };
}

describe('an interface that a host has found down', () => {
  it('takes the paths over it from the answers of the control service of its AS for ten seconds', () => {
    const run = started();
    const { world } = run;
    const { id, ends } = firstLink(run);
    expect(revokedAt(run, 'control-1-4')).toEqual([]);
    const whole = pathsAt(run, 'control-1-4').interfaces;
    const mend = world.link(id).change({ up: false }, 'both');
    world.sim.runUntil(26 * SECOND);
    const [revoked = ''] = revokedAt(run, 'control-1-4');
    expect(ends).toContain(revoked);
    for (const node of ['control-1-4', FROM]) {
      const { outcome, interfaces } = pathsAt(run, node);
      expect(outcome).toBe('ok');
      expect(interfaces.length).toBeGreaterThan(0);
      expect(interfaces.filter((path) => path.includes(revoked))).toEqual([]);
    }
    mend();
    // Back ten seconds after the repair, and a tick.
    world.sim.runUntil(38 * SECOND + 600 * MS);
    expect(revokedAt(run, 'control-1-4')).toEqual([]);
    expect(pathsAt(run, 'control-1-4').interfaces).toHaveLength(whole.length);
    expect(pathsAt(run, FROM).interfaces.some((path) => path.includes(revoked))).toBe(true);
  });

  it('is the reason of an answer without paths if all pass it, and a session goes on after the repair', () => {
    const run = started();
    const { world, scenario } = run;
    const outer = scenario.topology.links.filter(
      ({ a, b }) =>
        [a, b].some(({ host }) => host === 'br-1-4') && interfaceOf(a) > 0 && interfaceOf(b) > 0,
    );
    expect(outer.length).toBeGreaterThan(1);
    const before = world.metrics(FROM)['gateway.rekeys'];
    const mends = outer.map(({ id }) => world.link(id).change({ up: false }, 'both'));
    world.sim.runUntil(26 * SECOND);
    expect(revokedAt(run, 'control-1-4').length).toBeGreaterThanOrEqual(outer.length);
    for (const node of ['control-1-4', FROM]) {
      expect(pathsAt(run, node)).toEqual({ outcome: 'revoked', interfaces: [] });
    }
    const answer = ask(run, { node: 'control-1-4', kind: 'host-paths' });
    expect(answer).toEqual({ outcome: 'revoked', text: '' });
    for (const mend of mends) mend();
    world.sim.runUntil(37 * SECOND);
    for (const node of ['control-1-4', FROM]) {
      expect(pathsAt(run, node).interfaces.length).toBeGreaterThan(0);
    }
    expect(world.metrics(FROM)['gateway.rekeys']).toEqual(before);
  });

  it('is none as long as the path over it answers, whatever forged messages say that quote its packets', () => {
    const run = started();
    const { world } = run;
    const quotes = packetsOf(run);
    const before = scmpDrops(run);
    const [about = ''] = firstLink(run).ends.filter((end) => !end.startsWith('1-ff00:1:4#'));
    for (let at = 20_200 * MS; at < 26 * SECOND; at += 100 * MS) {
      world.sim.runUntil(at);
      forge(run, about, quotes.at(-1) ?? new Uint8Array(0));
    }
    world.sim.runUntil(27 * SECOND);
    expect(world.metrics(FROM)['gateway.scmp']).toMatchObject({ value: 58 });
    expect(scmpDrops(run)).toEqual(before);
    expect(revokedAt(run, 'control-1-4')).toEqual([]);
  });

  it('is none for a control service that is told by another AS, or about a packet that it never sent', () => {
    const run = started();
    const { world } = run;
    const quotes = packetsOf(run, 'control-1-4', 0);
    const before = scmpDrops(run);
    const about = '1-ff00:1:1#1';
    world.sim.runUntil(26 * SECOND);
    const quote = quotes.at(-1) ?? new Uint8Array(0);
    expect(quote.length).toBeGreaterThan(100);
    // The attacker is in the place of the router.
    run.experiment.node('br-1-4')?.stop?.();
    const told = { host: 'control-1-4', port: CONTROL_PORT, from: ROUTER_INTERNAL_PORT };
    forge(run, about, quote, { ...told, source: '1-ff00:1:2' });
    forge(run, about, quote, told);
    world.sim.runUntil(26_100 * MS);
    expect(scmpDrops(run)).toEqual({ source: before.source + 1, quote: before.quote + 1 });
    expect(revokedAt(run, 'control-1-4')).toEqual([]);
  });

  it.each([
    ['is one for a control service whose call leaves', true],
    ['is none for a control service whose call enters', false],
  ])('%s the AS over it, if a router says that it reaches it no more', (_, isOut) => {
    const run = started();
    const { world } = run;
    run.experiment.node('br-1-4')?.stop?.();
    const quotes = packetsOf(run, 'control-1-4', 0);
    world.sim.runUntil(26 * SECOND);
    const quote = quotes.at(-1) ?? new Uint8Array(0);
    const read = decodeHeader(quote);
    if (typeof read === 'string' || read.header.path.kind !== 'scion') expect.fail('no call');
    // A call of a leaf leaves against the direction of construction.
    const ifId = read.header.path.hops[0]?.consIngress ?? 0;
    const before = scmpDrops(run);
    const [ingress, egress] = isOut ? [99, ifId] : [ifId, 99];
    const told = { host: 'control-1-4', port: CONTROL_PORT, from: ROUTER_INTERNAL_PORT };
    forge(run, `1-ff00:1:4#${egress}`, quote, { ...told, ingress });
    world.sim.runUntil(26_100 * MS);
    expect(revokedAt(run, 'control-1-4')).toEqual(isOut ? [`1-ff00:1:4#${ifId}`] : []);
    expect(scmpDrops(run)).toEqual({ ...before, quote: before.quote + (isOut ? 0 : 1) });
  });

  it('is believed at most ten times a second', () => {
    const run = started();
    const { world } = run;
    const host = world.host(FROM);
    const frames = Array.from({ length: 100 }, (_, index) =>
      encodeSegmentFrame(
        index,
        encodeDownReport({ isdAs: requireIsdAs('1-ff00:1:1'), ifId: 1 + index }),
      ),
    );
    const address = run.scenario.topology.hosts.find(({ name }) => name === 'control-1-4')?.address;
    host.connect({ to: host.endpoint(address ?? '', CONTROL_PORT), timeout: SECOND }, (stream) => {
      for (const frame of frames) stream?.write(frame);
    });
    world.sim.runUntil(20 * SECOND + 500 * MS);
    expect(revokedAt(run, 'control-1-4').length).toBeLessThanOrEqual(HOST_REPORT_RATE.burst + 5);
    expect(revokedAt(run, 'control-1-4').length).toBeGreaterThanOrEqual(HOST_REPORT_RATE.burst);
    expect(world.nodeDrops()['host-reports']).toBeGreaterThanOrEqual(85);
  });
});

/**
 * Messages that were dropped for what they speak of or quote. Before the links are up, routers return answers, and errors
 * about a way back are believed by nobody.
 */
function scmpDrops({ world }: PreparedRun): { readonly source: number; readonly quote: number } {
  const { 'scmp-source': source = 0, 'scmp-quote': quote = 0 } = world.nodeDrops();
  return { source, quote };
}

/** What a host sends to its router from now on, of more than so many bytes: of the gateway's paths only the one in use carries data. */
function packetsOf(
  { world, scenario }: PreparedRun,
  from = FROM,
  bytesMin = 500,
): readonly Uint8Array[] {
  const quotes: Uint8Array[] = [];
  const inside = scenario.topology.links.find(({ a, b }) =>
    [a.host, b.host].every((host) => [from, 'br-1-4'].includes(host)),
  );
  const side = inside?.a.host === from ? 'forward' : 'backward';
  world.link(inside?.id ?? '').tap(side, ({ bytes, offset, length }) => {
    if (length > bytesMin) quotes.push(bytes.slice(offset, offset + length));
    return true;
  });
  return quotes;
}

/** Who is told, at which port. */
interface Told {
  readonly host: string;
  readonly port: number;
  /** The port from which it comes. */
  readonly from: number;
  /** Absent: the AS that owns the interface. */
  readonly source?: string;
  /** Present if the way inside the AS from this interface to the other one is said to be down, not the other one. */
  readonly ingress?: number;
}

/** Sends a host a message that an interface is down. */
function forge(
  { world, scenario }: PreparedRun,
  about: string,
  quote: Uint8Array,
  { host, port, from, source, ingress }: Told = { host: FROM, port: GATEWAY_PORT, from: 4_000 },
): void {
  const [isdAs = '', ifId = ''] = about.split('#');
  const address = scenario.topology.hosts.find(({ name }) => name === host)?.address ?? '';
  const bytes = encodeScmpPacket(
    {
      ...{ trafficClass: 0, flowId: 1, path: EMPTY_PATH },
      ...{ target: requireIsdAs('1-ff00:1:4'), targetHost: requireHostAddress(address) },
      ...{ source: requireIsdAs(source ?? isdAs), sourceHost: requireHostAddress('127.0.0.9') },
    },
    {
      ...(ingress === undefined
        ? { kind: 'external-interface-down', ifId: Number(ifId) }
        : { kind: 'internal-connectivity-down', ingress, egress: Number(ifId) }),
      ...{ code: 0, isdAs: requireIsdAs(isdAs), data: quote },
    },
  );
  const attacker = world.host('br-1-4');
  const socket = attacker.udp({ port: from, onDatagram: nothing });
  const buffer = attacker.alloc(bytes.length);
  buffer.set(bytes);
  socket?.send(buffer, 0, bytes.length, attacker.endpoint(address, port));
  socket?.close();
}

function nothing(): void {
  // Only what came before it is looked at.
}
