/**
 * The style sheet of the HTML report: colours as variables (docs/spec/browser-view.md; light, dark
 * if the reader prefers it, light when printed), system fonts, a 4 px grid.
 *
 * @module
 */
import { colourTokensCss, DARK_COLOURS, LIGHT_COLOURS } from './tokens.ts';

const LIGHT_SCHEME = `${colourTokensCss(LIGHT_COLOURS)} color-scheme: light;`;
const DARK_SCHEME = `${colourTokensCss(DARK_COLOURS)} color-scheme: dark;`;

/** The complete style sheet. */
export const REPORT_STYLE = `
:root {${LIGHT_SCHEME}
}
@media (prefers-color-scheme: dark) { :root {${DARK_SCHEME}
} }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
main, .bar > div { max-width: 1008px; margin: 0 auto; padding: 0 24px; }
main { padding-bottom: 48px; }
h1, h2, h3, p { margin: 0; }
code, pre, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
code, .mono { font-size: 13px; overflow-wrap: anywhere; }
.bar { border-top: 6px solid var(--verdict); background: var(--verdict-tint); padding: 24px 0; }
.bar.pass { --verdict: var(--pass); --verdict-tint: var(--pass-tint); }
.bar.fail { --verdict: var(--fail); --verdict-tint: var(--fail-tint); }
.bar.open { --verdict: var(--open); --verdict-tint: var(--open-tint); }
.bar h1 { font-size: 20px; line-height: 28px; font-weight: 600; text-wrap: balance; }
.bar h1 b { color: var(--verdict); font-weight: 700; letter-spacing: .02em; margin-right: 8px; }
.bar .question { max-width: 65ch; margin-top: 4px; font-size: 15px; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 16px 0 0; }
.facts div { display: flex; gap: 8px; align-items: baseline; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
section { margin-top: 40px; }
h2 {
  font-size: 12px; line-height: 16px; font-weight: 600; letter-spacing: .06em;
  text-transform: uppercase; color: var(--muted); margin-bottom: 12px;
}
figure { margin: 0 0 32px; }
figcaption { margin-bottom: 8px; }
figcaption strong { display: block; font-size: 16px; line-height: 24px; font-weight: 600; }
figcaption span { color: var(--muted); }
table { border-collapse: collapse; width: 100%; }
th {
  text-align: left; font-weight: 400; font-size: 12px; color: var(--muted);
  padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); white-space: nowrap;
}
td { padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.mark { width: 20px; font-weight: 700; }
.pass-text { color: var(--pass); } .fail-text { color: var(--fail); } .open-text { color: var(--open); } .muted { color: var(--muted); }
.kpis .name { font-weight: 600; } .kpis .name small { font-weight: 400; }
.kpis .measured { font-size: 16px; font-weight: 600; }
.kpis .why td { border-bottom: 1px solid var(--line); padding-top: 0; color: var(--fail); }
.kpis .why.open-text td { color: var(--open); }
.kpis .why.muted td { color: var(--muted); }
.kpis tr.has-why td { border-bottom: 0; padding-bottom: 2px; }
small { font-size: 12px; color: var(--muted); }
.notes { list-style: none; margin: 12px 0 0; padding: 0; color: var(--muted); font-size: 13px; }
.notes .warn b, .notes .broken b { color: var(--fail); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 12px; fill: var(--muted); font-family: inherit; }
svg .strong { fill: var(--text); font-weight: 600; } svg .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
.baseline { stroke: var(--muted); stroke-width: 1; shape-rendering: crispEdges; }
.limit { stroke: var(--fail); stroke-width: 1.5; stroke-dasharray: 5 3; }
svg text.limit-label { fill: var(--fail); }
.fault { fill: var(--shade); } .warmup { fill: var(--panel); }
.allowed { fill: var(--pass-tint); }
.good { fill: var(--pass); } .bad { fill: var(--fail); } .open { fill: var(--open); }
.interval-pass { stroke: var(--pass); } .interval-fail { stroke: var(--fail); } .interval-open { stroke: var(--open); }
.seed-tick { stroke: var(--muted); stroke-width: 1; opacity: .55; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.thin { stroke-width: 1; } .dashed { stroke-dasharray: 4 3; }
.band { opacity: .2; stroke-width: 1; } .layer, .strip { opacity: .8; }
.empty-box { fill: var(--panel); stroke: var(--line); stroke-dasharray: 4 4; }
${[1, 2, 3, 4, 5, 6].map((i) => `.s${i} { stroke: var(--c${i}); } .f${i} { fill: var(--c${i}); }`).join('\n')}
${[1, 2, 3, 4, 5].map((i) => `.h${i} { fill: var(--heat${i}); }`).join('\n')}
svg text.on-heat { fill: var(--heat-text); } svg text.on-heat-strong { fill: var(--heat-text-strong); }
.miss-frame, .miss-ring { fill: none; stroke: var(--fail); stroke-width: 2; }
.cursor { stroke: var(--text); stroke-width: 1; opacity: .6; }
.readout { min-height: 20px; font-size: 12px; color: var(--muted); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12px; color: var(--muted); margin-bottom: 4px; }
.legend svg { display: inline-block; width: 12px; height: 12px; margin-right: 6px; vertical-align: -1px; }
.narrow { display: none; max-width: 560px; }
.legend.always { display: flex; max-width: none; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; }
.facts-table td:first-child { color: var(--muted); white-space: nowrap; width: 1%; padding-right: 24px; }
.facts-table td { padding: 4px 0; vertical-align: top; }
.command { display: flex; gap: 12px; align-items: center; background: var(--panel); border-radius: 6px; padding: 8px 12px; margin-bottom: 12px; }
.command code { flex: 1; }
button {
  font: inherit; font-size: 13px; color: var(--link); background: none; cursor: pointer;
  border: 1px solid var(--line); border-radius: 6px; padding: 2px 12px; min-height: 32px;
}
button:hover { border-color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
summary { cursor: pointer; color: var(--link); min-height: 24px; }
details > div { overflow-x: auto; margin-top: 8px; }
.how dt { font-weight: 600; margin-top: 12px; } .how dd { margin: 0; max-width: 80ch; }
footer { margin-top: 48px; color: var(--muted); font-size: 12px; }
@media (max-width: 760px) {
  main, .bar > div { padding: 0 16px; }
  .wide { display: none; } .narrow { display: block; } .legend.narrow { display: flex; }
  .two { grid-template-columns: 1fr; }
  .kpis thead { display: none; }
  .kpis tbody tr { display: grid; grid-template-columns: 20px 1fr auto; column-gap: 8px; padding: 12px 0; border-bottom: 1px solid var(--line); }
  .kpis td { border: 0; padding: 0; }
  .kpis .mark { grid-row: 1 / span 2; }
  .kpis .name { grid-column: 2; overflow-wrap: anywhere; } .kpis .measured { grid-column: 3; grid-row: 1; }
  .kpis .interval { grid-column: 2; text-align: left; }
  .kpis .plot { grid-column: 2 / span 2; grid-row: 3; margin-top: 8px; }
  .kpis .limit-cell { grid-column: 3; grid-row: 2; }
  .kpis .margin { display: none; }
  .kpis .why { padding: 0 0 12px 28px; display: block; } .kpis tr.has-why { border-bottom: 0; padding-bottom: 4px; }
  .kpis .why td { display: block; border: 0; } .kpis .why td:empty { display: none; }
  .command { flex-direction: column; align-items: stretch; }
  button { min-height: 44px; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  :root {${LIGHT_SCHEME}
  }
  body { font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, .bar > div { max-width: none; padding: 0; } .bar { padding: 12px 16px; }
  .wide { display: block; } .narrow, .legend.narrow, .readout, button { display: none; }
  figure, tr, .bar { break-inside: avoid; } h2 { break-after: avoid; }
  section { margin-top: 20px; } figure { margin-bottom: 16px; }
}
@media (forced-colors: active) {
  .line, .limit, .baseline { stroke: CanvasText; } .good, .bad, .open { fill: CanvasText; }
}
`;
