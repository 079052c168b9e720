/**
 * Progress of a hunt on stderr: on a terminal a line that is rewritten, elsewhere plain lines.
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import type { HuntBreak } from '../runner/hunt/attempt.ts';
import type { HuntState } from '../runner/hunt/hunt.ts';
import { canRewriteStderrLine } from './terminal.ts';

const PLAIN_INTERVAL_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

/** Shows how far a hunt is: a rewritten line on a terminal, plain lines elsewhere, nothing with `--json`. */
export class HuntProgress {
  readonly #name: string;
  readonly #isQuiet: boolean;
  readonly #isLive = canRewriteStderrLine();
  readonly #fromTried: number;
  readonly #beganMs = performance.now();
  #nextMs = PLAIN_INTERVAL_MS;

  /** @param fromTried Number of attempts of earlier hunts, which this hunt continues. */
  constructor(name: string, { json }: { readonly json?: boolean }, fromTried = 0) {
    this.#name = name;
    this.#isQuiet = json === true;
    this.#fromTried = fromTried;
  }

  update({ tried, breaks, corpus, lastNew }: HuntState): void {
    const seconds = (performance.now() - this.#beganMs) / 1_000;
    const rate = ((tried - this.#fromTried) / seconds).toFixed(1);
    this.#show(
      `hunt  ${this.#name}  ${tried} attempts, ${rate}/s  ${corpus.reached.length} reached, ` +
        `last new in ${lastNew}  ${breaks.length} broken`,
    );
  }

  shrinking(found: HuntBreak, faults: number): void {
    this.#show(
      `hunt  ${this.#name}  making it smaller: ${oneLine(found.place)}, ${faults} faults left`,
    );
  }

  live(so: { readonly tried: number; readonly profiles: number; readonly broken: number }): void {
    this.#show(
      `hunt  ${this.#name}  live  ${so.tried} of ${so.profiles} profiles, ${so.broken} broken`,
    );
  }

  clear(): void {
    if (this.#isLive && !this.#isQuiet) process.stderr.write(CLEAR_LINE);
  }

  #show(line: string): void {
    if (this.#isQuiet) return;
    if (this.#isLive) {
      process.stderr.write(`${CLEAR_LINE}${line.slice(0, process.stderr.columns ?? line.length)}`);
      return;
    }
    const elapsed = performance.now() - this.#beganMs;
    if (elapsed < this.#nextMs) return;
    this.#nextMs = elapsed + PLAIN_INTERVAL_MS;
    process.stderr.write(`${line}\n`);
  }
}
