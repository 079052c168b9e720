/**
 * The calls that nodes make for message accounts (ADR 0028): the same calls with the same
 * arguments in every world, also after crashes.
 *
 * @module
 */
import { expect } from 'vitest';
import type { MessageObserver, Protocol } from '../../../engine/host/protocol.ts';
import { packetAccountKey } from '../../../nodes/bulk/account.ts';
import { protocol as bulk } from '../../../nodes/bulk/index.ts';
import type { Driver } from './drivers.ts';
import { NodeBench } from './node-bench.ts';
import type { NodeCase } from './node-cases.ts';

const TEXTS = ['one', 'two'];

/**
 * Records the calls and the host that made each. Numbers of messages become texts derived from
 * them.
 */
class Listener {
  readonly calls: string[] = [];

  of(host: string): MessageObserver {
    const note = (call: string, ...what: readonly unknown[]): void => {
      this.calls.push([host, call, ...what].join(' '));
    };
    return {
      accepted: (message): void => note('accepted', textOf(message)),
      settled: (message, how): void => note('settled', textOf(message), how),
      taken: (copy, how): void => note('taken', textOf(copy), how),
      kept: (key, copy): void => note('kept', key, copy),
      released: (copy): void => note('released', copy),
      created: (key): void => note('created', key),
      arrived: (key): void => note('arrived', key),
      departed: (inKey, outKey): void => note('departed', inKey, outKey),
      ended: (key, how): void => note('ended', key, how),
    };
  }
}

function textOf(number: number): string {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return TEXTS.find((text) => packetAccountKey(bytes(text)) === number) ?? `unknown ${number}`;
}

async function runBulkAccount(driver: Driver): Promise<void> {
  const listener = new Listener();
  const bench = new NodeBench(driver, {
    protocol: bulk as unknown as Protocol,
    options: { port: 7_008, secure: 'none' },
    hosts: ['sender', 'receiver'],
    links: [['sender', 'receiver']],
    observerOf: (host): MessageObserver => listener.of(host),
  });
  const { calls } = listener;
  expect((await bench.ask('sender', 'send', 'receiver', 'one')).outcome).toBe('ok');
  await driver.until(() => calls.length === 4, 'the first packet is confirmed');
  driver.act(() => driver.world.crash('receiver', 'synced'));
  expect((await bench.ask('sender', 'send', 'receiver', 'two')).outcome).toBe('ok');
  expect(bench.holding('sender')).toBe(1);
  // After the restart, the node finds the packet on its disk and reports it under the same number.
  bench.restart('sender');
  expect(bench.holding('sender')).toBe(1);
  bench.restart('receiver');
  await driver.until(() => calls.length === 9, 'the second packet is confirmed');
  expect(calls).toEqual([
    'sender accepted one',
    'receiver taken one held',
    'receiver taken one delivered',
    'sender settled one acknowledged',
    'sender accepted two',
    'sender accepted two',
    'receiver taken two held',
    'receiver taken two delivered',
    'sender settled two acknowledged',
  ]);
  expect(bench.holding('sender')).toBe(0);
  expect(bench.holding('receiver')).toBe(0);
  await bench.close();
}

async function runBulkFinished(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: bulk as unknown as Protocol,
    options: { port: 7_008, secure: 'none', expects: 2 },
    hosts: ['sender', 'receiver'],
    links: [['sender', 'receiver']],
  });
  await bench.ask('sender', 'send', 'receiver', 'one');
  await driver.until(() => bench.delivered.length === 1, 'the first packet arrives');
  expect(bench.finished).toEqual([]);
  await bench.ask('sender', 'send', 'receiver', 'two');
  await driver.until(() => bench.finished.length === 1, 'the receiver has what it expects');
  await bench.ask('sender', 'send', 'receiver', 'three');
  await driver.until(() => bench.delivered.length === 3, 'it goes on as before');
  expect(bench.finished).toEqual(['receiver']);
  // After the restart it knows from its disk that it was done.
  bench.restart('receiver');
  expect(bench.finished).toEqual(['receiver', 'receiver']);
  bench.restart('sender');
  expect(bench.finished).toHaveLength(2);
  await bench.close();
}

/** The cases, in the same form as those of the throw-away nodes. */
export const accountCases: readonly NodeCase[] = [
  {
    id: 'account of bulk',
    says: 'both ends tell what they keep by one number, over crashes, and how many they hold',
    protocol: bulk as unknown as Protocol,
    run: runBulkAccount,
  },
  {
    id: 'end of bulk',
    says: 'a receiver is finished with the packets that it expects, and again after a restart',
    protocol: bulk as unknown as Protocol,
    run: runBulkFinished,
  },
];
