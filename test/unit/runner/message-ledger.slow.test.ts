/**
 * The account of messages inside nodes: after crashes of every role, for many seeds, and with nodes
 * that silently lose messages.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { MessageTotals, SeedResult } from '../../../reports/model.ts';
import { load, run } from './fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const SMALL: Overrides = {
  crypto: 'modelled',
  duration: '20s',
  warmup: '3s',
  'topology.generate.clients': '4',
  'topology.generate.width': '2',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 100ms }',
  traffic: `[
    { from: client-1, to: client-2, kind: poisson, rate: 4/s, size: 200B },
    { from: client-3, to: client-4, kind: poisson, rate: 1/s, size: 5000B },
  ]`,
};
const OFF: Overrides = { 'options.mixnet.client.acknowledgements.enabled': 'false' };
const every = (node: string): string => `{ every: 3s, from: 5s, for: 300ms, crash: ${node} }`;

function result(more: Overrides, seed = 1): SeedResult {
  return run(load('mixnet.yaml', { ...SMALL, ...more }), seed);
}

function account(more: Overrides, seed = 1): MessageTotals {
  const { messages } = result(more, seed);
  if (messages === undefined) throw new Error('no account was kept');
  return messages;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);
const parts = ({ delivered, refused, givenUp, lost, open }: MessageTotals): number =>
  delivered + sum(refused) + givenUp + sum(lost) + open;

describe('messages of a mixnet', () => {
  it('that nobody lost are delivered, refused before there was a document, or open at the end', () => {
    const totals = account({ ...OFF });
    expect(totals.submitted).toBeGreaterThan(60);
    expect(parts(totals)).toBe(totals.submitted);
    expect(totals.lost).toEqual({});
    expect(Object.keys(totals.refused)).toEqual(
      totals.refused['no-document'] ? ['no-document'] : [],
    );
    // The run continues for a second after the last message, and mixes hold no message that long.
    expect(totals.open).toBe(0);
  });

  it('that the end of the run finds in mixes and spools are open', () => {
    const slow = { 'options.mixnet.client.retrieve': '{ interval: 3s, law: fixed }' };
    const totals = account({ ...OFF, ...slow });
    expect(totals.open).toBeGreaterThan(0);
    expect(parts(totals)).toBe(totals.submitted);
  });

  it('end their journeys with the reason', () => {
    const events = `[${every('mix-2-1')}, ${every('mix-1-1')}]`;
    const journeys: string[] = [];
    const recordings = { explain: 60 };
    run(load('mixnet.yaml', { ...SMALL, ...OFF, events }), 1, {
      recordings,
      onJourneys: (text) => journeys.push(...text.split('\n\n')),
    });
    const crashed = journeys.filter((journey) => journey.includes('lost: node-crashed'));
    expect(crashed.length).toBeGreaterThan(0);
    for (const journey of crashed) {
      expect(journey.trimEnd().split('\n').at(-1)).toMatch(/mix-[12]-1 +lost: node-crashed$/);
    }
  });

  it('inside mixes that crash vanished without count or reason: they are lost as node-crashed', () => {
    const totals = account({ ...OFF, events: `[${every('mix-2-1')}, ${every('mix-1-1')}]` });
    expect(parts(totals)).toBe(totals.submitted);
    expect(totals.lost['node-crashed']).toBeGreaterThan(0);
    // The others reached a node that was down or had no document yet.
    const known = ['node-crashed', 'node-down', 'no-document'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(totals.lost)));
  });

  it.each(['provider-1', 'client-1', 'client-2', 'client-4'])(
    'add up over crashes of %s',
    (node) => {
      for (const more of [{}, OFF]) {
        const totals = account({ ...more, events: `[${every(node)}]` });
        expect(parts(totals)).toBe(totals.submitted);
      }
    },
  );

  it('add up for twenty seeds with crashes of every role and links that lose packets', () => {
    const events = ['mix-2-1', 'provider-2', 'client-1', 'client-4'].map(every).join(', ');
    const reasons = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const totals = account(
        {
          ...(seed % 2 === 0 ? OFF : {}),
          duration: '12s',
          events: `[${events}]`,
          'topology.defaults.link.loss': '2%',
          'topology.defaults.link.duplicate': '1%',
        },
        seed,
      );
      expect(parts(totals)).toBe(totals.submitted);
      for (const reason of Object.keys(totals.lost)) reasons.add(reason);
    }
    expect([...reasons]).toEqual(expect.arrayContaining(['loss', 'node-crashed', 'node-down']));
  });

  it('that were given up by their sender are counted as such', () => {
    const totals = account({
      duration: '40s',
      'options.mixnet.client.acknowledgements': '{ tries: 1, slop: 100ms }',
      'options.mixnet.double': 'lossy',
      'traffic.0.stop': '10s',
      'traffic.1.stop': '10s',
    });
    expect(totals.givenUp).toBeGreaterThan(0);
    expect(parts(totals)).toBe(totals.submitted);
  });

  it('name the reasons for which their node refused them', () => {
    const totals = account({ 'options.mixnet.client.queue': '1' });
    expect(totals.refused['send-queue-full']).toBeGreaterThan(0);
  });

  it('are not accounted for where protocols say nothing of them, and the run says so', () => {
    const { messages, messagesUntracked } = run(load('hello.yaml', { duration: '2s' }));
    expect(messages).toBeUndefined();
    expect(messagesUntracked).toBe('protocol ping does not report them');
  });

  it.each(['mix-2-1', 'provider-1'])(
    'that %s swallows without a word break the account',
    (node) => {
      const swallowing = { ...OFF, [`options.${node}.double`]: 'swallowing' };
      expect(() => result(swallowing)).toThrow(new RegExp(`messages do not add up: ${node} `));
    },
  );
});
