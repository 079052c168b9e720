/**
 * Navigator: the node. Sends each message over the carrier that suits it, and hands over those of peers.
 *
 * It has no header, no timers and no state but what the library keeps for each destination: a message is as sure to
 * arrive as its carrier makes it.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import { CHOICE_TRACE } from '../_kit/way-chooser.ts';
import { type NavigatorNodeOptions, ratingOf } from './config.ts';
import { MessageRouter } from './message-router.ts';
import type { NavigatorOptions } from './navigator.ts';

/** Creates a navigator node on `host`; `defects` are the decisions of a double. */
export function createNavigatorNode(
  host: Host,
  setup: NodeSetup<NavigatorNodeOptions>,
  defects: Pick<NavigatorOptions, 'hides' | 'score'>,
): NodeHandle {
  return new NavigatorNode(host, setup, defects);
}

class NavigatorNode implements NodeHandle {
  readonly #host: Host;
  readonly #router: MessageRouter;

  constructor(
    host: Host,
    { options }: NodeSetup<NavigatorNodeOptions>,
    defects: Pick<NavigatorOptions, 'hides' | 'score'>,
  ) {
    this.#host = host;
    this.#router = new MessageRouter({
      host,
      carriers: options.ways,
      navigator: { ...ratingOf(options), ...defects, meter: host.meter },
      onMessage: (from, ...bytes): void => {
        if (this.#router.reaches(from)) host.deliver(from, ...bytes);
        else host.drop('unknown-peer');
      },
    });
  }

  start(): void {
    this.#host.onRequest((request) => this.#request(request));
  }

  #request(request: NodeRequest): void {
    const { kind, target: destination, body, wishes = {} } = request;
    if (kind !== 'send') {
      request.respond('unknown-request');
      return;
    }
    const message = { payload: body, ...wishes };
    const route = this.#router.findOptimalRoute(destination, message);
    const { trace } = this.#host;
    if (trace.isRecorded && this.#router.reaches(destination))
      trace.state(CHOICE_TRACE.machine.write({ peer: destination }), route.why);
    this.#router.sendMessageWithRouting(message, { destination, route }, (outcome) => {
      // Carriers count what they refuse themselves.
      if (route.ways.length === 0) this.#host.drop(outcome);
      request.respond(outcome);
    });
  }
}
