/**
 * The compare page: does B really differ from A (docs/spec/browser-view.md)?
 *
 * @module
 */
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { ComparePage } from './compare-page.ts';

/** The compare page: whether run B really differs from run A. */
export const page: Page = {
  name: 'compare',
  title: 'Compare',
  question: 'Is B really different from A?',
  order: 8,
  icon: 'M8 4v16M16 4v16M4 8h8M12 16h8',
  empty: { shows: 'a run beside another, KPI by KPI', scenario: 'failover.yaml' },
  isTimed: false,
  whileLive:
    'Two finished runs are compared: this one can be A or B as soon as its report is written.',
  needs: 'report',
  mount: (context) => new ComparePage(context).start(),
};
