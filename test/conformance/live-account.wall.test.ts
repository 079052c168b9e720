/**
 * Message accounts (ADR 0028) in both worlds: the same scenario balances in virtual time and
 * on real sockets, also after crashes, and a node that swallows messages breaks the balance in
 * both.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  countUnaccountedMessages,
  MESSAGE_CONSERVATION_INVARIANT,
} from '../../reports/messages.ts';
import type { MessageTotals } from '../../reports/model.ts';
import type { Report } from '../../reports/report-schema.ts';
import { runLive } from '../../runner/run/live-run.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { PORT_BLOCK } from '../port-block.ts';
import { live, orderOf, quickMixnet, registry } from './on-sockets.ts';

type Overrides = Readonly<Record<string, string>>;

function scenario(path: string, overrides: Overrides): Scenario {
  const folders = { scenarios: 'scenarios', topologies: 'topologies' };
  return loadScenario({ path, folders, overrides, registry });
}

/** A scenario with gateways on ports of this process. */
function gateways(more: Overrides): Scenario {
  return scenario('failover.yaml', {
    duration: '6s',
    warmup: '2s',
    'traffic.0.rate': '100/s',
    events: '[{ at: 3s, for: 500ms, crash: gateway-211 }]',
    'topology.defaults.link.loss': '1%',
    'topology.addressPlan': 'ports',
    'topology.portBase': PORT_BLOCK,
    ...more,
  });
}

/** A scenario with bulk nodes on addresses of this process. */
function bulk(more: Overrides): Scenario {
  return scenario('file-transfer-crashes.yaml', {
    duration: '5s',
    traffic: '[{ from: sender, to: receiver, kind: constant, rate: 50/s, size: 2000B }]',
    events: '[{ at: 1s, for: 300ms, crash: receiver }, { at: 2s, for: 300ms, crash: sender }]',
    'topology.addressPlan': 'ports',
    'topology.portBase': PORT_BLOCK,
    ...more,
  });
}

function sim(of: Scenario): MessageTotals {
  const { messages } = runSeed({ scenario: of, registry, seed: 1 });
  if (messages === undefined) throw new Error('no account was kept');
  return messages;
}

async function brokenLive(of: Scenario): Promise<string> {
  return JSON.stringify(await runLive(orderOf(of)));
}

function accountOf({ messages, invariants }: Report): MessageTotals {
  if (messages === undefined) throw new Error('no account was kept');
  const verdict = invariants.find(({ name }) => name === MESSAGE_CONSERVATION_INVARIANT);
  expect(verdict?.pass).toBe(true);
  return messages;
}

describe('messages in both worlds', () => {
  it('that gateways carry add up over a crash and losses of links, with the same reasons', async () => {
    const one = gateways({});
    const accounts = [sim(one), accountOf(await live(one))];
    for (const account of accounts) {
      expect(account.submitted).toBeGreaterThan(300);
      expect(countUnaccountedMessages(account)).toBe(0);
      expect(Object.keys(account.lost)).toEqual(expect.arrayContaining(['loss', 'node-down']));
      expect(account.delivered).toBeGreaterThan(account.submitted / 2);
    }
  });

  it('that bulk keeps add up over crashes of both ends', async () => {
    const one = bulk({});
    for (const account of [sim(one), accountOf(await live(one))]) {
      expect(countUnaccountedMessages(account)).toBe(0);
      // 50 messages a second for five seconds, except those during the second or so in which a node
      // was down.
      expect(account.delivered).toBeGreaterThan(200);
      expect(account.refused['node-down']).toBeGreaterThan(5);
    }
  });

  it('that a gateway swallows break the account', async () => {
    const double = gateways({
      duration: '4s',
      events: '[]',
      'options.gateway-211.double': 'swallowing',
    });
    expect(() => sim(double)).toThrow(/messages do not add up: message \d+ .* is nowhere/);
    expect(await brokenLive(double)).toMatch(/messages do not add up: message \d+ .* is nowhere/);
  });

  it('that a receiver confirms and swallows break the account', async () => {
    const double = bulk({ events: '[]', 'options.receiver.double': 'swallowing' });
    expect(() => sim(double)).toThrow(/messages do not add up: receiver holds 0, but 2 went in/);
    expect(await brokenLive(double)).toMatch(/messages do not add up: receiver holds 0, but 2/);
  });

  it('that mixes carry live are not tracked, and the report says why', async () => {
    const mixnet = scenario('mixnet.yaml', { ...quickMixnet('1s'), duration: '2s', warmup: '1s' });
    const { messages, messagesUntracked } = await live(mixnet);
    expect(messages).toBeUndefined();
    expect(messagesUntracked).toContain('a node of a live run does not reveal');
  });
});
