/**
 * The client machine in a small mixnet (docs/spec/mixnet.md, "Traffic" and "Clients and
 * providers").
 */
import { describe, expect, it } from 'vitest';
import { erlangTail } from '../../../../../nodes/mixnet/client/erlang.ts';
import { ksStatistic } from '../../../../../reports/statistics/goodness-of-fit.ts';
import { Lab, MS, SECOND } from './lab.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => at - times[index]!);
}

describe('messages', () => {
  for (const crypto of ['modelled', 'node'] as const) {
    for (const topology of ['stratified', 'cascade', 'free-route'] as const) {
      it(`arrive once and are acknowledged by SURB: ${crypto}, ${topology}`, () => {
        const lab = new Lab({ crypto, topology });
        expect(lab.submit(1, 'client-2', bytes('hello'))).toEqual({ message: 0 });
        lab.run(4 * SECOND);
        expect(lab.client(2).delivered.map(({ from, text }) => [from, text])).toEqual([
          ['client-1', 'hello'],
        ]);
        expect(lab.client(1).settled.get(0)).toBe('acknowledged');
        expect([...lab.drops]).toEqual([]);
        expect([...lab.client(1).drops, ...lab.client(2).drops]).toEqual([]);
      });
    }
  }

  it('longer than a packet are cut and put together again', () => {
    const lab = new Lab();
    const text = 'abcdefghij'.repeat(100);
    lab.submit(1, 'client-2', bytes(text));
    lab.submit(1, 'client-2', bytes(''));
    lab.run(20 * SECOND);
    expect(
      lab
        .client(2)
        .delivered.map((one) => one.text)
        .sort(),
    ).toEqual(['', text]);
    expect(lab.client(1).settled.size).toBe(2);
  });

  it('between clients of one provider take the same kind of path', () => {
    const lab = new Lab({ clients: 3 });
    lab.submit(1, 'client-3', bytes('neighbour'));
    lab.run(4 * SECOND);
    expect(lab.client(3).delivered).toHaveLength(1);
  });

  it('are refused by name: no contact, no room, too long', () => {
    const lab = new Lab({ client: { queue: 2, reassembly: { fragments: 3 } } });
    const { drops } = lab.client(1);
    expect(lab.submit(1, 'nobody', bytes('x'))).toEqual({ refusal: 'contact-unknown' });
    expect(lab.submit(1, 'client-2', new Uint8Array(1000))).toEqual({
      refusal: 'message-too-long',
    });
    lab.submit(1, 'client-2', bytes('one'));
    lab.submit(1, 'client-2', bytes('two'));
    expect(lab.submit(1, 'client-2', bytes('three'))).toEqual({ refusal: 'send-queue-full' });
    expect([...drops.keys()].sort()).toEqual([
      'contact-unknown',
      'message-too-long',
      'send-queue-full',
    ]);
  });

  it('are repeated until they are given up, with a new packet each time', () => {
    const acknowledgements = { tries: 3, slop: '100ms', factor: 1 };
    const lab = new Lab({ loss: 1, client: { cover: false, acknowledgements } });
    lab.submit(1, 'client-2', bytes('lost'));
    lab.run(20 * SECOND);
    expect(lab.client(1).sent).toEqual({ payload: 3 });
    expect(lab.client(1).settled.get(0)).toBe('abandoned');
    expect(lab.client(1).drops.get('message-abandoned')).toBe(1);
    expect(lab.client(1).machine.counts.messages.open).toBe(0);
  });

  it('are sent once and settled at once where no acknowledgement is asked for', () => {
    const lab = new Lab({ client: { acknowledgements: { enabled: false } } });
    lab.submit(1, 'client-2', bytes('postcard'));
    lab.run(4 * SECOND);
    expect(lab.client(1).settled.get(0)).toBe('sent');
    expect(lab.client(2).delivered).toHaveLength(1);
    expect(lab.client(2).sent['ack']).toBeUndefined();
  });
});

describe('a whole message', () => {
  it('is held until its name is durable, and only then delivered and acknowledged', () => {
    const tookNs = 3 * SECOND;
    const lab = new Lab({ disk: () => ({ tookNs }), client: { acknowledgements: { slop: '9s' } } });
    lab.submit(1, 'client-2', bytes('hello'));
    lab.run(2.9 * SECOND);
    expect(lab.client(2).delivered).toEqual([]);
    expect(lab.client(2).machine.holding).toBe(1);
    lab.run(8 * SECOND);
    expect(lab.client(2).delivered).toHaveLength(1);
    expect(lab.client(2).delivered[0]?.at).toBeGreaterThan(tookNs);
    expect(lab.client(2).machine.holding).toBe(0);
    expect(lab.client(1).settled.get(0)).toBe('acknowledged');
  });

  it('whose name the disk refused is delivered when its sender repeats it', () => {
    const error = 'disk full';
    const lab = new Lab({
      disk: (now) => (now < SECOND ? { error } : {}),
      client: { acknowledgements: { slop: '100ms', factor: 1 } },
    });
    lab.submit(1, 'client-2', bytes('hello'));
    lab.run(SECOND);
    expect(lab.client(2).delivered).toEqual([]);
    expect(lab.client(2).drops.get('delivered-log-failed')).toBe(1);
    lab.run(20 * SECOND);
    expect(lab.client(2).delivered).toHaveLength(1);
    expect(lab.client(1).settled.get(0)).toBe('acknowledged');
  });
});

describe('stop-and-go windows', () => {
  it('stand in every packet, reply and loop, and honest packets meet them', () => {
    // Five links of 1 ms; a reply may take as long as its sender waits for it.
    const lab = new Lab({ windowNs: 6 * MS, rates: { lambdaM: 0.002 } });
    lab.submit(1, 'client-2', bytes('in time'));
    lab.run(10 * SECOND);
    expect(lab.windows.met).toBe(lab.delaysMs.length);
    expect(lab.client(1).settled.get(0)).toBe('acknowledged');
  });

  it('are missed where the links are slower than the windows allow', () => {
    const lab = new Lab({ windowNs: 2 * MS });
    lab.run(10 * SECOND);
    expect(lab.windows.missed / lab.delaysMs.length).toBeGreaterThan(0.2);
  });
});

describe('traffic', () => {
  it('R-181: goes out at the same instants whether the client has something to say or not', () => {
    const idle = new Lab();
    const busy = new Lab();
    for (let count = 0; count < 400; count++) {
      busy.submit(1, 'client-2', bytes(`message ${count}`));
    }
    idle.run(60 * SECOND);
    busy.run(60 * SECOND);
    expect(busy.client(1).sendTimes).toEqual(idle.client(1).sendTimes);
    // The receiver answers each message, and its link does not show that either.
    expect(busy.client(2).sendTimes).toEqual(idle.client(2).sendTimes);
    expect(busy.client(2).sent['ack']).toBeGreaterThan(300);
    expect(idle.client(1).sent['payload']).toBeUndefined();
    expect(busy.client(1).sent['payload']).toBeGreaterThan(300);
  });

  it('goes out at other instants from the shipped double that speaks at once', () => {
    const client = { double: 'chatty' };
    const idle = new Lab({ client });
    const busy = new Lab({ client });
    busy.submit(1, 'client-2', bytes('now'));
    idle.run(2 * SECOND);
    busy.run(2 * SECOND);
    expect(busy.client(1).sendTimes).not.toEqual(idle.client(1).sendTimes);
    expect(busy.client(2).delivered).toHaveLength(1);
  });

  it('R-180: is Poisson at the sum of the three rates', () => {
    const lab = new Lab({ clients: 1 });
    lab.run(150 * SECOND);
    const found = gaps(lab.client(1).sendTimes).sort((a, b) => a - b);
    const meanMs = 1 / (0.01 + 0.002 + 0.002);
    const distance = ksStatistic(found, (x) => 1 - Math.exp(-x / MS / meanMs));
    expect(found.length).toBeGreaterThan(1800);
    // The critical distance 1.63 / sqrt(n), for p = 0.01.
    expect(distance).toBeLessThan(1.63 / Math.sqrt(found.length));
  });

  it('without cover is silent when there is nothing to say', () => {
    const lab = new Lab({ client: { cover: false } });
    lab.run(10 * SECOND);
    expect(lab.client(1).sendTimes).toEqual([]);
  });

  it('asks for Exp(mu) at every hop but the last, in whole milliseconds', () => {
    const lab = new Lab({ clients: 4 });
    lab.run(40 * SECOND);
    const found = lab.delaysMs.map((ms, index) => ms - ((index * 0.618) % 1)).sort((a, b) => a - b);
    const distance = ksStatistic(found, (x) => 1 - Math.exp(-x / 50));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(found.length));
  });
});

describe('loops', () => {
  it('come back, with the age that their delays add up to', () => {
    const lab = new Lab({ clients: 1, client: { retrieve: { interval: '1ms', law: 'fixed' } } });
    lab.run(100 * SECOND);
    const { loops } = lab.client(1).machine.counts;
    expect(loops.returned).toBeGreaterThan(150);
    expect(loops.sent).toBe(loops.returned + loops.open);
    const transit = 7 * MS;
    const ages = lab
      .client(1)
      .loopAges.map((age) => age - transit)
      .sort((a, b) => a - b);
    const distance = ksStatistic(ages, (age) => 1 - erlangTail(4, age / (50 * MS)));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(ages.length));
  });

  it('raise the alarm of the client when its provider keeps them', () => {
    const lab = new Lab({
      isBlocked: (node, now) => node === 'provider-1' && now > 20 * SECOND,
    });
    lab.run(20 * SECOND);
    expect(lab.client(1).overdue).toBe(0);
    lab.run(60 * SECOND);
    expect(lab.client(1).overdue).toBeGreaterThan(5);
    expect(lab.client(1).alarms).toBe(1);
    expect(lab.client(1).machine.isAlarmed).toBe(true);
  });

  it('of a mix come back from around the layers', () => {
    for (const topology of ['stratified', 'cascade', 'free-route'] as const) {
      const lab = new Lab({ topology, rates: { lambdaM: 0.002, lambdaG: 0.002 } });
      lab.run(20 * SECOND);
      for (const { loops } of lab.nodes.values()) {
        expect(loops.counts.overdue).toBe(0);
        expect(loops.counts.returned).toBeGreaterThan(20);
      }
      expect([...lab.drops]).toEqual([]);
      expect(lab.alarms).toEqual([]);
    }
  });

  it('of a mix betray who keeps its inputs from it', () => {
    const lab = new Lab({
      rates: { lambdaM: 0.002 },
      isBlocked: (node, now) => node === 'mix-2-1' && now > 20 * SECOND,
    });
    lab.run(30 * SECOND);
    expect(lab.alarms.map(({ node }) => node)).toContain('mix-2-1');
    expect(lab.alarms.every(({ at }) => at > 20 * SECOND)).toBe(true);
  });
});
