/**
 * A point-to-point link: two directions, and changes that can be undone. Effects stack: of several
 * changes to a quantity the latest wins, and the link is up only if none holds it down
 * (docs/spec/link-model.md#changes-while-packets-are-under-way).
 *
 * @module
 */
import type { LinkDirection } from './direction.ts';
import {
  type AffectedDirections,
  LINK_DIRECTION_DEFAULTS,
  type LinkChange,
  type LinkDirectionSpec,
} from './link-spec.ts';

/** Where one end of a link is attached. */
export interface LinkEndAttachment {
  readonly host: string;
  readonly port: number;
  /** Address of this end, if it differs from the host's. */
  readonly address?: string;
}

/** A change that lasts until it is ended. */
export interface LinkChangeHandle {
  /** Undoes the change; harmless if it has ended. */
  end(): void;
}

/** The changes in force on one direction. */
class ChangeStack {
  readonly direction: LinkDirection;
  private readonly base: LinkDirectionSpec;
  /** The changes in force, oldest first; absent until the first change. */
  private changes: LinkChange[] | undefined;

  constructor(direction: LinkDirection) {
    this.direction = direction;
    this.base = direction.spec;
  }

  add(change: LinkChange): void {
    this.changes ??= [];
    this.changes.push(change);
    this.update(change);
    if (change.limitPackets !== undefined) this.direction.setQueueLimit(change.limitPackets);
    if (change.up === false) this.direction.addDown();
  }

  remove(change: LinkChange): void {
    this.changes?.splice(this.changes.indexOf(change), 1);
    this.update(change);
    if (change.limitPackets !== undefined) this.restoreLimit();
    if (change.up === false) this.direction.removeDown();
  }

  private update(last: LinkChange): void {
    const effective = (this.changes ?? []).reduce(changed, this.base);
    this.direction.apply(effective, last.inSerialisation ?? 'finish');
  }

  private restoreLimit(): void {
    const { queue } = this.base;
    const own = queue !== undefined && 'limitPackets' in queue ? queue.limitPackets : undefined;
    const byDefault =
      queue === undefined ? LINK_DIRECTION_DEFAULTS.limitPackets : Number.POSITIVE_INFINITY;
    const latest = this.changes?.findLast((change) => change.limitPackets !== undefined);
    this.direction.setQueueLimit(latest?.limitPackets ?? own ?? byDefault);
  }
}

interface OpenDown {
  readonly side: AffectedDirections;
  readonly effect: LinkChangeHandle;
}

const NO_DOWNS: readonly OpenDown[] = [];

/** A point-to-point link: its two directions, and the changes that act on them. */
export class SimLink {
  readonly id: string;
  readonly a: LinkEndAttachment;
  readonly b: LinkEndAttachment;
  readonly forward: LinkDirection;
  readonly backward: LinkDirection;
  /**
   * The changes of both directions; absent until the first change, since most links of a large
   * network never change.
   */
  private stacks: readonly [ChangeStack, ChangeStack] | undefined;
  /** Changes with `up: false`, oldest first; `up: true` ends the oldest of its side. */
  private openDowns: readonly OpenDown[] = NO_DOWNS;

  constructor(
    place: { readonly id: string; readonly a: LinkEndAttachment; readonly b: LinkEndAttachment },
    forward: LinkDirection,
    backward: LinkDirection,
  ) {
    this.id = place.id;
    this.a = place.a;
    this.b = place.b;
    this.forward = forward;
    this.backward = backward;
  }

  /** The directions that `side` selects. */
  directions(side: AffectedDirections): readonly LinkDirection[] {
    if (side === 'forward') return [this.forward];
    return side === 'backward' ? [this.backward] : [this.forward, this.backward];
  }

  /**
   * Changes the link from now on.
   * @returns the effect, which can be ended. A change with `up: true` instead ends the oldest `up: false` of the same
   * side.
   */
  change(change: LinkChange, side: AffectedDirections = 'both'): LinkChangeHandle {
    if (change.up === true) this.endOldestDown(side);
    const stacks = this.stacksOf(side);
    for (const stack of stacks) stack.add(change);
    let isOver = false;
    const effect = {
      end: (): void => {
        if (isOver) return;
        isOver = true;
        for (const stack of stacks) stack.remove(change);
      },
    };
    if (change.up === false) this.openDowns = [...this.openDowns, { side, effect }];
    return effect;
  }

  /** Withholds packets that arrive until the effect ends; then they arrive in `order`. */
  hold(
    side: AffectedDirections = 'both',
    order?: (packets: readonly number[]) => readonly number[],
  ): LinkChangeHandle {
    const directions = this.directions(side);
    for (const direction of directions) direction.hold();
    let isOver = false;
    return {
      end: (): void => {
        if (isOver) return;
        isOver = true;
        for (const direction of directions) direction.release(order);
      },
    };
  }

  private endOldestDown(side: AffectedDirections): void {
    const oldest = this.openDowns.find((down) => down.side === side);
    this.openDowns = this.openDowns.filter((down) => down !== oldest);
    oldest?.effect.end();
  }

  private stacksOf(side: AffectedDirections): readonly ChangeStack[] {
    this.stacks ??= [new ChangeStack(this.forward), new ChangeStack(this.backward)];
    const [forward, backward] = this.stacks;
    if (side === 'forward') return [forward];
    return side === 'backward' ? [backward] : this.stacks;
  }
}

/** Applies one more change to a specification. */
function changed(spec: LinkDirectionSpec, change: LinkChange): LinkDirectionSpec {
  const { up: _up, limitPackets: _limit, inSerialisation: _rule, ...quantities } = change;
  const entries = Object.entries(quantities).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return spec;
  const result: Record<string, unknown> = { ...spec };
  // A rate or delay that a change sets does not follow its trace meanwhile.
  if (change.rateBps !== undefined) delete result['rateSteps'];
  if (change.delayNs !== undefined) delete result['delaySteps'];
  for (const [name, value] of entries) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  return result as unknown as LinkDirectionSpec;
}
