/**
 * A gateway that a test plays.
 *
 * @module
 */
import type {
  ApplicationRequest,
  GatewayNode,
  NodeAnswer,
} from '../../../../services/gateway/index.ts';

/** A gateway that the test plays. */
export class PlayedGateway implements GatewayNode {
  readonly sent: (readonly [string, string])[] = [];
  answers: Record<string, NodeAnswer> = {};
  sending: NodeAnswer = { outcome: 'ok', text: '' };
  /** Requests of calls, with their bodies as text. */
  readonly requests: (ApplicationRequest & { readonly text: string })[] = [];
  /** Kinds that are not answered. */
  readonly held = new Set<string>();
  /** Kinds of the requests that were cancelled. */
  readonly cancelled: string[] = [];
  take: (part: Uint8Array) => 'ok' | 'full' = () => 'full';
  taken = 0;

  send(target: string, packet: Uint8Array): Promise<NodeAnswer> {
    this.sent.push([target, Buffer.from(packet).toString()]);
    return Promise.resolve(this.sending);
  }

  ask(kind: string, body: string): Promise<NodeAnswer> {
    return Promise.resolve(
      this.answers[`${kind} ${body}`.trim()] ?? { outcome: 'unknown-request', text: '' },
    );
  }

  request(asked: ApplicationRequest, gone: AbortSignal): Promise<NodeAnswer> {
    const text = Buffer.from(asked.body).toString('latin1');
    this.requests.push({ ...asked, text });
    if (!this.held.has(asked.kind)) {
      const none = { outcome: 'unknown-request', text: '' };
      return Promise.resolve(this.answers[asked.kind] ?? none);
    }
    return new Promise((resolve) => {
      gone.addEventListener('abort', () => {
        this.cancelled.push(asked.kind);
        resolve({ outcome: 'cancelled', text: '' });
      });
    });
  }

  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void } {
    this.take = take;
    return {
      taken: (): void => {
        this.taken += 1;
      },
    };
  }

  /** Hands a packet of a peer to the server. */
  arrive(from: string, bytes: Uint8Array | string): 'ok' | 'full' {
    const packet = Buffer.from(bytes);
    return this.take(Buffer.concat([Buffer.of(from.length), Buffer.from(from), packet]));
  }
}
