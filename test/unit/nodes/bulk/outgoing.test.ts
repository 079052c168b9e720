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
  const outbox = new Outbox({ store, peer: 'b', randomBytes, isCareless: false });
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

  it('ends its stream when it stops, refuses what waits, and tries no more', () => {
    const { machine, request, step } = makeOpen();
    for (let index = 0; index < 255; index += 1) request('kept');
    request('waiting', 5 * MS);
    expect(step({ kind: 'stop' })).toEqual(['end', 'waiting: stopped']);
    expect(step({ kind: 'closed' })).toEqual([]);
    expect(machine.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });
});
