/**
 * The paths of traffic classes to one peer: for each class the path that its packets take now,
 * chosen by the policies of the class in order.
 *
 * The paths that a policy allows are determined when paths are looked up; whether they answer is
 * checked whenever the controller has new information. For each packet, only its class is
 * determined.
 *
 * @module
 */
import { applyPathPolicy } from '../../scion/index.ts';
import type { PathController, PathHealth } from '../multipath/types.ts';
import type { GatewayPath } from '../underlay/path-directory.ts';
import { readIpHeader } from './ip-header.ts';
import type { TrafficClass } from './traffic-class.ts';

/** The paths that one policy allows, the best first. */
interface AllowedPaths {
  readonly ids: readonly string[];
  /** True if the policy defines an order of paths; the path in use is then not preferred. */
  readonly isOrdered: boolean;
}

/** The path that packets of a class take. */
export interface ClassRoute {
  readonly name: string;
  /** Id of the path; undefined if no path that the policies allow answers. */
  readonly path: string | undefined;
  readonly choice?: ClassChoice;
}

/** The reason why a class has its path. */
export interface ClassChoice {
  /** Index of the policy that allows the path. */
  readonly policy: number;
  readonly health: (typeof USABLE)[number];
  /**
   * `order`: the first path in the order of the policy; `in-use`: the path that other packets take;
   * `found`: the first path that was found.
   */
  readonly by: 'order' | 'in-use' | 'found';
}

/**
 * A path that answers well is preferred to one that answers slowly or with losses, whichever policy
 * allows it.
 */
const USABLE = ['alive', 'degraded'] as const satisfies readonly PathHealth[];

/** Chooses the paths for the classes of packets to one peer. */
export class ClassRoutes {
  readonly #source: { readonly classes: readonly TrafficClass[] };
  readonly #controller: Pick<PathController, 'active' | 'status'>;
  #allowed: readonly (readonly AllowedPaths[])[] = [];
  #routes: readonly ClassRoute[] = [];

  /**
   * @param source Provides the classes in force.
   */
  constructor(
    source: { readonly classes: readonly TrafficClass[] },
    controller: Pick<PathController, 'active' | 'status'>,
  ) {
    this.#source = source;
    this.#controller = controller;
  }

  /** The path of each class, in the order of the classes. */
  get all(): readonly ClassRoute[] {
    return this.#routes;
  }

  /** Called with the paths to the peer after each lookup; {@link plan} must be called next. */
  found(paths: readonly GatewayPath[]): void {
    this.#allowed = this.#source.classes.map(({ policies }) =>
      policies.map((policy) => {
        const known = paths.map(({ path }) => path);
        const ids = applyPathPolicy(policy, known).map(({ fingerprint }) => fingerprint);
        return { ids, isOrdered: (policy.order ?? []).length > 0 };
      }),
    );
  }

  /** Chooses the paths again. Called when the controller has new information. */
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

  /**
   * The route of the first class to which a packet belongs; undefined if it belongs to none, or is
   * not an IP packet.
   */
  // hot: once per packet.
  of(packet: Uint8Array): ClassRoute | undefined {
    const { classes } = this.#source;
    const header = classes.length === 0 ? undefined : readIpHeader(packet);
    return header && this.#routes[classes.findIndex(({ fits }) => fits(header))];
  }
}

/** Chooses a path of the first policy that allows a fitting path. */
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
