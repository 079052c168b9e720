/**
 * Reads the call stack of a worker thread that does not answer: V8's inspector interrupts the thread to evaluate
 * an expression on top of the running call. The thread is not paused, and nothing has to be prepared in it before.
 *
 * Works while the thread is in JavaScript; a call that blocks within the system is not seen.
 *
 * @module
 */
import type { Session } from 'node:inspector';

/** A message of the inspector's protocol, from the thread. */
interface ThreadMessage {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** The inspector's message that a thread is attached; it has the session's id and a title like `[worker 3] name`. */
interface Attached {
  readonly params: {
    readonly sessionId: string;
    readonly workerInfo: { readonly title: string };
  };
}

/** Time limit for an answer, ms, on a machine that is not busy. */
const LIMIT_MS = 1_000;
const QUESTION = 1;
/** The expression that is evaluated in the thread, on top of its current call, which is therefore in the stack. */
const STACK_EXPRESSION = 'new Error().stack';

/**
 * The call stack of a thread, innermost frame first, with positions in the sources.
 * @param thread Its `threadId`.
 * @returns undefined if the stack cannot be read in time.
 */
export async function stackOfThread(
  thread: number,
  limitMs: number = LIMIT_MS,
): Promise<string | undefined> {
  // Builds of Node without an inspector have no such module.
  const inspector = await import('node:inspector').catch(() => undefined);
  if (inspector === undefined) return undefined;
  const session = new inspector.Session();
  let timer: NodeJS.Timeout | undefined;
  try {
    session.connect();
    return await new Promise((resolve) => {
      // The timer does not keep the process alive.
      timer = setTimeout(() => resolve(undefined), limitMs).unref();
      ask(session, thread, resolve);
    });
  } catch {
    // The run ends even if its stack, which would only explain why, cannot be read.
    return undefined;
  } finally {
    clearTimeout(timer);
    session.disconnect();
  }
}

function ask(session: Session, thread: number, tell: (stack: string | undefined) => void): void {
  let own: string | undefined;
  session.on('NodeWorker.attachedToWorker', ({ params }: Attached) => {
    if (!`${params.workerInfo.title} `.startsWith(`[worker ${thread}] `)) return;
    own = params.sessionId;
    const how = { expression: STACK_EXPRESSION, returnByValue: true };
    const message = JSON.stringify({ id: QUESTION, method: 'Runtime.evaluate', params: how });
    session.post('NodeWorker.sendMessageToWorker', { sessionId: own, message });
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
    if (params.sessionId !== own) return;
    const message = JSON.parse(params.message) as ThreadMessage;
    const stack = message.result?.result?.value;
    if (message.id === QUESTION) tell(typeof stack === 'string' ? stack : undefined);
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
}
