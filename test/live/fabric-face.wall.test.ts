/**
 * Applications of two nodes that run in processes of their own: the example of
 * docs/how-to/fabric-service.md, and what happens when an application, its node or a flag is wrong.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../tools/free-port.ts';
import {
  blockOf,
  CABLE,
  cleanUp,
  folder,
  onlyRun,
  orrery,
  pings,
  type Started,
  write,
} from './support.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/fabric-client/', import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 20 };
const MIB = 1_048_576;
const clients: ChildProcess[] = [];

afterAll(() => {
  for (const client of clients) client.kill('SIGKILL');
  cleanUp();
});

/** A node with its face. */
interface FacedNode {
  readonly started: Started;
  readonly address: string;
  readonly tokenFile: string;
}

/** Paths of the files of a run. */
interface Files {
  readonly topology: string;
  readonly deployment: string;
  readonly scenario: string;
}

/** The files of the how-to, on addresses of this process, with keys. */
async function deploy(name: string, n: number, port: number): Promise<Files> {
  const read = (file: string): string => readFileSync(join(FIXTURE, file), 'utf8');
  const pair = read('pair.yaml').replaceAll(
    /name: (alice|bob) \}/g,
    (_all, node) => `name: ${node}, address: BLOCK.${node === 'bob' ? 2 : 1} }`,
  );
  const topology = write(`${name}-pair.yaml`, pair, blockOf(n));
  const scenario = write(
    `${name}.yaml`,
    read('exchange.yaml').replace('./pair.yaml', `./${name}-pair.yaml`),
  );
  const deployment = write(
    `${name}-deployment.yaml`,
    read('deployment.yaml')
      .replace('7000', String(port))
      .replace('keys: keys', `keys: ${name}-keys`),
  );
  expect(await orrery('node', topology, '--new-keys', join(folder, `${name}-keys`)).ended).toBe(0);
  return { topology, deployment, scenario };
}

/** Starts a node with its face. */
async function faced(name: string, port: number | undefined, files: Files): Promise<FacedNode> {
  const address = `127.0.0.1:${port}`;
  const tokenFile = `${files.topology}.${name}.token`;
  const face = ['--fabric', address, '--fabric-token', tokenFile];
  const state = ['--state', `${files.topology}.state`];
  const words = ['--deployment', files.deployment, ...face, ...state];
  const started = orrery('node', files.topology, name, ...words);
  await started.says('face on');
  return { started, address, tokenFile };
}

/** A client of the how-to. */
function client(
  { address, tokenFile }: FacedNode,
  peer: string,
): {
  readonly say: (line: string) => void;
  readonly shows: (words: string) => Promise<void>;
} {
  const words = [join(FIXTURE, 'client.mjs'), address, tokenFile, peer];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  clients.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return {
    say: (line) => void child.stdin.write(`${line}\n`),
    shows: (line) => vi.waitFor(() => expect(text.split('\n')).toContain(line), PATIENCE),
  };
}

function headersOf({ tokenFile }: FacedNode): { readonly authorization: string } {
  return { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` };
}

/** Asks a face until its node is there. */
async function ask(node: FacedNode, path: string, body: string | Uint8Array): Promise<Response> {
  const url = `http://${node.address}${path}`;
  for (;;) {
    const response = await fetch(url, { method: 'POST', headers: headersOf(node), body });
    if (response.status !== 503) return response;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A subscriber that does what a test says. */
async function subscriber(node: FacedNode): Promise<{
  readonly socket: WebSocket;
  next(): Promise<Readonly<Record<string, unknown>>>;
}> {
  const socket = new WebSocket(`ws://${node.address}/subscribe`, { headers: headersOf(node) });
  const frames: string[] = [];
  socket.on('message', (frame) => frames.push(String(frame)));
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    socket,
    next: () =>
      vi.waitFor(() => {
        const frame = frames.shift();
        if (frame === undefined) throw new Error('no frame came');
        return JSON.parse(frame) as Readonly<Record<string, unknown>>;
      }, PATIENCE),
  };
}

describe('orrery node --fabric', () => {
  it('lets applications of two processes send and call, as the how-to shows', async () => {
    const [port = 0, ...faces] = await Promise.all(Array.from({ length: 3 }, freePort));
    const files = await deploy('apart', 71, port);
    const { deployment, scenario } = files;
    const out = join(folder, 'apart-runs');
    const live = orrery('live', scenario, '--deployment', deployment, '--out', out, '--no-trace');
    await live.says('waits at');
    const alice = await faced('alice', faces[0], files);
    const bob = await faced('bob', faces[1], files);
    expect((await fetch(`http://${alice.address}/send?to=bob`, { method: 'POST' })).status).toBe(
      401,
    );

    expect((await ask(bob, '/send?to=carol', 'x')).status).toBe(404);

    // A message that nobody takes is handed out again; nobody may take it meanwhile.
    const sent = ask(alice, '/send?to=bob&lifetime=60s', 'once');
    const first = await subscriber(bob);
    expect(await first.next()).toMatchObject({ from: 'alice', kind: 'message', again: false });
    first.socket.terminate();
    const second = await vi.waitFor(() => subscriber(bob), PATIENCE);
    const again = await second.next();
    expect([again['again'], Buffer.from(String(again['payload']), 'base64').toString()]).toEqual([
      true,
      'once',
    ]);
    second.socket.send(JSON.stringify({ taken: again['id'] }));
    expect(await (await sent).json()).toEqual({ outcome: 'ok' });

    // A call of 5 MiB comes back whole, and one that the application refuses is refused.
    const body = Uint8Array.from(
      { length: 5 * MIB },
      (_, index) => (index * 31 + (index >> 8)) & 255,
    );
    const called = ask(alice, '/call?to=bob&lifetime=60s', body);
    const { id, payload } = await second.next();
    second.socket.send(JSON.stringify({ answer: id, payload }));
    const reply = new Uint8Array(await (await called).arrayBuffer());
    expect(Buffer.compare(reply, body)).toBe(0);
    expect(await second.next()).toEqual({ of: id, outcome: 'ok' });
    const refused = ask(alice, '/call?to=bob&lifetime=60s', 'no');
    second.socket.send(JSON.stringify({ refuse: (await second.next())['id'] }));
    expect(await refused).toMatchObject({ status: 502 });
    expect((await ask(alice, '/send?to=carol', 'x')).status).toBe(404);
    second.socket.terminate();

    const atBob = client(bob, 'alice');
    const atAlice = client(alice, 'bob');
    atAlice.say('hello');
    await atBob.shows('alice: hello');
    await atAlice.shows('200 {"outcome":"ok"}');
    atAlice.say('how are you?');
    await atAlice.shows('200 HOW ARE YOU?');
    atBob.say('and you?');
    await atBob.shows('200 AND YOU?');

    const token = readFileSync(alice.tokenFile, 'utf8').trim();
    alice.started.child.kill('SIGTERM');
    expect(await alice.started.ended).toBe(0);
    expect(existsSync(alice.tokenFile)).toBe(false);
    await atAlice.shows('closed 1013 closing');
    live.child.kill('SIGINT');
    expect(await live.ended).toBe(130);
    expect(await bob.started.ended).toBe(0);
    for (const { started } of [alice, bob]) expect(started.stderr()).not.toContain(token);
    const { kpis } = JSON.parse(
      readFileSync(join(onlyRun(join(out, 'fabric-exchange')), 'report.json'), 'utf8'),
    );
    // One that was refused, and three that were answered, at both ends.
    expect(kpis).toMatchObject([
      { metric: 'fabric.handled', value: 4 },
      { metric: 'fabric.handled_twice', value: 0 },
    ]);
  });

  it('hands out again what was not taken when the node was killed, and nothing that was', async () => {
    const [port = 0, ...faces] = await Promise.all(Array.from({ length: 3 }, freePort));
    const files = await deploy('killed', 74, port);
    const scenario = write(
      'killed-crash.yaml',
      `${readFileSync(files.scenario, 'utf8')}events:\n  - { at: 6s, for: 300ms, crash: bob }\n`,
    );
    const out = join(folder, 'killed-runs');
    const { deployment } = files;
    const live = orrery('live', scenario, '--deployment', deployment, '--out', out, '--no-trace');
    await live.says('waits at');
    const alice = await faced('alice', faces[0], files);
    const bob = await faced('bob', faces[1], files);
    expect((await ask(bob, '/send?to=carol', 'x')).status).toBe(404);
    const before = await subscriber(bob);
    const taken = ask(alice, '/send?to=bob', 'taken');
    before.socket.send(JSON.stringify({ taken: (await before.next())['id'] }));
    expect((await taken).status).toBe(200);
    const open = ask(alice, '/send?to=bob', 'open');
    const handed = await before.next();
    expect(handed['again']).toBe(false);
    // By the scenario's crash, which is a kill of the process.
    await bob.started.ended;
    const returned = await faced('bob', faces[1], files);
    expect((await ask(returned, '/send?to=carol', 'x')).status).toBe(404);
    const after = await subscriber(returned);
    const again = await after.next();
    expect(again).toMatchObject({ id: handed['id'], again: true, payload: handed['payload'] });
    after.socket.send(JSON.stringify({ taken: again['id'] }));
    expect((await open).status).toBe(200);
    const last = ask(alice, '/send?to=bob', 'last');
    const next = await after.next();
    // It may say `again`: the disk knows only how far the node may have got before it was killed.
    expect(next['payload']).toBe(Buffer.from('last').toString('base64'));
    after.socket.send(JSON.stringify({ taken: next['id'] }));
    expect((await last).status).toBe(200);
    live.child.kill('SIGINT');
    expect(await live.ended).toBe(130);
  });

  it('refuses a node whose top protocol does not understand the requests, by name', async () => {
    const [port = 0, face = 0] = await Promise.all(Array.from({ length: 2 }, freePort));
    const topology = write('bare.yaml', CABLE, blockOf(72));
    const scenario = write('bare-pings.yaml', pings('bare.yaml', '60s'));
    const keys = join(folder, 'bare-keys');
    expect(await orrery('node', topology, '--new-keys', keys).ended).toBe(0);
    const at = `coordinator: 127.0.0.1:${port}\nkeys: bare-keys\n`;
    const more = ['--deployment', write('bare-deployment.yaml', at)];
    const live = orrery('live', scenario, ...more, '--out', join(folder, 'bare-runs'));
    await live.says('waits at');
    const bob = orrery('node', topology, 'bob', ...more);
    const tokenFile = join(folder, 'bare.token');
    const flags = ['--fabric', `127.0.0.1:${face}`, '--fabric-token', tokenFile];
    const alice = orrery('node', topology, 'alice', ...more, ...flags);
    expect(await alice.ended).toBe(1);
    const words = '--fabric needs fabric as the protocol on top of alice, which runs ping';
    expect(alice.stderr()).toContain(words);
    expect(existsSync(tokenFile)).toBe(false);
    expect(await live.ended).toBe(2);
    expect(live.stderr()).toContain(words);
    await bob.ended;
  });

  it.each([
    [['--fabric', '0.0.0.0:7480'], '0.0.0.0 is not a loopback address'],
    [['--fabric', '7480'], '--fabric: 7480 is not HOST:PORT'],
    [['--fabric-token', 'x.token'], 'there is no face without --fabric'],
  ])('refuses %j before it waits for anybody', async (flags, words) => {
    const { topology, deployment } = await deploy('flags', 73, 1);
    const node = orrery('node', topology, 'alice', '--deployment', deployment, ...flags);
    expect(await node.ended).toBe(2);
    expect(node.stderr()).toContain(words);
  });
});
