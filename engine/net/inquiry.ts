/**
 * An open request to a node, seen from both ends: the node has a {@link NodeRequest} to answer, and the asker has an
 * {@link OpenRequest}, by which it can cancel the request or take more parts of the answer.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import type { NodeRequest, RequestContent } from '../host/host.ts';
import type { SendWishes } from '../host/transport.ts';

/** Largest number of open requests at a host whose askers take the answer in parts; further ones get `busy`. */
export const PARTED_REQUESTS_MAX = 1_024;

/** Receives the answer to a request. */
export interface AnswerReceiver {
  /** Gives the answer; called at most once, after all parts. `outcome` is `no-handler` or `node-down` if no node answers. */
  respond(outcome: string, body?: Uint8Array): void;
  /** Takes a part of the answer and reads its bytes during the call; absent if the asker takes no parts. */
  more?(body: Uint8Array): 'ok' | 'full';
}

/** A request together with the receiver of its answer. */
export interface RequestWithReceiver extends RequestContent, AnswerReceiver {}

/** A request as its asker sees it. Calls after the complete answer do nothing. */
export interface OpenRequest {
  /**
   * Tells the node that the asker no longer wants an answer; `respond` of the asker is not called.
   */
  cancel(): void;
  /** Tells the node that the asker, whose `more` returned `full`, takes parts again. */
  room(): void;
}

/** What a request needs from the host of the node. */
export interface RequestedHost {
  /** Number of crashes of the host so far. */
  readonly life: number;
  /** Runs a handler that the node has installed for a request (`onRoom` or `onCancel`), as code of the node. */
  inquired(act: () => void): void;
  /** Called when a request whose asker takes parts is answered or cancelled. */
  closed(inquiry: HostRequest): void;
}

/**
 * A request to a node, which is both the node's {@link NodeRequest} and the asker's {@link OpenRequest}.
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
      const isCancelled = !this.isOpen && !this.isAnswered;
      if (isCancelled && this.host.life === this.life) handler();
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

  /** Ends the request with an answer; also called by the host for a node that cannot answer. */
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
