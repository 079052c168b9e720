/**
 * The card of a run in progress: how far the run has got, and a link to it. Once the run has ended
 * and its report is written, the list shows the card of the finished run instead.
 *
 * @module
 */
import { LIVE_URL_PATH, type LiveGetResponse } from '../../../format/live-wire.ts';
import type { LiveCard } from '../../../format/run-card.ts';
import { element } from '../../kernel/element.ts';
import { liveCardText } from '../../kernel/live-text.ts';
import { liveChip } from '../../kernel/verdict-chip.ts';
import { injectedFaultsNote } from './injected-note.ts';

const AGAIN_MS = 1_000;
const LOST = 'The server does not answer: the run may have ended. Trying again.';

/** Event that bubbles from the card when the report of its run has been written. */
export const REPORT_WRITTEN_EVENT = 'run-written';

/** Makes the card; it shows the progress of the run for as long as the card is in the document. */
export function makeLiveCardElement(
  card: LiveCard,
  open: (run: { readonly id: string; readonly hasTrace: boolean }) => void,
): HTMLElement {
  // After the list with this card was made, the run may have ended and its report may have been
  // written; then the id changes.
  let id: string = card.id;
  const watch = (): void => open({ id, hasTrace: true });
  const heading = element(
    'button',
    { type: 'button', class: 'open-card', click: watch },
    card.name,
  );
  const words = element('p', {}, liveCardText(card));
  let note = injectedFaultsNote(card.injected);
  const bar = element('progress', { max: card.durationNs || 1, value: card.nowNs });
  bar.setAttribute('aria-label', `how far ${card.name} is`);
  const root = element(
    'article',
    { class: 'card open', 'data-run': card.id },
    element('header', {}, element('h2', {}, heading), liveChip('RUNNING')),
    words,
    note,
    bar,
    element('footer', {}, 'in the process of this server · open it to watch'),
  );
  const refresh = async (): Promise<void> => {
    const news = await newsOf();
    if (news === undefined) {
      words.textContent = LOST;
      return;
    }
    words.textContent = liveCardText(news);
    if (note.dataset['injected'] !== String(news.injected)) {
      const before = note;
      note = injectedFaultsNote(news.injected);
      before.replaceWith(note);
    }
    bar.max = news.durationNs || 1;
    bar.value = news.phase === 'ended' ? bar.max : news.nowNs;
    if (news.report === undefined || id === news.report) return;
    id = news.report;
    root.dispatchEvent(new Event(REPORT_WRITTEN_EVENT, { bubbles: true }));
  };
  const clock = setInterval(() => {
    if (root.isConnected) void refresh();
    else clearInterval(clock);
  }, AGAIN_MS);
  return root;
}

async function newsOf(): Promise<LiveGetResponse | undefined> {
  const response = await fetch(LIVE_URL_PATH.slice(1)).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as LiveGetResponse) : undefined;
}
