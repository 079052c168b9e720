/**
 * A question to a node between its two ends: the node sees a {@link NodeRequest}, and whoever asked
 * can give it up or take more of the answer.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { NodeRequest, RequestContent } from '../host/host.ts';
import type { SendWishes } from '../host/transport.ts';

/** Most questions at a host whose askers take answers in parts. */
export const PARTED_REQUESTS_MAX = 1_024;

/** Receives the answer to a question. */
export interface AnswerReceiver {
  /** The answer; called at most once, and last. Without a handler it is `no-handler` or `node-down`. */
  respond(outcome: string, body?: Uint8Array): void;
  /** Takes a part of the answer, whose bytes are read during the call; absent if it takes none. */
  more?(body: Uint8Array): 'ok' | 'full';
}

/** A question and who takes its answer. */
export interface RequestWithReceiver extends RequestContent, AnswerReceiver {}

/** A question that a node has, as its asker sees it. Calls when the answer is complete do nothing. */
export interface OpenRequest {
  /** The asker wants no answer any more; its `respond` is not called. */
  cancel(): void;
  /** The asker, which was `full`, takes parts again. */
  room(): void;
}

/** The host of the node. */
export interface RequestedHost {
  /** Changes with each crash. */
  readonly life: number;
  /** Calls the node for its asker. */
  inquired(act: () => void): void;
  /** The question is over. */
  closed(inquiry: HostRequest): void;
}

/**
 * A request to a node, joined to the one who asked and who can cancel it or take more of the
 * answer.
 */
export class HostRequest implements NodeRequest, OpenRequest {
  readonly kind: string;
  readonly target: string;
  body: Uint8Array;
  declare readonly wishes?: SendWishes;
  declare readonly deadlineNs?: number;
  /** True while the node may answer. */
  isOpen = true;
  private isAnswered = false;
  private readonly host: RequestedHost;
  private readonly asker: AnswerReceiver;
  private readonly life: number;
  private roomHandler: (() => void) | undefined;
  private cancelHandler: (() => void) | undefined;

  // hot: once per packet of a source.
  constructor(host: RequestedHost, question: RequestContent, asker: AnswerReceiver) {
    const { kind, target, body, wishes, deadlineNs } = question;
    this.kind = kind;
    this.target = target;
    this.body = body;
    if (wishes !== undefined) this.wishes = wishes;
    if (deadlineNs !== undefined) this.deadlineNs = deadlineNs;
    this.host = host;
    this.asker = asker;
    this.life = host.life;
  }

  // Getters, because nodes take a request apart and call these without it.
  get more(): NodeRequest['more'] {
    return (body): 'ok' | 'full' => {
      assert(!this.isAnswered, 'a part came after the answer');
      return (this.isOpen && this.asker.more?.(body)) || 'full';
    };
  }

  get onRoom(): NodeRequest['onRoom'] {
    return (handler): void => {
      this.roomHandler = handler;
    };
  }

  get onCancel(): NodeRequest['onCancel'] {
    return (handler): void => {
      this.cancelHandler = handler;
    };
  }

  get respond(): NodeRequest['respond'] {
    return (outcome, body): void => {
      assert(!this.isAnswered, 'a request was answered twice');
      this.isAnswered = true;
      if (this.isOpen) this.end(outcome, body);
    };
  }

  cancel(): void {
    if (!this.isOpen) return;
    this.close();
    this.call(this.cancelHandler);
  }

  room(): void {
    if (this.isOpen) this.call(this.roomHandler);
  }

  /** Answers for a node that cannot. */
  end(outcome: string, body?: Uint8Array): void {
    this.close();
    this.asker.respond(outcome, body);
  }

  private close(): void {
    this.isOpen = false;
    if (this.asker.more !== undefined) this.host.closed(this);
  }

  private call(handler: (() => void) | undefined): void {
    if (handler !== undefined && this.host.life === this.life) this.host.inquired(handler);
  }
}
