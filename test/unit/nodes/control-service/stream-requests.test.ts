/** Requests on the stream of a host that asks faster than it reads. */
import { describe, expect, it } from 'vitest';
import { STREAM_OPEN_MAX, STREAM_WAITING_MAX } from '../../../../nodes/control-service/geometry.ts';
import {
  type AnswerCallback,
  StreamRequests,
} from '../../../../nodes/control-service/stream-requests.ts';
import { decodeSegmentFrame } from '../../../../nodes/scion/index.ts';

/** A host at the other end of a stream with room for some answers. */
class SlowHost {
  room = 3;
  isPaused = false;
  readonly got: number[] = [];
  /** Of requests that were handed over and have no answer yet. */
  readonly open: AnswerCallback[] = [];
  made = 0;
  readonly requests = new StreamRequests(
    {
      setPaused: (isPaused): void => {
        this.isPaused = isPaused;
      },
      write: (bytes): 'sent' | 'full' => {
        this.got.push(decodeSegmentFrame(bytes, 0, bytes.length).request);
        this.room -= 1;
        return this.room > 0 ? 'sent' : 'full';
      },
    },
    (_, done) => void this.open.push(done),
  );

  ask(first: number, count: number): boolean {
    return Array.from({ length: count }, (_, at) =>
      this.requests.take(first + at, new Uint8Array(1)),
    ).every(Boolean);
  }

  answerAll(): void {
    for (const done of this.open.splice(0)) {
      done(() => {
        this.made += 1;
        return new Uint8Array(4);
      });
    }
  }

  drain(room: number): void {
    this.room = room;
    this.requests.drained();
  }
}

const range = (end: number): number[] => Array.from({ length: end }, (_, at) => at);

describe('the requests of a host that does not read', () => {
  it('had answers queued without end: those beyond the room of the stream are not made', () => {
    const host = new SlowHost();
    expect(host.ask(0, 10)).toBe(true);
    expect([host.open.length, host.isPaused]).toEqual([10, false]);
    host.answerAll();
    expect([host.made, host.got, host.isPaused]).toEqual([3, [0, 1, 2], true]);
    host.drain(2);
    expect([host.made, host.got, host.isPaused]).toEqual([5, range(5), true]);
    host.drain(100);
    expect([host.made, host.got, host.isPaused]).toEqual([10, range(10), false]);
  });

  it('are handed over while few are open, and the others in their order', () => {
    const host = new SlowHost();
    host.room = 1_000;
    host.ask(0, STREAM_OPEN_MAX + 10);
    expect([host.open.length, host.isPaused]).toEqual([STREAM_OPEN_MAX, true]);
    host.answerAll();
    expect([host.open.length, host.isPaused]).toEqual([10, false]);
    host.answerAll();
    expect(host.got).toEqual(range(STREAM_OPEN_MAX + 10));
  });

  it('go on when one has no answer', () => {
    const host = new SlowHost();
    host.ask(0, STREAM_OPEN_MAX + 1);
    host.open.shift()?.(undefined);
    expect(host.open).toHaveLength(STREAM_OPEN_MAX);
  });

  it('are refused if it sends on although nobody reads', () => {
    const host = new SlowHost();
    expect(host.ask(0, STREAM_OPEN_MAX + STREAM_WAITING_MAX)).toBe(true);
    expect(host.ask(0, 1)).toBe(false);
  });

  it('are handled one after the other when they are answered at once', () => {
    const got: number[] = [];
    let depth = 0;
    const requests: StreamRequests = new StreamRequests(
      { setPaused: () => undefined, write: () => 'sent' },
      ([first], done) => {
        depth += 1;
        got.push(first!, depth);
        if (first === 0) requests.take(1, Uint8Array.of(1));
        done(undefined);
        depth -= 1;
      },
    );
    requests.take(0, Uint8Array.of(0));
    expect(got).toEqual([0, 1, 1, 1]);
  });

  it('end with their stream', () => {
    const host = new SlowHost();
    host.ask(0, 5);
    host.answerAll();
    host.ask(5, 1);
    host.requests.close();
    host.answerAll();
    host.drain(100);
    expect(host.got).toEqual([0, 1, 2]);
    expect(host.made).toBe(3);
  });
});
