/**
 * The report page: the results of a run, in a form that readers can pass on.
 *
 * @module
 */
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { mountReport } from './report-page.ts';

/** The report page: the results of a run, in a form that readers can pass on. */
export const page: Page = {
  name: 'report',
  title: 'Report',
  question: 'What do I hand over?',
  order: 9,
  icon: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  empty: {
    shows: 'the verdict with its numbers, to print and to download',
    scenario: 'hello.yaml',
  },
  isTimed: false,
  needs: 'report',
  mount: mountReport,
};
