/**
 * The paths of traffic classes to one peer: for each class the path that packets take now, by its policies in order.
 *
 * Which paths a policy allows is found when paths are looked up, which of them answer whenever the controller has learnt
 * something. Per packet there is only the search for the class.
 *
 * @module
 */
import { applyPathPolicy } from '../../scion/index.ts';
import type { PathController, PathHealth } from '../multipath/types.ts';
import type { GatewayPath } from '../underlay/path-directory.ts';
import { readIpHeader } from './ip-header.ts';
import type { TrafficClass } from './traffic-class.ts';

/** One policy's paths, the best first. */
interface AllowedPaths {
  readonly ids: readonly string[];
  /** True if the policy says which of them is best, so that the path in use is not preferred. */
  readonly isOrdered: boolean;
}

/** The path of a class. */
export interface ClassRoute {
  readonly name: string;
  /** Id of the path; undefined if none that its policies allow answers. */
  readonly path: string | undefined;
  readonly choice?: ClassChoice;
}

/** Why a class has its path. */
export interface ClassChoice {
  /** Index of the policy that allows it. */
  readonly policy: number;
  readonly health: (typeof USABLE)[number];
  /** `order`: the first in the order of the policy; `in-use`: as other packets; `found`: the first that was found. */
  readonly by: 'order' | 'in-use' | 'found';
}

/** A path that answers as it should is preferred to one that answers slowly or not always, whichever policy allows it. */
const USABLE = ['alive', 'degraded'] as const satisfies readonly PathHealth[];

/** Chooses the paths of the classes of packets to one peer. */
export class ClassRoutes {
  readonly #source: { readonly classes: readonly TrafficClass[] };
  readonly #controller: Pick<PathController, 'active' | 'status'>;
  #allowed: readonly (readonly AllowedPaths[])[] = [];
  #routes: readonly ClassRoute[] = [];

  /** @param source Has the classes in force. */
  constructor(
    source: { readonly classes: readonly TrafficClass[] },
    controller: Pick<PathController, 'active' | 'status'>,
  ) {
    this.#source = source;
    this.#controller = controller;
  }

  /** The path of each class, in their order. */
  get all(): readonly ClassRoute[] {
    return this.#routes;
  }

  /** Called with the paths to the peer whenever they were looked up; {@link plan} must follow. */
  found(paths: readonly GatewayPath[]): void {
    this.#allowed = this.#source.classes.map(({ policies }) =>
      policies.map((policy) => {
        const known = paths.map(({ path }) => path);
        const ids = applyPathPolicy(policy, known).map(({ fingerprint }) => fingerprint);
        return { ids, isOrdered: (policy.order ?? []).length > 0 };
      }),
    );
  }

  /** Chooses anew: called when the controller has learnt something. */
  plan(nowNs: number): void {
    const { classes } = this.#source;
    if (classes.length === 0 && this.#routes.length === 0) return;
    const status = this.#controller.status(nowNs);
    const active = status[this.#controller.active]?.id;
    const health = new Map(status.map((path) => [path.id, path.health]));
    this.#routes = classes.map(({ name }, index) => {
      const policies = this.#allowed[index] ?? [];
      for (const wanted of USABLE) {
        const isFit = (id: string): boolean => health.get(id) === wanted;
        const found = choose(policies, isFit, active);
        if (found === undefined) continue;
        const { path, ...how } = found;
        return { name, path, choice: { ...how, health: wanted } };
      }
      return { name, path: undefined };
    });
  }

  /** The route of the first class that a packet fits; undefined if it fits none, or is no IP packet. */
  // hot: once per packet.
  of(packet: Uint8Array): ClassRoute | undefined {
    const { classes } = this.#source;
    const header = classes.length === 0 ? undefined : readIpHeader(packet);
    return header && this.#routes[classes.findIndex(({ fits }) => fits(header))];
  }
}

/** The path of the first policy that allows one that fits. */
function choose(
  policies: readonly AllowedPaths[],
  isFit: (id: string) => boolean,
  active: string | undefined,
): (Omit<ClassChoice, 'health'> & { readonly path: string }) | undefined {
  for (const [policy, { ids, isOrdered }] of policies.entries()) {
    const [path] = ids.filter(isFit);
    if (path === undefined) continue;
    if (isOrdered) return { path, policy, by: 'order' };
    const kept = ids.find((id) => id === active && isFit(id));
    return kept === undefined
      ? { path, policy, by: 'found' }
      : { path: kept, policy, by: 'in-use' };
  }
  return undefined;
}
