import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import { Outbox } from '../../../../nodes/bulk/outbox.ts';
import {
  type OutgoingEffect,
  type OutgoingInput,
  OutgoingMachine,
} from '../../../../nodes/bulk/outgoing.ts';
import { encodePacket } from '../../../../nodes/bulk/wire.ts';
import { drawingLeast } from '../../../fixtures/drawing-least.ts';

const MS = 1_000_000;

/** A machine at instant 0, and how to speak with it. */
interface Outgoing {
  readonly machine: OutgoingMachine<string>;
  readonly memory: Map<string, Uint8Array>;
  readonly step: (input: OutgoingInput<string>, now?: number) => string[];
  readonly request: (name: string, lifetimeNs?: number, bytes?: number) => string[];
  /** Fires the next timer; returns its instant, ms, and the effects. */
  readonly fire: () => [number, string[]];
}

function makeOutgoing(memory = new Map<string, Uint8Array>()): Outgoing {
  const store = {
    get: (key: string): Uint8Array | undefined => memory.get(key),
    put: (key: string, value: Uint8Array): void => {
      memory.set(key, value.slice());
    },
  };
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const outbox = new Outbox({ store, peer: 'b', randomBytes, now: 0 });
  const machine = new OutgoingMachine<string>(outbox, drawingLeast);
  const step = (input: OutgoingInput<string>, now = 0): string[] =>
    machine.step(now, input).flatMap(words);
  const request = (name: string, lifetimeNs = Number.POSITIVE_INFINITY, bytes = 1): string[] =>
    step({
      kind: 'request',
      bytes: encodePacket(new Uint8Array(bytes).fill(name.length)),
      lifetimeNs,
      request: name,
    });
  const fire = (): [number, string[]] => {
    const at = machine.nextAt();
    return [at / MS, machine.step(at, TIMER_DUE).flatMap(words)];
  };
  return { machine, memory, step, request, fire };
}

/** An effect in words; those for counters and the account of messages are left out. */
function words(effect: OutgoingEffect<string>): string[] {
  switch (effect.kind) {
    case 'respond':
      return [`${effect.request}: ${effect.outcome}`];
    case 'write':
      return [`write ${effect.bytes.length}`];
    case 'way':
      return [`way ${effect.way}`];
    case 'drop':
      return [effect.reason];
    case 'count':
    case 'accepted':
    case 'settled':
      return [];
    default:
      return [effect.kind];
  }
}

/** A machine whose stream is open, after one packet that the peer has not confirmed. */
function makeOpen(): Outgoing {
  const outgoing = makeOutgoing();
  outgoing.request('one');
  outgoing.step({ kind: 'synced' });
  outgoing.step({ kind: 'opened' });
  outgoing.step({ kind: 'room' });
  outgoing.step({ kind: 'confirmed', number: 0 });
  return outgoing;
}

describe('sending packets to one peer', () => {
  it('answers a packet when it is on disk, and sends it after the peer has said from where', () => {
    const { request, step } = makeOutgoing();
    expect(request('one')).toEqual(['sync']);
    expect(step({ kind: 'synced' })).toEqual(['one: ok', 'connect']);
    expect(step({ kind: 'opened' })).toEqual(['write 14']);
    expect(step({ kind: 'room' })).toEqual([]);
    expect(step({ kind: 'confirmed', number: 0 })).toEqual(['way open', 'write 5']);
    expect(step({ kind: 'room' })).toEqual([]);
    expect(step({ kind: 'confirmed', number: 1 })).toEqual([]);
    expect(step({ kind: 'closed' })).toEqual(['way closed']);
  });

  it('combines what is asked for during a write of the disk into the next one', () => {
    const { request, step } = makeOutgoing();
    expect(request('one')).toEqual(['sync']);
    expect([...request('two'), ...request('three')]).toEqual([]);
    expect(step({ kind: 'synced' })).toEqual(['one: ok', 'connect', 'sync']);
    expect(step({ kind: 'synced' })).toEqual(['two: ok', 'three: ok']);
  });

  it('tries a disk that fails again after 50 ms, with all that came meanwhile, and loses nothing', () => {
    const { machine, request, step, fire } = makeOutgoing();
    request('one');
    expect(step({ kind: 'sync-failed' }, 3 * MS)).toEqual([]);
    request('two');
    expect(fire()).toEqual([53, ['sync']]);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(step({ kind: 'synced' }, 60 * MS)).toEqual(['one: ok', 'two: ok', 'connect']);
  });

  it('gives a full stream nothing until it has drained', () => {
    const { request, step } = makeOpen();
    request('two');
    step({ kind: 'synced' });
    expect(step({ kind: 'full' })).toEqual([]);
    request('three');
    expect(step({ kind: 'synced' })).toEqual(['three: ok']);
    expect(step({ kind: 'drained' })).toEqual(['write 5']);
    expect(step({ kind: 'room' })).toEqual(['write 5']);
    expect(step({ kind: 'room' })).toEqual([]);
  });

  it('waited for ever on a stream that the peer had given up: it is reset after a minute', () => {
    const { step, fire } = makeOpen();
    for (const [atMs, againMs] of [
      [60_000, 60_025],
      [120_025, 120_075],
      [180_075, 180_175],
    ] as const) {
      expect(fire()).toEqual([atMs, ['reset']]);
      step({ kind: 'closed' }, atMs * MS);
      expect(fire()).toEqual([againMs, ['connect']]);
      step({ kind: 'opened' }, againMs * MS);
    }
    // Once the peer has spoken and has everything, nothing is waited for.
    step({ kind: 'room' }, 181_000 * MS);
    step({ kind: 'confirmed', number: 1 }, 181_000 * MS);
    expect(fire()[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it('opens a stream that failed again after half the wait at least, which doubles up to 2 s', () => {
    const { step, fire } = makeOpen();
    expect(step({ kind: 'closed' })).toEqual(['way closed']);
    const waitsMs = Array.from({ length: 8 }, () => {
      const [atMs, effects] = fire();
      expect(effects).toEqual(['connect']);
      step({ kind: 'closed' }, atMs * MS);
      return atMs;
    }).map((atMs, index, all) => atMs - (all[index - 1] ?? 0));
    expect(waitsMs).toEqual([25, 50, 100, 200, 400, 800, 1000, 1000]);
  });

  it('begins with the short wait again once a peer has answered', () => {
    const { step, fire } = makeOpen();
    step({ kind: 'closed' });
    fire();
    step({ kind: 'closed' }, 25 * MS);
    expect(fire()).toEqual([75, ['connect']]);
    step({ kind: 'opened' }, 75 * MS);
    step({ kind: 'confirmed', number: 0 }, 75 * MS);
    step({ kind: 'closed' }, 75 * MS);
    expect(fire()).toEqual([100, ['connect']]);
  });

  it('opens no stream when nothing is left to send', () => {
    const { machine, step } = makeOpen();
    step({ kind: 'confirmed', number: 1 });
    expect(machine.holding).toBe(0);
    step({ kind: 'closed' });
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('sends on a new stream what the peer has not delivered, and only that', () => {
    const { request, step, fire } = makeOpen();
    step({ kind: 'room' });
    request('two', undefined, 9);
    step({ kind: 'synced' });
    step({ kind: 'closed' });
    fire();
    step({ kind: 'opened' });
    expect(step({ kind: 'confirmed', number: 1 })).toEqual(['way open', 'write 13']);
  });

  it('ends a stream whose peer confirms what was never sent', () => {
    const { machine, step } = makeOpen();
    expect(step({ kind: 'confirmed', number: 2 })).toEqual(['bad-number', 'reset']);
    expect(machine.open).toBe(1);
  });

  it('sends after a restart what its memory holds, and continues its numbers', () => {
    const before = makeOpen();
    before.request('two', undefined, 9);
    const { machine, request, step } = makeOutgoing(before.memory);
    expect(step({ kind: 'start' })).toEqual(['connect']);
    expect(machine.open).toBe(2);
    request('three', undefined, 99);
    step({ kind: 'synced' });
    step({ kind: 'opened' });
    expect(step({ kind: 'confirmed', number: 2 })).toEqual(['way open', 'write 103']);
    expect(step({ kind: 'confirmed', number: 3 })).toEqual([]);
    expect(machine.open).toBe(0);
  });

  it('has nothing to do after a start without memory', () => {
    expect(makeOutgoing().step({ kind: 'start' })).toEqual([]);
  });

  it('lets 64 packets wait for room, refuses the next, and ends lifetimes of what waits alone', () => {
    const { machine, request, fire } = makeOutgoing();
    for (let index = 0; index < 256; index += 1) request('kept', 5 * MS);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
    request('short', 5 * MS);
    for (let index = 0; index < 62; index += 1) request('long', 8 * MS);
    expect(request('endless')).toEqual([]);
    expect(request('late')).toEqual(['late: queue-full']);
    expect(machine.holding).toBe(320);
    expect(fire()).toEqual([5, ['short: lifetime-over']]);
    expect(fire()).toEqual([8, new Array(62).fill('long: lifetime-over')]);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(machine.holding).toBe(257);
  });

  it('withdraws what is on disk and not sent when its lifetime is over, after a write', () => {
    const { machine, request, step, fire } = makeOpen();
    request('brief', 5 * MS);
    request('lasting', 60 * MS);
    step({ kind: 'room' });
    step({ kind: 'synced' }, 2 * MS);
    // `brief` was given to the stream, which is full now.
    step({ kind: 'full' }, 2 * MS);
    request('short', 5 * MS);
    step({ kind: 'synced' }, 3 * MS);
    step({ kind: 'synced' }, 3 * MS);
    expect(machine.holding).toBe(4);
    expect(fire()).toEqual([5, ['sync']]);
    expect(machine.holding).toBe(4);
    expect(step({ kind: 'synced' }, 6 * MS)).toEqual(['lifetime-over']);
    expect(machine.holding).toBe(3);
    expect(step({ kind: 'drained' }, 7 * MS)).toEqual(['write 5']);
    expect(step({ kind: 'room' }, 7 * MS)).toEqual(['write 4']);
    expect(step({ kind: 'room' }, 7 * MS)).toEqual([]);
    expect(step({ kind: 'confirmed', number: 4 }, 8 * MS)).toEqual([]);
    expect([machine.open, machine.holding]).toEqual([0, 0]);
  });

  it('sends no mark for a withdrawn packet before the disk knows it', () => {
    const { request, step, fire } = makeOpen();
    request('short', 5 * MS);
    step({ kind: 'full' });
    step({ kind: 'synced' });
    expect(fire()).toEqual([5, ['sync']]);
    expect(step({ kind: 'drained' }, 5 * MS)).toEqual([]);
    expect(step({ kind: 'sync-failed' }, 6 * MS)).toEqual([]);
    expect(fire()).toEqual([56, ['sync']]);
    expect(step({ kind: 'synced' }, 57 * MS)).toEqual(['lifetime-over', 'write 4']);
  });

  it('withdraws what a broken stream may have brought once the peer has said that it did not', () => {
    for (const [arrived, effects] of [
      [1, ['sync', 'way open']],
      [2, ['way open']],
    ] as const) {
      const { machine, request, step, fire } = makeOpen();
      request('sent', 5 * MS);
      step({ kind: 'room' });
      step({ kind: 'synced' });
      step({ kind: 'closed' }, 1 * MS);
      expect(fire()).toEqual([5, []]);
      expect(fire()).toEqual([26, ['connect']]);
      step({ kind: 'opened' }, 27 * MS);
      expect(step({ kind: 'confirmed', number: arrived }, 30 * MS)).toEqual(effects);
      expect(machine.holding).toBe(2 - arrived);
    }
  });

  it('counts a lifetime anew after a restart, when the peer has said what it has', () => {
    const { memory, request, step } = makeOutgoing();
    request('brief', 5.5 * MS);
    request('endless');
    step({ kind: 'synced' });
    const after = makeOutgoing(memory);
    expect(after.step({ kind: 'start' })).toEqual(['connect']);
    expect(after.machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
    after.step({ kind: 'opened' }, 6 * MS);
    expect(after.step({ kind: 'confirmed', number: 0 }, 6 * MS)).toEqual(['sync', 'way open']);
    expect(after.step({ kind: 'synced' }, 6 * MS)).toEqual(['lifetime-over', 'write 4']);
    expect(after.step({ kind: 'room' }, 6 * MS)).toEqual(['write 5']);
    const later = makeOutgoing(memory);
    later.step({ kind: 'start' });
    expect(later.machine.holding).toBe(1);
  });

  it('keeps its stream open for marks alone, so that the peer follows the numbers', () => {
    const { machine, request, step, fire } = makeOutgoing();
    request('short', 5 * MS);
    step({ kind: 'synced' });
    step({ kind: 'closed' }, 1 * MS);
    expect(fire()).toEqual([5, ['sync']]);
    step({ kind: 'synced' }, 6 * MS);
    expect(machine.holding).toBe(0);
    expect(fire()).toEqual([26, ['connect']]);
    step({ kind: 'closed' }, 27 * MS);
    expect(fire()).toEqual([77, ['connect']]);
  });

  it('ends its stream when it stops, refuses what waits, and tries no more', () => {
    const { machine, request, step } = makeOpen();
    for (let index = 0; index < 255; index += 1) request('kept');
    request('waiting', 5 * MS);
    expect(step({ kind: 'stop' })).toEqual(['end', 'waiting: stopped']);
    expect(step({ kind: 'closed' })).toEqual([]);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });
});
