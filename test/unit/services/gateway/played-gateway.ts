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

/** A path as the node describes it. */
export const PATH = {
  ...{
    fingerprint: 'ab',
    interfaces: ['1-2#3', '1-1#4'],
    mtu: 1_400,
    expiresMs: 1_795_941_111_000,
  },
  ...{ score: 0.5, failovers: 2, lastFailoverMs: 7, isActive: true },
  quality: {
    ...{ rttMs: 10, jitterMs: 1, loss: 0.25, bandwidthMbps: 8, stability: 0.5, measuredMs: 9 },
  },
  usage: { frames: 3, bytes: 300, firstMs: 4, lastMs: 6_000, seconds: 5 },
};

/** A gateway that the test plays. */
export class PlayedGateway implements GatewayNode {
  answers: Record<string, NodeAnswer> = {};
  /** Requests of calls, with their bodies as text. */
  readonly requests: (ApplicationRequest & { readonly text: string })[] = [];
  /** Kinds that are not answered. */
  readonly held = new Set<string>();
  /** Kinds of the requests that were cancelled. */
  readonly cancelled: string[] = [];
  take: (part: Uint8Array) => 'ok' | 'full' = () => 'full';
  taken = 0;
  /** IP packets that were to be routed. */
  readonly routed: Uint8Array[] = [];

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

  route(packet: Uint8Array, done: (outcome: string) => void): void {
    this.routed.push(packet);
    done(this.answers['ip']?.outcome ?? 'node-down');
  }

  packets(take: (part: Uint8Array) => 'ok' | 'full'): { taken(): void } {
    this.take = take;
    return {
      taken: (): void => {
        this.taken += 1;
      },
    };
  }

  /** The packets of requests `send-now`, each with its target. */
  get sent(): readonly (readonly [string | undefined, string])[] {
    const sends = this.requests.filter(({ kind }) => kind === 'send-now');
    return sends.map(({ target, text }) => [target, text.slice(text.indexOf('}') + 1)]);
  }

  /** Hands a packet of a peer to the server. */
  arrive(source: string, bytes: Uint8Array | string): 'ok' | 'full' {
    const packet = Buffer.from(bytes);
    return this.take(Buffer.concat([Buffer.of(source.length), Buffer.from(source), packet]));
  }
}
