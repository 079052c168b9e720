/** A watched run: what is kept, what is dropped and counted, and how a page resumes. @module */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  decodeLiveMessage,
  type LiveMessage,
  type LiveStreamPosition,
  readLiveRunStatus,
} from '../../../../viz/format/live-wire.ts';
import { LiveRun } from '../../../../viz/server/live-run.ts';
import { LiveViewer } from '../../../../viz/server/live-viewer.ts';
import { startVizServer, type VizServer } from '../../../../viz/server/server.ts';

const MEGABYTE = 1024 * 1024;
const NOTHING = new Uint8Array(0);
const BEGIN = { run: 'r', seed: 1, durationNs: 9e9, hasPackets: true, head: new Uint8Array(16) };

/** A page that reads only when the test tells it to. */
class FakePage {
  bufferedAmount = 0;
  readonly messages: LiveMessage[] = [];
  bytes = 0;

  send(bytes: Uint8Array): void {
    const message = decodeLiveMessage(bytes);
    if (typeof message === 'string') throw new Error(message);
    this.messages.push(message);
    this.bufferedAmount += bytes.length;
    this.bytes += bytes.length;
  }

  read(): void {
    this.bufferedAmount = 0;
  }

  of(kind: LiveMessage['kind']): number[] {
    return this.messages.filter((one) => one.kind === kind).flatMap(({ payload }) => [...payload]);
  }
}

function begun(): LiveRun {
  const run = new LiveRun('r', 7);
  run.begin(BEGIN);
  return run;
}

/** Adds one part to each lane: to the lasting one (one byte, its number) and to the packet lane. */
function addPart(run: LiveRun, number: number, packetBytes = 1): void {
  const lasting = Uint8Array.of(number);
  const packets = new Uint8Array(packetBytes).fill(number);
  run.add({ nowNs: number, lasting, packets, rows: 10, lostRows: 0 });
}

describe('a viewer', () => {
  it('that does not read costs a bounded number of bytes and is sent nothing more', () => {
    const run = begun();
    const page = new FakePage();
    const viewer = new LiveViewer(run, page, undefined);
    for (let number = 0; number < 200; number += 1) {
      addPart(run, number, MEGABYTE / 2);
      viewer.tick();
    }
    expect(page.bytes).toBeLessThan(3 * MEGABYTE);
    expect(run.packets.bytes).toBeLessThanOrEqual(8 * MEGABYTE);
  });

  it('that reads again gets all measurements, and hears how many packets it missed', () => {
    const run = begun();
    const page = new FakePage();
    const viewer = new LiveViewer(run, page, undefined);
    for (let number = 0; number < 100; number += 1) {
      addPart(run, number, MEGABYTE / 2);
      viewer.tick();
    }
    for (let tick = 0; tick < 40; tick += 1) {
      page.read();
      viewer.tick();
    }
    expect(page.of('lasting')).toEqual(Array.from({ length: 100 }, (_, number) => number));
    const shown = page.messages.filter(({ kind }) => kind === 'packets');
    const parts = shown.reduce((sum, { payload }) => sum + (payload.length * 2) / MEGABYTE, 0);
    expect(viewer.news.droppedFrames).toBe(100 - parts);
    expect(viewer.news.droppedRows).toBe(10 * (100 - parts));
    expect(viewer.news.droppedFrames).toBeGreaterThan(50);
  });

  it('that comes late gets the history from the beginning', () => {
    const run = begun();
    for (let number = 0; number < 50; number += 1) addPart(run, number);
    const page = new FakePage();
    new LiveViewer(run, page, undefined).tick();
    expect(page.messages[0]?.kind).toBe('head');
    expect(page.of('lasting')).toHaveLength(50);
    expect(page.of('packets')).toHaveLength(50);
  });

  it('that resumes gets what followed, once and without a gap', () => {
    const run = begun();
    for (let number = 0; number < 5; number += 1) addPart(run, number);
    const first = new FakePage();
    new LiveViewer(run, first, undefined).tick();
    const place = first.messages.at(-1) as LiveStreamPosition;
    for (let number = 5; number < 9; number += 1) addPart(run, number);
    const second = new FakePage();
    new LiveViewer(run, second, place).tick();
    expect(second.of('head')).toEqual([]);
    expect(second.of('lasting')).toEqual([5, 6, 7, 8]);
    expect(second.of('packets')).toEqual([5, 6, 7, 8]);
  });

  it('that was at another run begins anew', () => {
    const run = begun();
    addPart(run, 0);
    const page = new FakePage();
    new LiveViewer(run, page, { stream: 6, lasting: 1, packets: 1 }).tick();
    expect(page.of('head')).toHaveLength(16);
    expect(page.of('lasting')).toEqual([0]);
  });
});

describe('a report of what was measured so far', () => {
  const words = (text: string) => (): Uint8Array => new TextEncoder().encode(text);

  it('is sent when it is new, the last one to who did not read, and made once for all', () => {
    const run = begun();
    const [quick, slow] = [new FakePage(), new FakePage()];
    const viewers = [quick, slow].map((page) => new LiveViewer(run, page, undefined));
    slow.bufferedAmount = 2 * MEGABYTE;
    let made = 0;
    for (const text of ['one', 'two']) {
      run.measured(() => {
        made += 1;
        return words(text)();
      });
      for (const viewer of [...viewers, ...viewers]) viewer.tick();
    }
    slow.read();
    viewers[1]?.tick();
    expect(String.fromCharCode(...quick.of('report'))).toBe('onetwo');
    expect(String.fromCharCode(...slow.of('report'))).toBe('two');
    expect(made).toBe(2);
  });

  it('comes again to who resumes, and to who comes late', () => {
    const run = begun();
    addPart(run, 0);
    run.measured(words('one'));
    const first = new FakePage();
    new LiveViewer(run, first, undefined).tick();
    const place = first.messages.at(-1) as LiveStreamPosition;
    for (const from of [place, undefined]) {
      const page = new FakePage();
      new LiveViewer(run, page, from).tick();
      expect(String.fromCharCode(...page.of('report'))).toBe('one');
    }
  });
});

describe('the card of a run that is watched', () => {
  it('is there until the report of the run is written', () => {
    const run = new LiveRun('r', 1);
    expect(run.card).toMatchObject({ kind: 'live', name: 'r', phase: 'waiting' });
    run.begin(BEGIN);
    addPart(run, 5);
    expect(run.card).toMatchObject({ phase: 'running', nowNs: 5, durationNs: 9e9 });
    run.end();
    expect(run.card?.phase).toBe('ended');
    run.written('r/1');
    expect(run.card).toBeUndefined();
  });
});

describe('a run that is watched', () => {
  it('says so when it has too many measurements to keep, instead of leaving some out', () => {
    const run = new LiveRun('r', 1, { lastingMax: 100 });
    run.begin(BEGIN);
    const add = (bytes: number): void => {
      const lasting = new Uint8Array(bytes);
      run.add({ nowNs: 1, lasting, packets: NOTHING, rows: 0, lostRows: 0 });
    };
    add(90);
    add(20);
    add(5);
    expect(run.lasting.bytes).toBe(90);
    expect(run.news.trouble).toMatch(/nothing more is shown/);
  });
});

describe('the channel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-live-'));
  const page = join(folder, 'index.html');
  let server: VizServer | undefined;
  afterEach(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(live: LiveRun): Promise<string> {
    if (!existsSync(page)) writeFileSync(page, '<!doctype html>');
    server = await startVizServer({ page, runs: folder, host: '127.0.0.1', port: 0, live });
    return server.address;
  }

  it('tells a page how the run goes, refuses others, and closes long messages with 1009', async () => {
    const run = begun();
    addPart(run, 3);
    const address = await start(run);
    const url = `${address.replace('http', 'ws')}api/live`;
    const foreign = new WebSocket(url, { origin: 'http://example.org' });
    const refused = await new Promise((done) =>
      foreign.on('error', (error) => done(error.message)),
    );
    expect(refused).toMatch(/403/);
    const own = new WebSocket(url, { origin: address.slice(0, -1) });
    const messages: LiveMessage[] = [];
    await new Promise<void>((done) => {
      own.on('message', (bytes: Buffer) => {
        messages.push(decodeLiveMessage(new Uint8Array(bytes)) as LiveMessage);
        if (messages.some(({ kind }) => kind === 'news')) done();
      });
    });
    expect(messages.map(({ kind }) => kind)).toEqual(['head', 'lasting', 'packets', 'news']);
    const news = readLiveRunStatus(messages[3]?.payload ?? NOTHING);
    expect(news).toMatchObject({ phase: 'running', run: 'r', nowNs: 3, droppedFrames: 0 });
    own.send(new Uint8Array(64 * 1024 + 1));
    expect(await new Promise((done) => own.on('close', done))).toBe(1009);
    const asked = (await (await fetch(`${address}api/live`)).json()) as { readonly run: string };
    expect(asked.run).toBe('r');
  });
});
