/**
 * A gateway that a test plays.
 *
 * @module
 */
import type { GatewayNode, NodeAnswer } from '../../../../services/gateway/index.ts';

/** A gateway that the test plays. */
export class PlayedGateway implements GatewayNode {
  readonly sent: (readonly [string, string])[] = [];
  answers: Record<string, NodeAnswer> = {};
  sending: NodeAnswer = { outcome: 'ok', text: '' };
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
