import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import {
  type IncomingEffect,
  type IncomingInput,
  IncomingMachine,
} from '../../../../nodes/bulk/incoming.ts';
import { decodePacketNumber } from '../../../../nodes/bulk/wire.ts';

const MS = 1_000_000;
const MEMORY = new Uint8Array(8).fill(1);

/** A machine at instant 0, and how to speak with it; streams are named by letters. */
interface Incoming {
  readonly machine: IncomingMachine<string>;
  readonly step: (input: IncomingInput<string>) => string[];
  readonly greet: (stream: string, confirmed?: number, memory?: Uint8Array) => string[];
  readonly packet: (stream: string, number: number, bytes?: number) => string[];
  /** Fires the timer. */
  readonly retry: () => string[];
  /** What was written to the disk last. */
  readonly record: () => Uint8Array | undefined;
}

function makeIncoming(record?: Uint8Array): Incoming {
  const machine = new IncomingMachine<string>(record);
  let written: Uint8Array | undefined;
  const words = (effect: IncomingEffect<string>): string[] => {
    switch (effect.kind) {
      case 'write':
        return [`${effect.stream}: ${decodePacketNumber(effect.bytes)}`];
      case 'reset':
      case 'pause':
      case 'resume':
        return [`${effect.kind} ${effect.stream}`];
      case 'sync':
        written = effect.record;
        return [`note ${decodePacketNumber(effect.record.subarray(8))}`];
      case 'deliver':
        return [`deliver ${effect.packet[0]}`];
      case 'delivered':
        return [];
      case 'taken':
        return effect.how === 'dropped' ? [`leave ${effect.packet[0]}`] : [];
    }
  };
  const step = (input: IncomingInput<string>): string[] => machine.step(0, input).flatMap(words);
  const greet = (stream: string, confirmed = 0, memory: Uint8Array = MEMORY): string[] =>
    step({ kind: 'greeted', stream, hello: { memory, confirmed } });
  const packet = (stream: string, number: number, bytes = 1): string[] =>
    step({ kind: 'packet', stream, packet: new Uint8Array(bytes).fill(number) });
  const retry = (): string[] => machine.step(machine.nextAt(), TIMER_DUE).flatMap(words);
  return { machine, step, greet, packet, retry, record: (): Uint8Array | undefined => written };
}

describe('receiving packets from one peer', () => {
  it('delivers a packet when the disk knows, and confirms it then', () => {
    const { greet, packet, step } = makeIncoming();
    expect(greet('x')).toEqual(['x: 0']);
    expect(packet('x', 1)).toEqual(['note 1']);
    expect([...packet('x', 2), ...packet('x', 3)]).toEqual([]);
    expect(step({ kind: 'synced' })).toEqual(['deliver 1', 'x: 1', 'resume x', 'note 3']);
    expect(step({ kind: 'synced' })).toEqual(['deliver 2', 'deliver 3', 'x: 3', 'resume x']);
  });

  it('tries a disk that fails again after 50 ms, for all that came meanwhile', () => {
    const { machine, greet, packet, step, retry } = makeIncoming();
    greet('x');
    packet('x', 1);
    expect(step({ kind: 'sync-failed' })).toEqual([]);
    packet('x', 2);
    expect(machine.nextAt()).toBe(50 * MS);
    expect(retry()).toEqual(['note 2']);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(step({ kind: 'synced' })).toEqual(['deliver 1', 'deliver 2', 'x: 2', 'resume x']);
  });

  it('continues after a restart behind what the disk knows', () => {
    const before = makeIncoming();
    before.greet('x');
    before.packet('x', 1);
    before.step({ kind: 'synced' });
    const { machine, greet, packet } = makeIncoming(before.record());
    expect(machine.handed).toBe(1);
    expect(greet('y')).toEqual(['y: 1']);
    expect(packet('y', 2)).toEqual(['note 2']);
  });

  it('begins at 1 for a sender that has lost its memory', () => {
    const { machine, greet, packet, step } = makeIncoming();
    greet('x');
    packet('x', 1);
    step({ kind: 'synced' });
    expect(greet('y', 0, new Uint8Array(8).fill(2))).toEqual(['reset x', 'y: 0']);
    expect(machine.handed).toBe(0);
    expect(packet('y', 1)).toEqual(['note 1']);
  });

  it('confirms no less than what the sender knows, if its own disk has lost it', () => {
    expect(makeIncoming().greet('x', 7)).toEqual(['x: 7']);
  });

  it('leaves to the sender what a new stream repeats, and delivers what is being written', () => {
    const { machine, greet, packet, step } = makeIncoming();
    greet('x');
    packet('x', 1);
    packet('x', 2);
    expect(greet('y')).toEqual(['reset x', 'leave 2']);
    expect(machine.holding).toBe(1);
    expect(packet('x', 2)).toEqual([]);
    expect(step({ kind: 'synced' })).toEqual(['deliver 1', 'y: 1', 'resume y', 'note 1']);
    expect(step({ kind: 'synced' })).toEqual(['y: 1', 'resume y']);
  });

  it('confirms nothing on a stream that has ended', () => {
    const { greet, packet, step } = makeIncoming();
    greet('x');
    packet('x', 1);
    step({ kind: 'closed', stream: 'x' });
    expect(step({ kind: 'synced' })).toEqual(['deliver 1']);
  });

  it('keeps its stream when an earlier one ends late', () => {
    const { greet, packet, step } = makeIncoming();
    greet('x');
    greet('y');
    step({ kind: 'closed', stream: 'x' });
    expect(packet('y', 1)).toEqual(['note 1']);
  });

  it('confirms to a peer that reads nothing once it reads again, whatever came meanwhile', () => {
    const { greet, packet, step } = makeIncoming();
    greet('x');
    step({ kind: 'full', stream: 'x' });
    for (let number = 1; number <= 1_000; number += 1) {
      packet('x', number % 256);
      expect(step({ kind: 'synced' }).filter((word) => word.startsWith('x:'))).toEqual([]);
    }
    expect(step({ kind: 'drained', stream: 'x' })).toEqual(['x: 1000']);
    expect(greet('y')).toEqual(['reset x', 'y: 1000']);
    expect(step({ kind: 'drained', stream: 'x' })).toEqual([]);
  });

  it('pauses a stream that brings more packets before the disk has them than a sender keeps', () => {
    const { greet, packet, step } = makeIncoming();
    greet('x');
    packet('x', 1);
    for (let number = 2; number <= 256; number += 1) expect(packet('x', number)).toEqual([]);
    expect(packet('x', 257)).toEqual(['pause x']);
    expect(step({ kind: 'synced' })).toContain('resume x');
  });

  it('pauses a stream that brings more than 1 MiB before the disk has it', () => {
    const { greet, packet, step } = makeIncoming();
    greet('x');
    packet('x', 1);
    for (let number = 0; number < 15; number += 1) {
      expect(packet('x', 2, 65_536)).toEqual([]);
    }
    expect(packet('x', 2, 65_535)).toEqual([]);
    expect(packet('x', 3)).toEqual(['pause x']);
    expect(step({ kind: 'synced' })).toEqual(['deliver 1', 'x: 1', 'resume x', 'note 18']);
  });

  it('counts the mark of a withdrawn packet, and delivers nothing for it', () => {
    const { machine, greet, packet, step } = makeIncoming();
    greet('x');
    expect(packet('x', 1, 0)).toEqual(['note 1']);
    expect(machine.holding).toBe(0);
    // Not before the disk knows the mark: the sender would repeat it under another number.
    expect(greet('y')).toEqual(['reset x']);
    expect(step({ kind: 'synced' })).toEqual(['y: 1', 'resume y']);
    packet('y', 2);
    expect(step({ kind: 'synced' })).toEqual(['deliver 2', 'y: 2', 'resume y']);
    expect(machine.handed).toBe(2);
  });
});
