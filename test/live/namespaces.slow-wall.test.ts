/**
 * A deployment on two machines, here two network namespaces connected by a pair of veth interfaces.
 * Each has its own files and its own secrets, and a stranger is connected to the same link. Needs
 * root on Linux; elsewhere the test prints one line that says why it was skipped.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { makeKeys } from '../../runner/distributed/deployment/deployment.ts';
import { addAddress, twoMachines } from './namespaces.ts';
import { CABLE, cleanUp, folder, onlyRun, orreryIn, pings, type Started } from './support.ts';

const { left: LEFT, right: RIGHT, net: NET, reason, remove } = twoMachines('a');
/** The stranger has an address of its own in the same subnet as bob. */
const STRANGER = `${NET}.66`;
const PORT = 7_000;
if (reason === undefined) addAddress(RIGHT, STRANGER);

afterAll(() => {
  for (const { child } of strangers) child.kill('SIGKILL');
  cleanUp();
  remove();
});

/** The files on the disk of one machine, which has no other files of the deployment. */
function machine(name: string, keys: string, secrets: readonly string[]): string {
  const place = join(folder, name);
  mkdirSync(join(place, 'keys'), { recursive: true, mode: 0o700 });
  for (const file of ['public.keys', ...secrets]) {
    copyFileSync(join(keys, file), join(place, 'keys', file));
  }
  writeFileSync(join(place, 'cable.yaml'), CABLE.replaceAll('BLOCK', '127.201.1'));
  const text = `coordinator: ${NET}.1:${PORT}\nkeys: keys\nshape: links\nhosts:\n  alice: ${NET}.1\n  bob: ${NET}.2\n`;
  writeFileSync(join(place, 'deployment.yaml'), text);
  return place;
}

const ROLES = ['alice', 'bob'].map((name) => ({ kind: 'node', name }) as const);
const strangers: { readonly child: ReturnType<typeof spawn> }[] = [];

/**
 * Sends random bytes for ten seconds: datagrams to both nodes and connections to the coordinator.
 */
const JUNK = `
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
const socket = createSocket('udp4');
socket.bind(0, '${STRANGER}', () => {
  const junk = (at) => Uint8Array.from({ length: 20 + (at % 900) }, (_, i) => (at * 31 + i * 7) & 255);
  let at = 0;
  const send = setInterval(() => {
    for (let i = 0; i < 20; i += 1, at += 1) {
      for (const host of ['${NET}.1', '${NET}.2']) {
        for (const port of [7007, 50000]) socket.send(junk(at), port, host);
      }
    }
  }, 10);
  const call = setInterval(() => {
    const options = { host: '${NET}.1', port: ${PORT}, localAddress: '${STRANGER}' };
    const one = connect(options, () => one.write(junk(at)));
    one.on('error', () => undefined);
    one.on('data', () => { process.stdout.write('ANSWERED\\n'); });
    setTimeout(() => one.destroy(), 500);
  }, 50);
  setTimeout(() => { clearInterval(send); clearInterval(call); socket.close(); }, 10_000);
});
`;

function sendJunk(): { readonly words: () => string; readonly ended: Promise<unknown> } {
  const file = join(folder, 'junk.mjs');
  writeFileSync(file, JUNK);
  const child = spawn('ip', ['netns', 'exec', RIGHT, process.execPath, file]);
  strangers.push({ child });
  let words = '';
  child.stdout.on('data', (chunk: Buffer) => {
    words += String(chunk);
  });
  return { words: () => words, ended: new Promise((resolve) => child.once('close', resolve)) };
}

function reportIn(out: string): Report {
  return JSON.parse(
    readFileSync(join(onlyRun(join(out, 'pings')), 'report.json'), 'utf8'),
  ) as Report;
}

interface Running {
  readonly live: Started;
  readonly alice: Started;
  readonly startBob: () => Started;
  readonly out: string;
}

describe.skipIf(reason !== undefined)('two machines', () => {
  let left: string;
  let right: string;
  let elsewhere: string;

  beforeAll(() => {
    const keys = join(folder, 'all-keys');
    makeKeys(keys, [{ kind: 'coordinator' }, ...ROLES]);
    left = machine('left', keys, ['coordinator.key', 'node-alice.key']);
    right = machine('right', keys, ['node-bob.key']);
    const others = join(folder, 'other-keys');
    makeKeys(others, [{ kind: 'coordinator' }, ...ROLES]);
    // The stranger made its own secrets and public keys, which do not belong to bob.
    elsewhere = machine('elsewhere', others, ['node-bob.key']);
  });

  async function deploy(name: string, text: string): Promise<Running> {
    const file = join(left, `${name}.yaml`);
    writeFileSync(file, text);
    const out = join(folder, name);
    const deployment = (place: string): string => join(place, 'deployment.yaml');
    const live = orreryIn(
      LEFT,
      ...['live', file, '--deployment', deployment(left), '--out', out, '--no-trace'],
    );
    await live.says(`waits at ${NET}.1:${PORT} for alice, bob`);
    const node = (on: string, place: string, who: string): Started =>
      orreryIn(on, 'node', join(place, 'cable.yaml'), who, '--deployment', deployment(place));
    const stranger = node(RIGHT, elsewhere, 'bob');
    expect(await stranger.ended).toBe(2);
    expect(stranger.stderr()).toContain('authentication failed');
    const alice = node(LEFT, left, 'alice');
    return { live, alice, out, startBob: () => node(RIGHT, right, 'bob') };
  }

  it('R-243: carry a run with a crash through junk, and a stranger’s bob is no bob', async () => {
    const events = 'events: [{ at: 3s, for: 1500ms, crash: bob }]\n';
    const text = pings('cable.yaml', '8s').replace('kpis:', `${events}kpis:`);
    const { live, alice, out, startBob } = await deploy('crash', text.replace('90%', '60%'));
    const junk = sendJunk();
    // Restarts a process that has ended, as systemd does.
    const first = startBob();
    const again = first.ended.then(() => startBob());
    expect(await live.ended).toBe(0);
    const second = await again;
    expect([await first.ended, await alice.ended, await second.ended]).toEqual([null, 0, 0]);
    await junk.ended;
    expect(junk.words()).toBe('');
    const report = reportIn(out);
    expect(report).toMatchObject({ pass: true, ending: 'complete', layout: '2 processes' });
    expect(report.metrics['live.restart']?.count).toBe(1);
    const warnings = report.warnings.map(({ text: words }) => words).join('\n');
    expect(warnings).toMatch(/was rejected: authentication failed/);
    expect(warnings).toMatch(new RegExp(`${STRANGER}:\\d+ was rejected: protocol error`));
    expect(warnings).toMatch(/\d+ datagrams came from outside this run/);
    expect(warnings).not.toMatch(/bug|alice: the process/);
  });

  it('report on the rest when one of them dies, and say which', async () => {
    const { live, alice, out, startBob } = await deploy('dies', pings('cable.yaml', '6s'));
    const bob = startBob();
    await bobIsThere(out);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    bob.child.kill('SIGKILL');
    const code = await live.ended;
    expect([code, await alice.ended]).toEqual([1, 0]);
    const report = reportIn(out);
    expect(report).toMatchObject({ pass: false, ending: 'complete' });
    const warnings = report.warnings.map(({ text: words }) => words).join('\n');
    expect(warnings).toMatch(/^bob: the process ended at \d\.\d s \(connection lost\)$/m);
    expect(report.metrics['ping.delivery']?.value).toBeGreaterThan(0);
  });
});

async function bobIsThere(out: string): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    try {
      const path = join(onlyRun(join(out, 'pings')), 'processes.json');
      if (readFileSync(path, 'utf8').includes('"bob"')) return;
    } catch (error) {
      // No connection has been made yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
