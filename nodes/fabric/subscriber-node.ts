/**
 * Fabric: messages and calls for an application of the process, which takes them one by one.
 *
 * A message counts as handled when the application asks for the next one, a call when it is answered
 * or refused. What was handed out before a restart comes again, and says so.
 *
 * @module
 */
import type { NodeRequest } from '../../engine/host/host.ts';
import { concatBytes, toHex } from '../_kit/bytes.ts';
import type { Answer, Arrival } from './effects.ts';

const AGAIN = 1;

/** See the module. */
export class Subscribers {
  readonly #handled: (from: string, number: number, answer?: Answer) => void;
  readonly #waiting: { readonly from: string; readonly arrival: Arrival }[] = [];
  /** Calls that were handed out, by their id. */
  readonly #calls = new Map<string, { readonly from: string; readonly number: number }>();
  /** The message that was handed out last. */
  #last: { readonly from: string; readonly number: number } | undefined;
  #request: NodeRequest | undefined;

  /** @param handled Called when the application has handled a message. */
  constructor(handled: (from: string, number: number, answer?: Answer) => void) {
    this.#handled = handled;
  }

  /** A message or a call came. */
  add(from: string, arrival: Arrival): void {
    this.#waiting.push({ from, arrival });
    this.#hand();
  }

  /** A request of the application: `next`, `answer` or `refuse`. */
  request(request: NodeRequest): void {
    if (request.kind === 'next') this.#next(request);
    else this.#answer(request);
  }

  #next(request: NodeRequest): void {
    if (this.#request !== undefined) {
      request.respond('already-waiting');
      return;
    }
    this.#request = request;
    this.#confirm();
    this.#hand();
  }

  #answer({ kind, target, body, respond }: NodeRequest): void {
    const call = this.#calls.get(target);
    if (call === undefined) {
      respond('unknown-call');
      return;
    }
    this.#calls.delete(target);
    const answer = kind === 'answer' ? 'reply' : 'refusal';
    this.#handled(call.from, call.number, { kind: answer, payload: body.slice() });
    respond('ok');
  }

  #confirm(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last !== undefined) this.#handled(last.from, last.number);
  }

  #hand(): void {
    const request = this.#request;
    const first = request === undefined ? undefined : this.#waiting.shift();
    if (request === undefined || first === undefined) return;
    this.#request = undefined;
    const { from, arrival } = first;
    const { number, kind, id, envelope, isAgain } = arrival;
    if (kind === 'call') this.#calls.set(toHex(id), { from, number });
    else this.#last = { from, number };
    request.respond('ok', concatBytes(Uint8Array.of(isAgain ? AGAIN : 0), envelope));
  }
}
