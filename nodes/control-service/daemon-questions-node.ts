/**
 * Answers what the daemon of an end host asks about its AS (reference proto/daemon/v1/daemon.proto). Answers are JSON;
 * services/daemon translates them for programs that speak that API.
 *
 * @module
 */
import type { NodeRequest } from '../../engine/host/host.ts';
import { concatByteList, toHex } from '../_kit/bytes.ts';
import {
  type FoundPaths,
  type IsdAs,
  type Path,
  parseIsdAs,
  ROUTER_INTERNAL_PORT,
} from '../scion/index.ts';
import { HOST_PATHS_BYTES_MAX, HOST_PATHS_MAX } from './geometry.ts';
import type { ControlSurroundings } from './surroundings.ts';

/** The kinds of questions that a daemon asks, with the meaning of each. */
export const DAEMON_QUESTIONS = {
  as: 'the number of this AS, whether it is core, and its MTU, as JSON',
  interfaces: 'where hosts of this AS send packets for each of its interfaces, as JSON',
  ports: 'the first and the last port to which packets are delivered directly, as JSON',
  'host-paths': 'the best paths to the AS that the question names, with their bytes, as JSON',
} as const;

/** The sources of the answers. */
export interface DaemonQuestionsParts {
  readonly surroundings: ControlSurroundings;
  /** Host ports to which routers deliver directly; both ends included. */
  readonly ports: { readonly first: number; readonly last: number };
  /** Finds the paths to another AS. */
  readonly findPaths: (target: IsdAs, done: (found: FoundPaths) => void) => void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Answers the questions of a daemon. */
export class DaemonQuestions {
  readonly #parts: DaemonQuestionsParts;

  constructor(parts: DaemonQuestionsParts) {
    this.#parts = parts;
  }

  /** True if the question is one of {@link DAEMON_QUESTIONS}; it is then answered. */
  answer(request: NodeRequest): boolean {
    const { surroundings, ports } = this.#parts;
    switch (request.kind) {
      case 'as': {
        const { isdAs, isCore, mtu } = surroundings;
        respond(request, { isdAs, isCore, mtu });
        return true;
      }
      case 'interfaces':
        respond(
          request,
          [...surroundings.interfaces.keys()].map((ifId) => [ifId, this.#routerOf(ifId)]),
        );
        return true;
      case 'ports':
        respond(request, ports);
        return true;
      case 'host-paths':
        this.#answerPaths(request);
        return true;
      default:
        return false;
    }
  }

  #answerPaths(request: NodeRequest): void {
    const target = parseIsdAs(decoder.decode(request.body).trim());
    if (target.kind === 'refused') {
      request.respond('bad-question', encoder.encode(target.reason));
      return;
    }
    this.#parts.findPaths(target.isdAs, ({ paths, isShort }) => {
      if (paths.length === 0 && isShort) {
        request.respond('revoked');
        return;
      }
      const texts: Uint8Array[] = [];
      let bytes = 0;
      for (const path of paths.slice(0, HOST_PATHS_MAX)) {
        const text = encoder.encode(`${texts.length === 0 ? '' : ','}${this.#pathText(path)}`);
        bytes += text.length;
        if (bytes > HOST_PATHS_BYTES_MAX) break;
        texts.push(text);
      }
      request.respond('ok', concatByteList([encoder.encode('['), ...texts, encoder.encode(']')]));
    });
  }

  #pathText({ raw, interfaces, mtu, expiryHalfSeconds, metadata }: Path): string {
    const nextHop = this.#routerOf(interfaces[0]?.ifId);
    const expires = Math.floor(expiryHalfSeconds / 2);
    return JSON.stringify({ raw: toHex(raw), nextHop, interfaces, mtu, expires, metadata });
  }

  /** The address to which hosts send packets for an interface; empty for packets that stay inside the AS. */
  #routerOf(ifId: number | undefined): string {
    const exit = ifId === undefined ? undefined : this.#parts.surroundings.interfaces.get(ifId);
    return exit === undefined ? '' : `${exit.router}:${ROUTER_INTERNAL_PORT}`;
  }
}

function respond(request: NodeRequest, answer: unknown): void {
  request.respond('ok', encoder.encode(JSON.stringify(answer)));
}
