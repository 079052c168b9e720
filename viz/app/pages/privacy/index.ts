/**
 * The privacy page: who learns how much, and what does protection cost (docs/spec/browser-view.md)?
 *
 * @module
 */
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { mountPrivacy } from './privacy-page.ts';
import { missingPrivacyData } from './without-privacy.ts';

/** The privacy page: who learns how much, and what protection costs. */
export const page: Page = {
  name: 'privacy',
  title: 'Privacy',
  question: 'Who learns how much, and what does privacy cost?',
  order: 6,
  icon: 'M2 12c3-5 6.5-7 10-7s7 2 10 7c-3 5-6.5 7-10 7s-7-2-10-7zM9 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0M3 21L21 3',
  empty: { shows: 'what an adversary believes, and its price', scenario: 'mixnet-cover.yaml' },
  lacks: missingPrivacyData,
  isTimed: false,
  whileLive:
    'Entropy, anonymity sets, attacks and the price are computed from all messages when the run has ended.',
  needs: 'report',
  mount: mountPrivacy,
};
