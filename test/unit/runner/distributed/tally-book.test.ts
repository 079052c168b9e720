import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../../../engine/measure/histogram.ts';
import { AgentTallies } from '../../../../runner/distributed/coordinator/agent-tallies.ts';
import { packHistogram } from '../../../../runner/distributed/messages/packed-histogram.ts';
import { liveWarnings } from '../../../../runner/worlds/live/live-meter.ts';
import { tallyOf } from './fixture.ts';

const counter = (value: number): { kind: 'counter'; value: number } => ({ kind: 'counter', value });

type Metrics = Parameters<typeof liveWarnings>[0];

describe('AgentTallies', () => {
  it('replaces what a process told before, and adds processes up', () => {
    const book = new AgentTallies();
    book.note(0, tallyOf({ events: 5, damaged: 1, refused: [1, 0] }));
    book.note(0, tallyOf({ events: 7, damaged: 2, refused: [2, 0] }));
    book.note(1, tallyOf({ events: 100, damaged: 1, refused: [0, 4], filesSent: [1] }));
    expect(book.events).toBe(107);
    expect(book.damaged).toBe(3);
    expect([book.refusedOf(0), book.refusedOf(1), book.refusedOf(2)]).toEqual([2, 4, 0]);
    expect([book.hasSentFile(0), book.hasSentFile(1)]).toEqual([false, true]);
  });

  it('counts what the kernel lost as the difference between written and received', () => {
    const book = new AgentTallies();
    const packets = { sent: 10, duplicated: 1, injected: 2, delivered: 0, inFlight: 1 };
    book.note(
      0,
      tallyOf({ written: 10, received: 2, packets: { ...packets, drops: { lossy: 3 } } }),
    );
    book.note(
      1,
      tallyOf({ written: 0, received: 5, unsent: 4, packets: { ...packets, drops: { lossy: 1 } } }),
    );
    expect(book.packets()).toEqual({
      sent: 20,
      duplicated: 2,
      injected: 4,
      delivered: 7,
      inFlight: 2,
      drops: { kernel: 3, lossy: 4, 'socket-closed': 4 },
    });
  });

  it('adds up what the verdict of a run in many processes has to warn of', () => {
    const book = new AgentTallies();
    book.note(0, tallyOf({ directStreams: 1, foreign: 2 }));
    book.note(1, tallyOf({ directStreams: 0, foreign: 3 }));
    const warnings = (one: AgentTallies, metrics: Metrics = {}): readonly string[] => {
      const { directStreams, foreign } = one;
      return liveWarnings(metrics, { directStreams, foreign, shape: 'links' });
    };
    expect(warnings(book)).toEqual([
      'streams bypass the links in this run: no delay, rate or fault affected them',
      '5 datagrams came from outside this run',
    ]);
    expect(warnings(new AgentTallies())).toEqual([]);
    const stalled = new AgentTallies();
    stalled.note(0, tallyOf({ stallNs: 20_000_000 }));
    expect(warnings(stalled, stalled.processMetrics(1))).toEqual([]);
    stalled.note(1, tallyOf({ stallNs: 160_000_000 }));
    expect(warnings(stalled, stalled.processMetrics(1))).toEqual([
      'a process did not run for 160 ms: neighbours may have considered it dead',
    ]);
  });

  it('names no loss of the kernel when a process died with what it had written', () => {
    const book = new AgentTallies();
    book.note(0, tallyOf({ written: 3, received: 0 }));
    book.note(1, tallyOf({ written: 0, received: 9 }));
    expect(book.packets().drops).toEqual({});
  });

  it('has the metrics of a node life by life, and those of other nodes apart', () => {
    const book = new AgentTallies();
    book.note(0, tallyOf({ metrics: { a: { x: counter(1) }, b: { x: counter(50) } } }));
    book.note(3, tallyOf({ metrics: { a: { x: counter(2) } } }));
    expect(book.metricsOf('a')).toEqual([{ x: counter(1) }, { x: counter(2) }]);
    expect(book.metricsOf('nobody')).toEqual([]);
  });

  it('forgets what dead processes told of the warm-up, but not their packets', () => {
    const book = new AgentTallies();
    book.note(0, tallyOf({ metrics: { a: { x: counter(1) } }, written: 4, received: 4 }));
    book.resetMetrics();
    expect(book.metricsOf('a')).toEqual([]);
    expect(book.packets().delivered).toBe(4);
  });

  it('R-010, R-011, R-242: states the memory of the largest process, the processor of all and of the busiest', () => {
    const lateness = new LogHistogram();
    lateness.record(1_000);
    const told = packHistogram(lateness.data());
    const book = new AgentTallies();
    book.note(
      0,
      tallyOf({ cpuUs: 10, wallUs: 100, memoryBytes: 100, receiveBufferBytes: 0, lateness: told }),
    );
    book.note(
      1,
      tallyOf({
        cpuUs: 30,
        wallUs: 100,
        memoryBytes: 300,
        receiveBufferBytes: 425_984,
        lateness: told,
      }),
    );
    book.note(
      2,
      tallyOf({ cpuUs: 20, wallUs: 100, memoryBytes: 200, receiveBufferBytes: 212_992 }),
    );
    const metrics = book.processMetrics(100);
    expect(metrics['live.cpu']).toEqual({ kind: 'ratio', numerator: 60, denominator: 100 });
    const busiest = { kind: 'ratio', numerator: 30, denominator: 100 };
    expect(metrics['live.process_cpu']).toEqual(busiest);
    expect(metrics['live.memory']).toEqual({ kind: 'gauge', value: 300 });
    expect(metrics['live.receive_buffer']).toEqual({ kind: 'gauge', value: 212_992 });
    expect(metrics['live.lateness']).toMatchObject({ kind: 'histogram', data: { count: 2 } });
  });

  it('counts the processor of loops once: each tells that of the whole process', () => {
    const book = new AgentTallies();
    book.note(0, tallyOf({ cpuUs: 150, wallUs: 100, memoryBytes: 70 }));
    book.note(1, tallyOf({ cpuUs: 160, wallUs: 100, memoryBytes: 80 }));
    const metrics = book.loopMetrics(100);
    expect(metrics['live.cpu']).toEqual({ kind: 'ratio', numerator: 160, denominator: 100 });
    expect(metrics['live.memory']).toEqual({ kind: 'gauge', value: 80 });
    expect(metrics).not.toHaveProperty('live.process_cpu');
  });

  it('sorts drops by name, whatever the order in which processes told them', () => {
    const book = new AgentTallies();
    book.note(1, tallyOf({ nodeDrops: { zebra: 1, ape: 1 } }));
    book.note(0, tallyOf({ nodeDrops: { ape: 2 } }));
    expect(Object.entries(book.nodeDrops())).toEqual([
      ['ape', 3],
      ['zebra', 1],
    ]);
  });

  it('has numbers for a run that nobody has told anything of', () => {
    const book = new AgentTallies();
    expect(book.packets()).toMatchObject({ sent: 0, delivered: 0, drops: {} });
    expect(book.processMetrics(1)['live.memory']).toEqual({ kind: 'gauge', value: 0 });
  });
});
