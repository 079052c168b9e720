/**
 * A watchdog on the main thread for a seed on its worker thread: it reports which node blocks the
 * thread and in which line, and terminates a seed that does not stop when told to.
 *
 * A thread whose handler never returns receives no messages, so it can only be terminated. Its current
 * call is read from shared memory in which calls of nodes are recorded, and the line of the code from
 * the stack of the thread.
 *
 * @module
 */

import { pathForUsers } from '../../engine/live/stack-locations.ts';
import { stackOfThread } from '../../engine/live/thread-stack.ts';
import { NodeCalls } from '../../engine/net/node-calls.ts';
import { nodeFiles } from '../../scenarios/open/node-files.ts';
import { isShippedName } from '../../scenarios/open/shipped-protocols.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { Crash, CrashLocation } from '../crash/crash.ts';
import { type CallContext, lastEventsOfNode, locateStuckCall } from '../crash/crash-context.ts';
import type { SeedAnswer } from '../run/job.ts';
import { pause } from '../run/pause.ts';
import { RunControl, type StopReason } from '../run/run-control.ts';

/** A call of a node's handler that takes longer than this, ms, is reported once. */
export const STUCK_CALL_MS = 5_000;
/** The same limit for live runs, ms; it is shorter, because all other nodes wait for the call. */
export const STUCK_LIVE_CALL_MS = 1_000;
/**
 * Time from the request to stop until the seed is terminated, ms. A run must end within five seconds of
 * the first signal.
 */
export const TERMINATION_GRACE_MS = 3_000;
/**
 * After the request to stop, the line of a call that takes longer than this, ms, is looked up, so that
 * it can be named if the seed is terminated.
 */
const LOOK_UP_MS = 1_000;
/**
 * Time limit for reading the stack of a thread, ms: it takes milliseconds, but seconds on an overloaded
 * machine. Only the notice waits for it.
 */
const PLACE_LIMIT_MS = 20_000;
/** Longest wait for the line of a call that never returns, ms, before its seed is terminated. */
const PLACE_GRACE_MS = 1_000;
const NS_PER_S = 1_000_000_000;
const MS_PER_S = 1_000;

/** What a {@link SeedWatch} watches, and where it reports. */
export interface SeedWatchOptions {
  readonly seed: number;
  readonly hosts: readonly HostSpec[];
  readonly onNotice?: ((text: string) => void) | undefined;
  /** A call that takes longer than this is reported; default {@link STUCK_CALL_MS}. */
  readonly heldMs?: number;
  /** How the stack of a thread is read; default {@link stackOfThread}. */
  readonly stackOf?: (thread: number, limitMs: number) => Promise<string | undefined>;
}

/** A watchdog for one seed. */
export class SeedWatch {
  readonly control = new RunControl();
  /** The record of the calls of nodes, which the worker writes. */
  readonly calls: NodeCalls;
  /** The memory of this record, which is passed to the worker. */
  readonly callsBuffer: SharedArrayBuffer;
  readonly #options: SeedWatchOptions;
  readonly #abort = new AbortController();
  #lastCount = 0;
  #lastHost: number | undefined;
  /** When the current call was first observed, ms. */
  #sinceMs = 0;
  #isTold = false;
  #stopping: { readonly reason: StopReason; readonly atMs: number } | undefined;
  #found:
    | { readonly count: number; readonly place: Promise<CrashLocation | undefined> }
    | undefined;
  /** True once the watchdog has begun to end the seed. */
  #isOver = false;
  #ended: SeedAnswer | undefined;

  constructor(options: SeedWatchOptions) {
    this.#options = options;
    const { length } = options.hosts;
    this.callsBuffer = new SharedArrayBuffer(NodeCalls.bytesFor(length));
    this.calls = new NodeCalls(length, this.callsBuffer);
  }

  /** A signal that terminates the worker when it aborts. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The answer for a seed that the watchdog terminated; undefined as long as it terminated none. */
  get answer(): SeedAnswer | undefined {
    return this.#ended;
  }

  /**
   * The answer for a seed whose thread ended during the run, as after `process.exit` in a node.
   * @param how The message about the end of the thread.
   */
  lostAnswer(how: string): SeedAnswer {
    const { seed } = this.#options;
    const name = this.#host?.name;
    const error = `its thread ended (${how})`;
    return this.#brokenIn(`with seed ${seed}: ${name ?? 'a node'}: ${error}`, {
      ...{ how: 'threw', error },
    });
  }

  /** Tells the seed to stop. */
  stop(reason: StopReason, nowMs: number): void {
    this.#stopping ??= { reason, atMs: nowMs };
    if (reason === 'interrupted') this.control.interrupt();
    else if (reason === 'aborted') this.control.abort();
    else this.control.timeIsUp();
  }

  /** Cancels the seed if no worker has begun it; a running seed has to stop by itself. */
  leaveOut(ending: StopReason): void {
    if (this.control.thread !== 0 || this.#isOver) return;
    this.#isOver = true;
    const { seed } = this.#options;
    this.#end({ kind: 'ended', ending, seed, message: 'not begun when the run was stopped' });
  }

  /** Checks the seed; called several times a second. */
  check(nowMs: number): void {
    const { count, inHand } = this.calls;
    if (count !== this.#lastCount || inHand !== this.#lastHost) {
      this.#lastCount = count;
      this.#lastHost = inHand;
      this.#sinceMs = nowMs;
    }
    const heldMs = inHand === undefined ? 0 : nowMs - this.#sinceMs;
    const { heldMs: limitMs = STUCK_CALL_MS } = this.#options;
    if (heldMs >= limitMs && !this.#isTold) void this.#tell(heldMs);
    const stopping = this.#stopping;
    if (stopping === undefined || this.#isOver) return;
    if (heldMs >= LOOK_UP_MS) void this.#place();
    if (nowMs - stopping.atMs < TERMINATION_GRACE_MS) return;
    this.#isOver = true;
    // The current call has taken more than half of the time since the request to stop, so it is
    // probably the one that never returns.
    if (heldMs >= TERMINATION_GRACE_MS / 2) void this.#endHeld();
    else this.#end(this.#busyAnswer(stopping.reason));
  }

  async #tell(heldMs: number): Promise<void> {
    this.#isTold = true;
    const { seed, onNotice } = this.#options;
    const name = this.#host?.name;
    const at = this.#timeOf(this.#callNs()) / NS_PER_S;
    const seconds = Math.round(heldMs / MS_PER_S);
    const place = await this.#place();
    const where =
      place === undefined ? '' : `: ${pathForUsers(place.file, process.cwd())}:${place.line}`;
    onNotice?.(
      `${name} has held its thread for ${seconds} s, in a call at ${at} s (seed ${seed})${where}`,
    );
  }

  async #endHeld(): Promise<void> {
    const found = new AbortController();
    const late = pause(PLACE_GRACE_MS, found.signal).then(() => undefined);
    const place = await Promise.race([this.#place(), late]);
    // A timer that is left running would keep the process alive.
    found.abort();
    this.#end(this.#heldAnswer(place));
  }

  #end(answer: SeedAnswer): void {
    this.#ended = answer;
    this.#abort.abort();
  }

  /** The line of the current call, looked up once per call; undefined if its thread does not answer. */
  #place(): Promise<CrashLocation | undefined> {
    const { count } = this.calls;
    if (this.#found?.count !== count) this.#found = { count, place: this.#lookUp() };
    return this.#found.place;
  }

  async #lookUp(): Promise<CrashLocation | undefined> {
    const { stackOf = stackOfThread } = this.#options;
    const { thread } = this.control;
    const host = this.#host;
    if (thread === 0 || host === undefined) return undefined;
    const stack = await stackOf(thread, PLACE_LIMIT_MS);
    return stack === undefined ? undefined : locateStuckCall(stack, host.protocol, nodeFiles);
  }

  #heldAnswer(place: CrashLocation | undefined): SeedAnswer {
    const message = `with seed ${this.#options.seed}: a call of ${this.#host?.name ?? ''} did not return`;
    return this.#brokenIn(message, {
      ...{ how: 'held', error: 'a call did not return' },
      ...(place === undefined ? {} : { place }),
    });
  }

  /** The answer for a run that its current call broke. */
  #brokenIn(message: string, what: Pick<Crash, 'how' | 'error' | 'place'>): SeedAnswer {
    const { seed } = this.#options;
    const host = this.#host;
    const protocol = pathForUsers(host?.protocol ?? '', process.cwd());
    const crash: Crash = {
      by: isShippedName(protocol) ? 'orrery' : 'protocol',
      protocol,
      ...(host === undefined ? {} : { node: host.name }),
      seed,
      atNs: this.#timeOf(this.#callNs()),
      ...what,
      events:
        host === undefined ? [] : lastEventsOfNode(this.calls.inHand ?? 0, this.#crashContext),
      stack: '',
    };
    return { kind: 'broken', message, stack: '', crash };
  }

  #busyAnswer(ending: StopReason): SeedAnswer {
    const { seed } = this.#options;
    const seconds = (TERMINATION_GRACE_MS / MS_PER_S).toFixed(1);
    const message = `still busy ${seconds} s after the request to stop, so measurements are lost`;
    return { kind: 'ended', ending, seed, message };
  }

  get #host(): HostSpec | undefined {
    return this.#options.hosts[this.calls.inHand ?? -1];
  }

  /** When the current call began, by the clock of the record of calls, ns. */
  #callNs(): number {
    const { inHand } = this.calls;
    return inHand === undefined ? 0 : (this.calls.lastOf(inHand).at(-1)?.atNs ?? 0);
  }

  /** The scenario's time at an instant of the clock that stamps the calls, ns. */
  #timeOf(callNs: number): number {
    return Math.max(0, callNs - this.control.zeroNs);
  }

  get #crashContext(): CallContext {
    const { hosts } = this.#options;
    const callTime = (): number => this.#callNs();
    const now = (): number => this.#timeOf(callTime());
    return { hosts, calls: this.calls, callTime, now };
  }
}
