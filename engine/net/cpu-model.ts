/**
 * The processor of a machine, shared by the hosts on it: `cores` servers and two lanes, control
 * before data, first come first served within a lane (docs/spec/processor-model.md#charging).
 *
 * Tasks with the same key run one at a time, in order. Charges are deterministic: nothing is drawn.
 * Not modelled: preemption, caches, garbage collection.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';

/** Smallest number of done tasks at which an array of tasks is compacted. */
const SLICE_FROM = 1_024;

/** A piece of work for the processor. */
export interface CpuTask {
  readonly lane: 'control' | 'data';
  /**
   * Tasks with the same key exclude each other and keep their order; undefined excludes nothing.
   */
  readonly key?: string | undefined;
  /** False when the task was cancelled before it began. */
  isWanted(): boolean;
  /** Begins on a free core; returns how long it occupies the core, integer ns. */
  begin(): number;
  /** Called when the task's core is free again, or instead of {@link begin} if it is not wanted any more. */
  end(): void;
}

/** The modelled processor cores of one machine. */
export class CpuModel {
  /** Total time that cores were occupied, ns. */
  busyNs = 0;
  private readonly scheduler: Scheduler;
  private freeCores: number;
  private readonly control = new TaskQueue();
  private readonly data = new TaskQueue();
  /** Keys in use, each with the tasks that wait for it. */
  private readonly keys = new Map<string, CpuTask[]>();

  constructor(scheduler: Scheduler, cores: number) {
    this.scheduler = scheduler;
    this.freeCores = cores;
  }

  /** Number of tasks that wait for a core. */
  get waiting(): number {
    return this.control.length + this.data.length;
  }

  /** Queues a task; it begins immediately if a core is free. */
  submit(task: CpuTask): void {
    if (task.key !== undefined) {
      const behind = this.keys.get(task.key);
      if (behind !== undefined) {
        behind.push(task);
        return;
      }
      this.keys.set(task.key, []);
    }
    this.enqueue(task);
    this.dispatch();
  }

  private enqueue(task: CpuTask): void {
    (task.lane === 'control' ? this.control : this.data).push(task);
  }

  private dispatch(): void {
    while (this.freeCores > 0) {
      const task = this.control.shift() ?? this.data.shift();
      if (task === undefined) return;
      if (!task.isWanted()) {
        this.finishKey(task.key);
        task.end();
        continue;
      }
      this.freeCores -= 1;
      const costNs = task.begin();
      this.busyNs += costNs;
      this.scheduler.after(costNs, () => this.finish(task), 'processor');
    }
  }

  private finish(task: CpuTask): void {
    this.freeCores += 1;
    this.finishKey(task.key);
    task.end();
    this.dispatch();
  }

  private finishKey(key: string | undefined): void {
    if (key === undefined) return;
    const next = this.keys.get(key)?.shift();
    if (next === undefined) this.keys.delete(key);
    else this.enqueue(next);
  }
}

/** A FIFO queue; `shift` on a long array would move all of it. */
class TaskQueue {
  private tasks: CpuTask[] = [];
  private head = 0;

  get length(): number {
    return this.tasks.length - this.head;
  }

  push(task: CpuTask): void {
    this.tasks.push(task);
  }

  shift(): CpuTask | undefined {
    const task = this.tasks[this.head];
    if (task === undefined) return undefined;
    this.head += 1;
    if (this.head === this.tasks.length) this.tasks.length = 0;
    // Half of a long array is done: compact it, which costs one move per task.
    else if (this.head >= SLICE_FROM && this.head * 2 > this.tasks.length) {
      this.tasks = this.tasks.slice(this.head);
    } else return task;
    this.head = 0;
    return task;
  }
}
