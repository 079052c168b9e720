/** A run in the browser while it goes on. @module */
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/registry.ts';
import type { BroadcastMessage } from '../../scenarios/runner/broadcast.ts';
import { PROJECT_FOLDERS } from '../../scenarios/runner/folders.ts';
import { runSeed } from '../../scenarios/runner/run-seed.ts';
import { LiveRun } from '../../viz/server/live-run.ts';
import { startVizServer, type VizServer } from '../../viz/server/server.ts';
import { BrowserLab, PAGE_FILE, seriousFindings } from './support.ts';

let lab: BrowserLab;
let server: VizServer;
let live = new LiveRun('hello', 1);

/** What a run sends to those who watch it. */
function recorded(): BroadcastMessage[] {
  const registry = new ProtocolRegistry();
  const path = join(PROJECT_FOLDERS.scenarios, 'hello.yaml');
  const scenario = loadScenario({ path, folders: PROJECT_FOLDERS, registry });
  const { port1, port2: port } = new MessageChannel();
  const broadcast = { port, pending: new SharedArrayBuffer(4) };
  runSeed({ scenario, registry, seed: 1, recordings: { broadcast } });
  const messages: BroadcastMessage[] = [];
  for (let one = receiveMessageOnPort(port1); one !== undefined; ) {
    messages.push(one.message as BroadcastMessage);
    one = receiveMessageOnPort(port1);
  }
  return messages;
}

function feed(messages: readonly BroadcastMessage[]): void {
  for (const message of messages) {
    if (message.kind === 'begin') live.begin(message);
    else if (message.kind === 'blocks') live.add(message);
    else live.end();
  }
}

function serve(port: number): Promise<VizServer> {
  return startVizServer({ page: PAGE_FILE, runs: '/nowhere', host: '127.0.0.1', port, live });
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
    await page.getByRole('button', { name: 'Open the finished run' }).waitFor();
    // The browser itself writes down that it could not connect.
    expect(errors.filter((text) => !text.includes('WebSocket'))).toEqual([]);
  });

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
    await bar.filter({ hasText: /Another run goes on here now: load the page again/ }).waitFor();
  });
});
