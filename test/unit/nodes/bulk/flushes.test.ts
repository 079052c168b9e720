import { describe, expect, it } from 'vitest';
import type { NodeRequest } from '../../../../engine/host/host.ts';
import { PendingFlushes } from '../../../../nodes/bulk/flushes.ts';

/** A question, with what its asker got. */
class Question implements NodeRequest {
  readonly kind = 'flush';
  readonly target = 'b';
  readonly body = new Uint8Array(0);
  readonly got: string[] = [];
  hasRoom = true;
  cancel: () => void = () => undefined;

  more(body: Uint8Array): 'ok' | 'full' {
    if (!this.hasRoom) return 'full';
    this.got.push(new TextDecoder().decode(body).trim());
    return 'ok';
  }

  onRoom(): undefined {
    return undefined;
  }

  onCancel(handler: () => void): void {
    this.cancel = handler;
  }

  respond(outcome: string): void {
    this.got.push(outcome);
  }
}

describe('a question when the peer has everything', () => {
  it('is answered with what is left, and ok at the end; what is accepted later is not asked for', () => {
    const flushes = new PendingFlushes();
    const question = new Question();
    flushes.add(question, 7, 4);
    flushes.confirmed(4);
    flushes.confirmed(6);
    flushes.confirmed(9);
    flushes.confirmed(10);
    expect(question.got).toEqual(['3', '1', 'ok']);
  });

  it('is answered at once if the peer has it already', () => {
    const question = new Question();
    new PendingFlushes().add(question, 4, 4);
    expect(question.got).toEqual(['ok']);
  });

  it('skips numbers for which its asker has no room', () => {
    const flushes = new PendingFlushes();
    const question = new Question();
    flushes.add(question, 7, 0);
    question.hasRoom = false;
    flushes.confirmed(1);
    question.hasRoom = true;
    flushes.confirmed(5);
    expect(question.got).toEqual(['7', '2']);
  });

  it('is forgotten when its asker leaves, and refused when 16 are open', () => {
    const flushes = new PendingFlushes();
    const open = Array.from({ length: 17 }, () => new Question());
    for (const question of open) flushes.add(question, 7, 0);
    expect(open[16]?.got).toEqual(['busy']);
    open[0]?.cancel();
    flushes.add(open[16] as Question, 7, 0);
    flushes.confirmed(7);
    expect(open[0]?.got).toEqual(['7']);
    expect(open[16]?.got).toEqual(['busy', '7', 'ok']);
  });
});
