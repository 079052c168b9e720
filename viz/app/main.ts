/**
 * Entry of the browser view. It fetches nothing except from the server that it came from; a page
 * opened from disk fetches nothing at all.
 *
 * @module
 */
import './style/base.css';
import './style/shell.css';
import './style/chart.css';
import { Shell } from './kernel/shell.ts';

new Shell().start();
