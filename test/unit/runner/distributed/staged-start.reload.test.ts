/**
 * A fleet of many processes: only a few start at the same time, and none after one has died or the
 * run was ended.
 */
import { availableParallelism } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { fromHex } from '../../../../nodes/_kit/bytes.ts';
import { dialChannel } from '../../../../runner/distributed/channel/dial.ts';
import type { AgentReport } from '../../../../runner/distributed/messages/messages.ts';
import type { AgentHandleListener } from '../../../../runner/distributed/processes/agent-handle.ts';
import type { AgentStartLine } from '../../../../runner/distributed/processes/agent-start-line.ts';
import type { ProcessFleet } from '../../../../runner/distributed/processes/process-fleet.ts';

const listeners: AgentHandleListener[] = [];
/** The arguments with which each process was started, by node. */
const starts = new Map<string, AgentStartLine>();

vi.mock('../../../../runner/distributed/processes/prepared-agents.ts', () => ({
  prepareAgentPrograms: () => Promise.resolve({ dispose: (): void => undefined }),
}));
vi.mock('../../../../runner/distributed/processes/agent-child.ts', () => ({
  startChild: (_program: object, start: AgentStartLine, listener: AgentHandleListener): object => {
    listeners.push(listener);
    starts.set(start.hosts.join(), start);
    return { noun: 'process', ended: Promise.resolve(), hasEnded: true, kill: () => undefined };
  },
}));

// Another test file in this worker may have loaded the fleet with the real processes.
vi.resetModules();
const { ProcessFleet: Fleet } = await import(
  '../../../../runner/distributed/processes/process-fleet.ts'
);

const AT_ONCE = 4 * availableParallelism();
/** Only a machine that has stopped keeps these waits from ending. */
const WAIT = { timeout: 50_000, interval: 5 };
const key = new Uint8Array(32).fill(7);
const names = Array.from({ length: AT_ONCE + 5 }, (_, index) => `node-${index}`);
let fleet: ProcessFleet;

function open(signal?: AbortSignal): Promise<void> {
  fleet = new Fleet({
    groups: names.map((name) => [name]),
    key,
    entry: 'file:///nothing',
    onReport: (): void => undefined,
    onGone: (): void => undefined,
    ...(signal === undefined ? {} : { signal }),
  });
  return fleet.open();
}

async function comesForward(name: string): Promise<void> {
  const start = await vi.waitFor(
    () => starts.get(name) ?? expect.fail(`${name} was not started`),
    WAIT,
  );
  const keys = { key: fromHex(start.key), listener: fromHex(start.coordinator) };
  const channel = await dialChannel({ host: '127.0.0.1', port: fleet.port, ...keys });
  channel.send({ type: 'hello', hosts: [name], pid: 4_711 } satisfies AgentReport);
}

const expectStarted = (count: number): Promise<void> =>
  vi.waitFor(() => expect(fleet.agents).toHaveLength(count), WAIT);

afterEach(async () => {
  await fleet.close(100);
  listeners.length = 0;
});

it('a hundred processes that started together kept each other from answering in time: each that comes lets another start', async () => {
  const opened = open();
  await expectStarted(AT_ONCE);
  await comesForward('node-0');
  await expectStarted(AT_ONCE + 1);
  for (const name of names.slice(1, 5)) await comesForward(name);
  await opened;
  expect(fleet.agents).toHaveLength(names.length);
}, 60_000);

it('starts none behind one that died', async () => {
  const opened = open();
  await expectStarted(AT_ONCE);
  listeners[3]?.onEnd('exit 1');
  await opened;
  expect(fleet.agents).toHaveLength(AT_ONCE);
  expect(fleet.hasLostOne).toBe(true);
}, 60_000);

it('starts none after Ctrl-C', async () => {
  const controller = new AbortController();
  const opened = open(controller.signal);
  await expectStarted(AT_ONCE);
  controller.abort();
  await opened;
  expect(fleet.agents).toHaveLength(AT_ONCE);
}, 60_000);
