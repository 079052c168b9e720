/** A run in progress in the browser. @module */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderJson } from '../../reports/json.ts';
import { judgeRun } from '../../reports/judge.ts';
import { reportSoFar } from '../../reports/so-far.ts';
import type { BroadcastMessage } from '../../runner/recording/broadcast.ts';
import { makeJudgeInput } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import { type OpenedScenario, openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { LiveRun } from '../../viz/server/live-run.ts';
import { startVizServer, type VizServer } from '../../viz/server/server.ts';
import { ROOT } from '../architecture/files.ts';
import { runInput as finishedRun } from '../unit/reports/fixture.ts';
import { BrowserLab, PAGE_FILE, seriousFindings } from './support.ts';

let lab: BrowserLab;
let server: VizServer;
let live = new LiveRun('hello', 1);

/** The messages that a run sends to its viewers. */
function recorded(): BroadcastMessage[] {
  const registry = new ProtocolRegistry();
  const path = join(SHIPPED_FILE_FOLDERS.scenarios, 'hello.yaml');
  const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry });
  const { port1, port2: port } = new MessageChannel();
  const broadcast = { port, pending: new SharedArrayBuffer(4) };
  runSeed({ scenario, registry, seed: 1, recordings: { broadcast } });
  return taken(port1);
}

function taken(from: MessagePort): BroadcastMessage[] {
  const messages: BroadcastMessage[] = [];
  for (let one = receiveMessageOnPort(from); one !== undefined; ) {
    messages.push(one.message as BroadcastMessage);
    one = receiveMessageOnPort(from);
  }
  return messages;
}

function feed(messages: readonly BroadcastMessage[]): void {
  for (const message of messages) {
    if (message.kind === 'begin') live.begin(message);
    else if (message.kind === 'blocks') live.add(message);
    else if (message.kind === 'end') live.end();
  }
}

const DEMO = join(ROOT, 'viz/demo.yaml');

/** The demo's run up to its middle: a fault, and the measurements up to then. */
async function halfway(): Promise<{
  readonly messages: readonly BroadcastMessage[];
  readonly measured: (delivered: number) => void;
}> {
  const registry = new ProtocolRegistry();
  const loaded: OpenedScenario = await openScenario(DEMO, {}, registry);
  const { port1, port2: port } = new MessageChannel();
  const broadcast = { port, pending: new SharedArrayBuffer(4) };
  const { scenario } = loaded;
  const result = runSeed({ scenario, registry, seed: 1, recordings: { broadcast } });
  const report = reportSoFar(
    makeJudgeInput({ ...loaded, commit: 'c', reproduce: 'r' }, [result], 1_000),
  );
  const measured = (seconds: number): void =>
    live.measured(() =>
      new TextEncoder().encode(JSON.stringify({ ...report, virtualSeconds: seconds })),
    );
  const messages = taken(port1).filter(({ kind }) => kind !== 'end');
  return { messages, measured };
}

/** Pages of a run in progress, and the element that proves that they show something of it. */
const SHOWN = [
  ['runs', '[data-run=live] progress'],
  ['network', '[data-chart=network] figcaption strong'],
  ['failover', '[data-chart=failover] svg'],
  ['time', '[data-chart=tracks] svg'],
  ['latency', '[data-chart=latency-series] svg'],
  ['privacy', '[data-state=waiting] >> text=when the run has ended'],
  ['protocols', '[data-chart=protocol] svg'],
  ['compare', '[data-state=waiting] >> text=as soon as its report is written'],
  ['report', '[data-chart=report-latency] svg'],
] as const;

function serve(port: number, runs = '/nowhere'): Promise<VizServer> {
  return startVizServer({ page: PAGE_FILE, runs, host: '127.0.0.1', port, live });
}

beforeAll(async () => {
  lab = await BrowserLab.start();
  server = await serve(0);
});
afterAll(async () => {
  await server.close();
  await lab.stop();
});

describe('a run that goes on', () => {
  it('is waited for, shown, lost and taken up again, and ends', async () => {
    const messages = recorded();
    const { page, errors } = await lab.open(`${server.address}#run=live&page=network`);
    const state = page.locator('[data-state=waiting]');
    await state.waitFor();
    expect(await state.textContent()).toMatch(/Waiting for the run to begin/);
    feed(messages.filter(({ kind }) => kind === 'begin'));
    feed(messages.filter(({ kind }) => kind === 'blocks'));
    const bar = page.locator('.live-bar');
    await bar.filter({ hasText: /is at [0-9.]+ s of/ }).waitFor();
    await page.locator('[data-chart=network] figcaption strong').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const port = Number(new URL(server.address).port);
    await server.close();
    await bar.filter({ hasText: /Reconnecting, \d+ s; showing until/ }).waitFor();
    expect(await bar.getAttribute('data-live')).toBe('lost');
    server = await serve(port);
    live.written('hello/1');
    await bar.filter({ hasText: 'has ended' }).waitFor();
    const top = page.locator('header.top');
    await top.filter({ hasText: 'hellohas ended' }).waitFor();
    await top.getByRole('button', { name: 'Open the finished run' }).waitFor();
    // The browser itself logs that it could not connect.
    expect(errors.filter((text) => !text.includes('WebSocket'))).toEqual([]);
  });

  it.each([1280, 390])(
    'is said to go on until it ends, and then opened, at %i px',
    async (width) => {
      const { messages } = await halfway();
      await server.close();
      live = new LiveRun('demo', 10 + width);
      feed(messages);
      const runs = mkdtempSync(join(tmpdir(), 'orrery-live-'));
      mkdirSync(join(runs, 'ended/1'), { recursive: true });
      const report = judgeRun(finishedRun({ seeds: 1, slowdown: 1 }));
      writeFileSync(join(runs, 'ended/1/report.json'), renderJson(report));
      server = await serve(0, runs);
      const { page, errors } = await lab.open(`${server.address}#run=live&page=compare`, { width });
      const top = page.locator('header.top .what');
      const open = top.getByRole('button', { name: 'Open the finished run' });
      await top.filter({ hasText: 'demogoes on' }).waitFor();
      await page.getByRole('heading', { name: 'The run is in progress' }).waitFor();
      expect(await open.isVisible()).toBe(false);
      live.end();
      await top.filter({ hasText: 'has ended, its report is being written' }).waitFor();
      await page.getByRole('heading', { name: 'The run has ended' }).waitFor();
      expect(await open.isVisible()).toBe(false);
      live.written('ended/1');
      await open.waitFor();
      expect(await top.textContent()).toMatch(/^demohas endedOpen/);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      await page.evaluate(() => {
        location.hash = '#run=live&page=runs';
      });
      await open.click();
      await page.waitForFunction(() => location.hash.includes('run=ended/1&page=report'));
      await top.locator('.chip', { hasText: 'PASS' }).waitFor();
      rmSync(runs, { recursive: true });
      expect(errors).toEqual([]);
    },
  );

  it('stays shown when another run begins at its address, and says so', async () => {
    const messages = recorded().filter(({ kind }) => kind !== 'end');
    await server.close();
    live = new LiveRun('hello', 2);
    feed(messages);
    server = await serve(0);
    const { page } = await lab.open(`${server.address}#run=live&page=network`);
    const bar = page.locator('.live-bar');
    await bar.filter({ hasText: /is at/ }).waitFor();
    const port = Number(new URL(server.address).port);
    await server.close();
    live = new LiveRun('hello', 3);
    feed(messages);
    server = await serve(port);
    await bar.filter({ hasText: /Another run is in progress here now: reload the page/ }).waitFor();
  });

  it('shows on every page what there is so far, or what comes when', async () => {
    const { messages, measured } = await halfway();
    await server.close();
    live = new LiveRun('demo', 4);
    server = await serve(0);
    const { page, errors } = await lab.open(`${server.address}#run=live&page=report`, {
      width: 390,
    });
    await page.locator('[data-state=waiting]').waitFor();
    feed(messages);
    await page.locator('[data-state=waiting]', { hasText: 'The run is in progress' }).waitFor();
    measured(6);
    const note = page.locator('[data-state=so-far]');
    await note.filter({ hasText: 'Measured until 6.0 s' }).waitFor();
    expect(await page.locator('.verdict').textContent()).toMatch(/SO FAR.*so far/);
    for (const [name, proof] of SHOWN) {
      await page.evaluate((to) => {
        location.hash = `#run=live&page=${to}`;
      }, name);
      await page.locator(proof).first().waitFor();
      // The other pages need a finished run.
      if (['runs', 'compare', 'report'].includes(name)) {
        expect(await seriousFindings(page)).toEqual([]);
      }
    }
    // Every page says that the connection is lost, and so does the list of runs.
    const port = Number(new URL(server.address).port);
    await server.close();
    const lost = page.getByText(
      /Reconnecting, \d+ s; showing until|The list of runs could not be loaded/,
    );
    for (const [name] of SHOWN) {
      await page.evaluate((to) => {
        location.hash = `#run=live&page=${to}`;
      }, name);
      await lost.first().waitFor();
    }
    server = await serve(port);
    expect(errors.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text))).toEqual([]);
  });

  it('goes on with the numbers of a page until the reader works on it, and again when told', async () => {
    const { messages, measured } = await halfway();
    await server.close();
    live = new LiveRun('demo', 5);
    feed(messages);
    measured(6);
    server = await serve(0);
    const { page } = await lab.open(`${server.address}#run=live&page=latency`);
    const note = page.locator('[data-state=so-far]');
    await note.filter({ hasText: 'Measured until 6.0 s' }).waitFor();
    measured(7);
    await note.filter({ hasText: 'Measured until 7.0 s' }).waitFor();
    await page.getByRole('button', { name: 'Table' }).first().click();
    await page.locator('.live-page table').first().waitFor();
    measured(8);
    await page.waitForTimeout(2_500);
    expect(await note.textContent()).toContain('Measured until 7.0 s');
    await page.getByRole('button', { name: 'Follow' }).click();
    await note.filter({ hasText: 'Measured until 8.0 s' }).waitFor();
  });

  it('has a card that leads to it, and gives way to the finished run', async () => {
    const { messages } = await halfway();
    await server.close();
    live = new LiveRun('demo', 6);
    feed(messages);
    server = await serve(0);
    const { page } = await lab.open(`${server.address}#page=runs`);
    const card = page.locator('[data-run=live]');
    expect(await card.textContent()).toMatch(/RUNNING.*Seed 1 is at [0-9.]+ s of/s);
    await card.getByRole('button', { name: 'demo' }).click();
    await page.locator('.live-bar').filter({ hasText: /is at/ }).waitFor();
    await page.evaluate(() => {
      location.hash = '#page=runs';
    });
    await card.waitFor();
    live.written('demo/1');
    await card.waitFor({ state: 'detached' });
  });
});
