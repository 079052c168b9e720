/**
 * The protocols page: what a protocol is doing, drawn by the protocol itself
 * (docs/spec/browser-view.md).
 *
 * @module
 */
import './style.css';
import type { Page } from '../../kernel/page.ts';
import { ProtocolsPage } from './protocols-page.ts';
import { whyNothingToDraw } from './why-nothing-to-draw.ts';

/** The protocols page: what a protocol is doing, drawn by the protocol itself. */
export const page: Page = {
  name: 'protocols',
  title: 'Protocols',
  question: 'What is this protocol doing?',
  order: 7,
  icon: 'M4 5.500h7v5h-7zM13 13.500h7v5h-7zM7.500 10.500v5.500h5.500M16.500 13.500V8h-5.500',
  empty: { shows: 'paths, replay windows, handshakes and segments', scenario: 'failover.yaml' },
  lacks: whyNothingToDraw,
  isTimed: true,
  needs: 'trace',
  mount: (context) => new ProtocolsPage(context).start(),
};
