/**
 * The routes of packets to one peer: the underlay of the path in use, and the strategy's plan,
 * which says which path or paths each packet takes.
 *
 * @module
 */
import { isAnswering } from './multipath/is-answering.ts';
import { type PathPlan, planPaths, type StrategyKind } from './multipath/strategy.ts';
import type { PathController } from './multipath/types.ts';
import { ClassRoutes } from './routing/class-routes.ts';
import type { TrafficClass } from './routing/traffic-class.ts';
import type { TracedSending } from './trace-states.ts';
import type { GatewayPath } from './underlay/path-directory.ts';
import type { UnderlayPath } from './underlay/underlay-path.ts';
import type { UnderlayPaths } from './underlay-paths.ts';

/** Chooses the underlay paths on which packets leave. */
export class PacketRoutes {
  /** The underlay of the path in use; undefined before the first choice. */
  active: UnderlayPath | undefined;
  readonly classes: ClassRoutes;
  readonly #strategy: StrategyKind;
  readonly #controller: PathController;
  readonly #underlays: UnderlayPaths;
  /** The plan; each path is given by its index in the controller. */
  planned: PathPlan = [];
  #plan: readonly (readonly UnderlayPath[])[] = [];
  #turn = 0;

  /**
   * @param router Provides the traffic classes in force.
   */
  constructor(
    strategy: StrategyKind,
    controller: PathController,
    underlays: UnderlayPaths,
    router: { readonly classes: readonly TrafficClass[] },
  ) {
    this.#strategy = strategy;
    this.#controller = controller;
    this.#underlays = underlays;
    this.classes = new ClassRoutes(router, controller);
  }

  /** The underlay of a path of the controller. */
  at(index: number): UnderlayPath | undefined {
    return this.#underlays.get(this.#controller.path(index).id);
  }

  /**
   * Makes a new plan. Called when the controller has new information, or when a path has new
   * headers.
   */
  plan(now: number): void {
    this.classes.plan(now);
    const { active } = this.#controller;
    if (active < 0) return;
    this.active = this.at(active);
    this.planned = planPaths(this.#strategy, active, this.#controller.status(now));
    this.#plan = this.planned.map((turn) => turn.flatMap((index) => this.at(index) ?? []));
  }

  /**
   * Switches to the path that the controller now uses.
   * @param isFault True if the former path has failed.
   */
  switch(
    nowNs: number,
    isFault: boolean,
  ): Readonly<Record<'from' | 'to', GatewayPath | undefined>> {
    const left = this.active;
    if (isFault) left?.usage.failed(nowNs);
    this.plan(nowNs);
    return { from: left?.path, to: this.active?.path };
  }

  /**
   * The underlay paths of the next packet, one for each copy; empty before the first choice of a
   * path, undefined if the packet's traffic class has no path.
   */
  // hot: once per packet.
  next(packet: Uint8Array): readonly UnderlayPath[] | undefined {
    const ofClass = this.classes.of(packet);
    if (ofClass !== undefined) {
      const underlay = ofClass.path === undefined ? undefined : this.#underlays.get(ofClass.path);
      return underlay && [underlay];
    }
    const plan = this.#plan;
    this.#turn = this.#turn + 1 < plan.length ? this.#turn + 1 : 0;
    return plan[this.#turn] ?? [];
  }

  /** Describes the strategy and the path of each traffic class; null for a class without a path. */
  describe(): TracedSending {
    const classes = this.classes.all.map(({ name, path }) => {
      const underlay = path === undefined ? undefined : this.#underlays.get(path);
      return { name, path: underlay?.path.name ?? null };
    });
    return { strategy: this.#strategy, classes };
  }

  /** The underlay path in use; undefined if this path is known not to answer. */
  working(now: number): UnderlayPath | undefined {
    const path = this.#controller.status(now)[this.#controller.active];
    return isAnswering(path) ? this.active : undefined;
  }
}
