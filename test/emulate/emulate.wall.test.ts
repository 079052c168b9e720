/**
 * Emulated mode as users see it: it gives the same fingerprint as virtual time if no outside
 * program takes part; virtual nodes answer outside programs; drops have reasons; and anything
 * impossible is reported in one clear line.
 *
 * @module
 */
import { createSocket, type Socket } from 'node:dgram';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeHeader, encodeHeader } from '../../nodes/ping/wire.ts';
import { conditionsText } from '../../reports/kpi-text.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { load, run } from '../unit/runner/fixture.ts';
import { block, cleanUp, emulate, reportOn, scenarioFile } from './support.ts';

afterAll(cleanUp);

const PING_PORT = 7007;
const MS = 1_000_000;

describe('without outside programs', () => {
  const drawn = {
    duration: '2s',
    warmup: '200ms',
    'traffic.0.kind': 'poisson',
    'topology.links.0.loss': '10%',
    'topology.links.0.jitter': '1ms',
    events: '[{ at: 500ms, for: 200ms, link: "alice <-> bob", set: { up: false } }]',
    kpis: '{}',
  };

  it.each([1, 10])('gives the fingerprint of virtual time at speed %d', async (speed) => {
    const began = performance.now();
    const report = reportOn(await emulate('hello.yaml', drawn, { speed }));
    const wallMs = performance.now() - began;
    const virtual = run(load('hello.yaml', drawn));
    expect(report.fingerprint).toBe(virtual.fingerprint);
    expect(report.events).toBe(virtual.events);
    expect(report.packets).toEqual(virtual.packets);
    expect(report.mode).toBe('emulate');
    expect(conditionsText(report).join(', ')).toMatch(
      /^emulate, paced, p99 lateness [\d.]+ [mµn]?s$/,
    );
    expect(report.metrics['emulate.lateness']?.count).toBeGreaterThan(100);
    // Two seconds and one second to drain, by the wall clock.
    expect(wallMs).toBeGreaterThanOrEqual(3_000 / speed);
    if (speed > 1) expect(wallMs).toBeLessThan(3_000);
  });

  it('stops with exit 5 at an event that is later than the limit, and names it', async () => {
    const end = await emulate('hello.yaml', { duration: '2s' }, { onLate: 'fail', lateLimitNs: 0 });
    const report = reportOn(end);
    expect(report.ending).toBe('time-limit');
    expect(report.warnings.map(({ text }) => text).join('\n')).toMatch(
      /stopped at [\d.]+ s: (a timer|the (transmitter|arrival) .*) was [\d.]+ ms late, the limit is 0 ms/,
    );
  });
});

/** A ping node, and a host whose outside program is played by the test. */
const PING = `
name: ping-outside
question: Does a virtual node answer a program?
duration: 1s
topology:
  name: ping-outside
  nodes:
    - { name: node, run: ping, address: BLOCK.1 }
    - { name: guest, kind: external, address: BLOCK.2, program: BLOCK.102, ports: [${PING_PORT}] }
    - { name: far, kind: external, address: BLOCK.3, program: BLOCK.103, ports: [${PING_PORT}] }
  links:
    - { ends: node <-> guest, rate: 10Mbit/s, delay: 20ms }
    - { ends: node <-> far, rate: 10Mbit/s, delay: 20ms }
kpis: { emulate.sent: { count: ">= 1" } }
`;

/** A border router of this project and an outside one, with the ports that its AS may use. */
const SCION = `
name: scion-outside
question: Does a router of ours speak to one of somebody else?
duration: 1500ms
topology:
  name: scion-outside
  ases: [{ id: "1-ff00:0:110", core: true }, { id: "1-ff00:0:120", core: true }]
  nodes:
    - { name: inner, as: "1-ff00:0:110", run: scion, address: BLOCK.21 }
    - name: outer
      as: "1-ff00:0:120"
      kind: external
      address: BLOCK.22
      program: BLOCK.122
      ports: [30042, 31000-31015, 50000]
  links: [{ ends: inner <-> outer, relation: core, rate: 1Gbit/s, delay: 1ms }]
kpis: { emulate.received: { count: ">= 1" } }
`;

/** Binds a socket; resolves once it is bound. */
function bind(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind({ address, port, exclusive: true }, () => resolve(socket));
  });
}

function pingRequest(identifier: number): Uint8Array {
  const bytes = new Uint8Array(40);
  encodeHeader({ kind: 'request', identifier }, bytes, 0);
  return bytes;
}

describe('with outside programs', () => {
  it('lets a virtual node answer a program over the emulated link', async () => {
    const file = scenarioFile('ping.yaml', PING);
    const program = await bind(`${block}.102`, PING_PORT);
    const answers: { readonly tookMs: number; readonly kind: string; readonly from: string }[] = [];
    const sentAt: number[] = [];
    program.on('message', (message, { address, port }) => {
      const header = decodeHeader(message, 0, message.length);
      if (typeof header === 'string') return;
      const tookMs = performance.now() - (sentAt[header.identifier] ?? 0);
      answers.push({ tookMs, kind: header.kind, from: `${address}:${port}` });
    });
    const timer = setInterval(() => {
      sentAt.push(performance.now());
      program.send(pingRequest(sentAt.length - 1), PING_PORT, `${block}.1`);
    }, 50);
    const report = reportOn(await emulate(file));
    clearInterval(timer);
    program.close();
    expect(answers.length).toBeGreaterThan(10);
    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'reply', from: `${block}.1:${PING_PORT}` });
      expect(answer.tookMs).toBeGreaterThanOrEqual(40);
    }
    // No delay is applied twice.
    expect(Math.min(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(80);
    expect(report.metrics['emulate.received.guest']?.value).toBe(answers.length);
    expect(report.fingerprint).toBe('none');
  });

  it('hands packets of a virtual SCION router to a program at the port of its interface', async () => {
    const file = scenarioFile('scion.yaml', SCION);
    const program = await bind(`${block}.122`, 50_000);
    const seen: { readonly bytes: Uint8Array; readonly from: string }[] = [];
    program.on('message', (bytes, { address, port }) => {
      seen.push({ bytes: new Uint8Array(bytes), from: `${address}:${port}` });
    });
    const report = reportOn(await emulate(file));
    program.close();
    expect(seen.length).toBeGreaterThanOrEqual(1);
    expect(seen.length).toBe(report.metrics['emulate.received.outer']?.value);
    for (const { bytes, from } of seen) {
      expect(from).toBe(`${block}.21:50000`);
      // BFD over SCION: next header 203 (SCION header spec, assigned numbers), one-hop path type 2.
      expect([bytes[4], bytes[8]]).toEqual([203, 2]);
    }
  });

  it('drops by name what no host stands for, and what no link carries', async () => {
    const file = scenarioFile('drops.yaml', PING);
    const [guest, stranger] = await Promise.all([bind(`${block}.102`, 0), bind(`${block}.200`, 0)]);
    const timer = setInterval(() => {
      stranger.send('who am I', PING_PORT, `${block}.1`);
      // No link connects the two programs.
      guest.send('no way', PING_PORT, `${block}.3`);
    }, 50);
    const report = reportOn(await emulate(file));
    clearInterval(timer);
    const { address, port } = stranger.address();
    guest.close();
    stranger.close();
    expect(report.nodeDrops['outside/unknown-source']).toBeGreaterThan(5);
    expect(report.packets.drops['no-route']).toBeGreaterThan(5);
    const texts = report.warnings.map(({ text }) => text);
    expect(texts).toContain(
      `a datagram from ${address}:${port} to ${block}.1:${PING_PORT} was dropped: ` +
        'no host has a program at that address',
    );
  });

  it.each([
    ['of the host of a program', `${block}.3`],
    ['of a virtual node', `${block}.1`],
  ])('ends with one line when a port %s is taken', async (_whose, address) => {
    const file = scenarioFile('taken.yaml', PING);
    const other = await bind(address, PING_PORT);
    const end = await emulate(file);
    other.close();
    expect(end.kind).toBe('scenario-error');
    if (end.kind !== 'scenario-error') return;
    expect(end.message).toContain(
      `UDP ${address}:${PING_PORT} cannot be bound: another program holds it`,
    );
    expect(end.line).toBeGreaterThan(1);
  });

  it('ends with one line when a command is not there', async () => {
    const file = scenarioFile('missing.yaml', PING);
    const end = await emulate(file, { 'topology.nodes.1.command': '[no-such-program-here]' });
    expect(end).toMatchObject({
      kind: 'scenario-error',
      message: 'guest: command "no-such-program-here" was not found',
    });
  });

  it('is refused by every other world, with the command that runs it', async () => {
    const file = scenarioFile('refused.yaml', PING);
    const refused = openScenario(file, {}, new ProtocolRegistry());
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(/guest is an outside program .*emulate .*refused\.yaml/);
  });

  it.each([
    ['traffic', '[{ from: node, to: guest, kind: constant, rate: 1/s, size: 100B }]'],
    ['events', '[{ at: 100ms, crash: guest }]'],
  ])('refuses %s that would act on a program', async (key, value) => {
    const file = scenarioFile('acts.yaml', PING);
    await expect(emulate(file, { [key]: value })).rejects.toThrow(/guest is an outside program/);
  });

  it('ends early when it is interrupted, with what was measured', async () => {
    const file = scenarioFile('long.yaml', PING);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const end = await emulate(file, { duration: '60s' }, { signal: controller.signal });
    expect(reportOn(end).ending).toBe('interrupted');
    expect(reportOn(end).virtualSeconds).toBeLessThan(5 * 1000 * MS);
  });
});
