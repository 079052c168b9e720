/** Which clients may act on a run in progress, and what happens to invalid messages. @module */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  CONTROL_URL_PATH,
  type ControlOrder,
  type ControlReply,
  type ControlState,
  type InjectedFault,
  readOrder,
} from '../../../../viz/format/control-wire.ts';
import type { LiveGetResponse } from '../../../../viz/format/live-wire.ts';
import type { LiveCard, RunIndex } from '../../../../viz/format/run-card.ts';
import type { ControlHandler } from '../../../../viz/server/control-channel.ts';
import { LiveRun } from '../../../../viz/server/live-run.ts';
import { startVizServer, type VizServer } from '../../../../viz/server/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-control-'));
const page = join(folder, 'index.html');
const servers: VizServer[] = [];

class FakeHandler implements ControlHandler {
  readonly obeyed: ControlOrder[] = [];
  readonly faults: InjectedFault[] = [];
  readonly state: Omit<ControlState, 'refused'> = {
    ...{ phase: 'open', kinds: [{ kind: 'set' }], speed: null, faults: this.faults },
  };
  onChange = (): void => undefined;

  obey(order: ControlOrder): Promise<ControlReply> {
    this.obeyed.push(order);
    return Promise.resolve({ kind: 'done', number: order.number });
  }
}

async function serve(host: string, control?: ControlHandler, live?: LiveRun): Promise<string> {
  const more = {
    ...(control === undefined ? {} : { control }),
    ...(live === undefined ? {} : { live }),
  };
  const server = await startVizServer({ page, runs: folder, host, port: 0, ...more });
  servers.push(server);
  return new URL(server.address).port;
}

/** A client, the messages that it received, and how its connection ended. */
class Caller {
  readonly heard: ControlReply[] = [];
  readonly #socket: WebSocket;
  readonly opened: Promise<boolean>;

  constructor(port: string, origin: string | undefined = `http://127.0.0.1:${port}`) {
    const headers = origin === undefined ? {} : { origin };
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}${CONTROL_URL_PATH}`, { headers });
    this.#socket.on('message', (data) => this.heard.push(JSON.parse(String(data))));
    this.opened = new Promise((resolve) => {
      this.#socket.on('open', () => resolve(true));
      this.#socket.on('error', () => resolve(false));
    });
  }

  say(message: string | Uint8Array): void {
    this.#socket.send(message);
  }

  /** The answers, once there are as many as `count`. */
  async answer(count: number): Promise<readonly ControlReply[]> {
    while (this.heard.length < count) {
      await new Promise((resolve) => this.#socket.once('message', resolve));
    }
    return this.heard;
  }
}

const order = (number: number, more: object): string => JSON.stringify({ number, ...more });

beforeAll(() => writeFileSync(page, '<!doctype html>'));
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a run that goes on is listed with the number of faults that pages injected', async () => {
  const handler = new FakeHandler();
  const port = await serve('127.0.0.1', handler, new LiveRun('r', 1));
  const injected = async (): Promise<unknown> => {
    const get = async (path: string): Promise<unknown> =>
      (await fetch(`http://127.0.0.1:${port}/api/${path}`)).json();
    const { cards } = (await get('runs')) as RunIndex;
    return [((await get('live')) as LiveGetResponse).injected, (cards[0] as LiveCard).injected];
  };
  expect(await injected()).toEqual([0, 0]);
  handler.faults.push({ id: 'palette-1', text: 'down', beginNs: 1 });
  expect(await injected()).toEqual([1, 1]);
});

describe('the socket that acts on a run', () => {
  it('is for pages of this server only, and only where a run goes on', async () => {
    const port = await serve('127.0.0.1', new FakeHandler());
    expect(await new Caller(port).opened).toBe(true);
    expect(await new Caller(port, 'http://evil.example').opened).toBe(false);
    expect(await new Caller(port, '').opened).toBe(false);
    expect(await new Caller(await serve('127.0.0.1')).opened).toBe(false);
  });

  it('is not there where others than this machine can come', async () => {
    const port = await serve('0.0.0.0', new FakeHandler());
    expect(await new Caller(port).opened).toBe(false);
  });

  it('names what is wrong with a message, counts it, and obeys the others', async () => {
    const handler = new FakeHandler();
    const caller = new Caller(await serve('127.0.0.1', handler));
    await caller.opened;
    caller.say('rubbish');
    caller.say(order(1, { kind: 'inject', event: { hold: 'x'.repeat(9_000) } }));
    caller.say(new Uint8Array([1, 2, 3]));
    caller.say(order(2, { kind: 'inject', event: { link: 'a--b', hold: true } }));
    const heard = await caller.answer(8);
    const names = heard.flatMap((one) => (one.kind === 'refused' ? [one.name] : []));
    expect(names).toEqual(['not-json', 'too-long', 'not-text']);
    expect(heard.at(-1)).toEqual({ kind: 'done', number: 2 });
    const states = heard.flatMap((one) => (one.kind === 'state' ? [one.state.refused] : []));
    expect(states.at(-1)).toEqual({ 'not-json': 1, 'too-long': 1, 'not-text': 1 });
    expect(handler.obeyed).toEqual([
      { kind: 'inject', number: 2, event: { link: 'a--b', hold: true } },
    ]);
  });

  it('is told of changes that follow each other fast once, and of the last one in any case', async () => {
    const handler = new FakeHandler();
    const caller = new Caller(await serve('127.0.0.1', handler));
    await caller.opened;
    for (let number = 1; number <= 1_000; number += 1) {
      handler.faults.push({ id: `fault-${number}`, text: 'down', beginNs: number });
      handler.onChange();
    }
    await vi.waitFor(() => {
      const last = caller.heard.at(-1);
      expect(last?.kind === 'state' && last.state.faults.length).toBe(1_000);
    });
    expect(caller.heard.length).toBeLessThanOrEqual(20);
  });

  it('takes so many orders in a second and no more', async () => {
    const handler = new FakeHandler();
    const caller = new Caller(await serve('127.0.0.1', handler));
    await caller.opened;
    for (let number = 1; number <= 30; number += 1) caller.say(order(number, { kind: 'export' }));
    // States that follow each other too fast for a page are told once.
    await vi.waitFor(() => {
      expect(caller.heard.filter(({ kind }) => kind !== 'state')).toHaveLength(30);
    });
    expect(handler.obeyed.length).toBeLessThanOrEqual(20);
    const refused = caller.heard.filter((one) => one.kind === 'refused');
    expect(refused.every(({ name }) => name === 'too-many')).toBe(true);
    expect(refused.length + handler.obeyed.length).toBe(30);
  });
});

describe('an order', () => {
  it.each([
    ['[]', 'not-json'],
    ['{}', 'no-number'],
    [order(-1, { kind: 'export' }), 'no-number'],
    [order(1, { kind: 'run' }), 'unknown-kind'],
    [order(1, { kind: 'inject', event: [] }), 'no-event'],
    [order(1, { kind: 'pace', speed: -1 }), 'bad-speed'],
    [order(1, { kind: 'pace', speed: '1' }), 'bad-speed'],
    [order(1, { kind: 'status', node: 3 }), 'no-node'],
  ])('is refused by name: %s', (text, name) => {
    expect(readOrder(text)).toMatchObject({ kind: 'refused', name });
  });

  it('is read', () => {
    expect(readOrder(order(3, { kind: 'pace', speed: null, more: 1 }))).toEqual({
      ...{ kind: 'pace', number: 3, speed: null },
    });
    const status = { kind: 'status', node: 'alice' };
    expect(readOrder(order(4, status))).toEqual({ ...status, number: 4 });
  });
});
