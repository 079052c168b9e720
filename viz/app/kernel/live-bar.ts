/**
 * The bar above a page of a run in progress: how far the run has got, what was dropped, and whether
 * the cursor follows the run. The cursor follows until the reader moves it.
 *
 * @module
 */
import type { LiveFeedState } from '../data/live-feed.ts';
import type { TraceClient } from '../data/trace-client.ts';
import { element, replaceContent } from './element.ts';
import { connectionLostText, liveProgressText } from './live-text.ts';
import { Observable } from './observable.ts';
import type { ViewState } from './view-state.ts';

/**
 * The cursor stays this far behind the run, ns, because a packet becomes visible only after its
 * arrival.
 */
const BEHIND_NS = 250e6;
const REFRESH_MS = 1_000;

/** The parameters of {@link makeLiveBar}. */
export interface LiveBarParts {
  readonly view: ViewState;
  readonly signal: AbortSignal;
  /** Called about once a second if the trace has grown, so that the page draws itself again. */
  readonly refresh: () => void;
}

/** The bar above a page of a run in progress. */
export interface LiveBar {
  readonly root: HTMLElement;
  /** True while the cursor and the numbers follow the run. */
  readonly isFollowing: Observable<boolean>;
  /**
   * Calls `move`, which may move the cursor. The cursor keeps following the run; only a move by the
   * reader stops that.
   */
  byItself(move: () => void | Promise<void>): Promise<void>;
}

/** Makes the bar and starts to move the cursor. */
export function makeLiveBar(trace: TraceClient, parts: LiveBarParts): LiveBar {
  const { view, signal, refresh } = parts;
  const words = element('span', { role: 'status' });
  const follow = element('button', { type: 'button' }, 'Follow');
  const bar = element('div', { class: 'live-bar', 'data-live': 'waiting' }, words, follow);
  const isFollowing = new Observable(true);
  let isOwn = false;
  let own = view.time.cursor.value;
  let lostAt: number | undefined;
  let drawnAt = 0;
  let isStale = false;
  view.time.cursor.watch(signal, (timeNs) => {
    // A difference of at most 1 ns is a rounding error; only a larger one is a move by the reader.
    if (isOwn) own = timeNs;
    else if (Math.abs(timeNs - own) > 1) isFollowing.value = false;
  });
  isFollowing.watch(signal, (follows) => {
    follow.hidden = follows;
  });
  follow.addEventListener('click', () => {
    isFollowing.value = true;
    show(trace.live.value);
  });
  const clock = setInterval(() => {
    say(trace.live.value);
    // A paused run sends no further state, so the latest state is drawn here if it was not drawn
    // before.
    if (isStale) draw();
  }, REFRESH_MS);
  signal.addEventListener('abort', () => clearInterval(clock));
  trace.live.watch(signal, show);
  return { root: bar, isFollowing, byItself };

  async function byItself(move: () => void | Promise<void>): Promise<void> {
    isOwn = true;
    try {
      await move();
    } finally {
      isOwn = false;
    }
  }

  function show(state: LiveFeedState | undefined): void {
    if (state === undefined) return;
    lostAt = state.link === 'lost' ? (lostAt ?? performance.now()) : undefined;
    if (isFollowing.value && !view.time.isPlaying.value) {
      const atNs = Math.round(Math.max(0, state.news.nowNs - BEHIND_NS));
      own = Math.min(atNs, view.time.extent.value[1]);
      view.time.moveTo(own);
    }
    say(state);
    isStale = performance.now() - drawnAt < REFRESH_MS && state.news.phase === 'running';
    if (!isStale) draw();
  }

  function draw(): void {
    isStale = false;
    drawnAt = performance.now();
    refresh();
  }

  function say(state: LiveFeedState | undefined): void {
    if (state === undefined) return;
    const { link, news } = state;
    bar.dataset['live'] = link === 'lost' ? 'lost' : news.phase;
    const text =
      lostAt === undefined
        ? liveProgressText(news)
        : connectionLostText(news, performance.now() - lostAt);
    if (words.textContent !== text) replaceContent(words, text);
  }
}
