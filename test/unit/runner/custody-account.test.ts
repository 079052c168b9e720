/**
 * The message account includes packets that bulk nodes store: after crashes of both ends, with torn
 * disks and erased stores, and with a receiver that silently loses packets.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { MessageTotals } from '../../../reports/model.ts';
import { load, run } from './fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const FILE: Overrides = { duration: '12s', 'traffic.0.bytes': '2MB', events: '[]' };
const STREAM: Overrides = {
  duration: '12s',
  events: '[]',
  traffic: '[{ from: sender, to: receiver, kind: poisson, rate: 60/s, size: 2000B }]',
};

function account(more: Overrides, seed = 1): MessageTotals {
  const { messages } = run(load('file-transfer-crashes.yaml', more), seed);
  if (messages === undefined) throw new Error('no account was kept');
  return messages;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);
const parts = ({ delivered, refused, givenUp, lost, open }: MessageTotals): number =>
  delivered + sum(refused) + givenUp + sum(lost) + open;
const every = (node: string, store: string): string =>
  `{ every: 2s, from: 1s, for: 300ms, crash: ${node}, store: ${store} }`;

describe('packets of bulk', () => {
  it('were not accounted for: what was taken over arrives, and the rest of a file is not asked for', () => {
    const totals = account(FILE);
    expect(totals).toMatchObject({ submitted: 200, delivered: 200, open: 0, lost: {} });
  });

  it('that the peer has not confirmed when the run ends are open, kept or waiting for room', () => {
    const gone = { ...STREAM, events: '[{ at: 8s, crash: receiver }]' };
    const totals = account(gone);
    expect(parts(totals)).toBe(totals.submitted);
    expect(totals.open).toBeGreaterThan(200);
    expect(totals.lost['node-crashed'] ?? 0).toBeLessThan(10);
  });

  it('for which there is no room are refused by name', () => {
    const gone = { ...STREAM, events: '[{ at: 3s, crash: receiver }]' };
    const totals = account(gone);
    // 256 packets are stored and 64 wait.
    expect(totals.open).toBe(320);
    expect(totals.refused['queue-full']).toBeGreaterThan(50);
    expect(parts(totals)).toBe(totals.submitted);
  });

  it.each(['synced', 'prefix', 'torn'])(
    'add up over crashes of both ends with a disk that is %s, file or not',
    (store) => {
      const events = `[${every('receiver', store)}, ${every('sender', store).replace('1s', '1900ms')}]`;
      for (let seed = 1; seed <= 4; seed += 1) {
        for (const base of [FILE, STREAM]) {
          const totals = account({ ...base, events }, seed);
          expect(parts(totals)).toBe(totals.submitted);
          expect(totals.delivered).toBeGreaterThan(100);
        }
      }
    },
  );

  it('that a sender forgets when it crashes are lost as node-crashed', () => {
    // Nothing is confirmed for half a second, so that there is something to forget.
    const events =
      '[{ at: 3s, for: 1s, crash: receiver }, { at: 3500ms, for: 300ms, crash: sender }]';
    const totals = account({ ...STREAM, events, 'options.sender.double': 'careless' });
    expect(totals.lost['node-crashed']).toBeGreaterThan(15);
    expect(totals.lost['node-crashed']).toBeLessThan(60);
    expect(parts(totals)).toBe(totals.submitted);
  });

  it('that arrive changed are lost as corrupted, and no more of them than arrived changed', () => {
    const totals = account({ ...FILE, 'options.receiver.double': 'flip' });
    expect(totals.lost).toEqual({ corrupted: 2 });
  });

  it('end their journeys with the reason', () => {
    const journeys: string[] = [];
    const scenario = load('file-transfer-crashes.yaml', {
      ...FILE,
      'options.receiver.double': 'flip',
    });
    run(scenario, 1, {
      recordings: { explain: 200 },
      onJourneys: (text) => journeys.push(...text.split('\n\n')),
    });
    const lost = journeys.filter((journey) => journey.includes('lost: corrupted'));
    expect(lost).toHaveLength(2);
    for (const journey of lost) expect(journey.trimEnd()).toMatch(/receiver +lost: corrupted$/);
  });

  it('that a receiver confirms and swallows break the account', () => {
    expect(() => account({ ...FILE, 'options.receiver.double': 'swallowing' })).toThrow(
      /messages do not add up: receiver holds 0, but 2 went in and did not come out/,
    );
  });
});
