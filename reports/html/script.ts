/**
 * The only script of the HTML report: copies a command, and reads values under the pointer or by
 * arrow keys. Without the script, the page shows everything else unchanged.
 *
 * @module
 */

/** The source of the script, which stands at the end of the body (not a module). */
export const REPORT_SCRIPT = `
'use strict';
for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    const done = () => { button.textContent = 'Copied'; setTimeout(() => { button.textContent = 'Copy'; }, 1500); };
    const select = () => {
      const range = document.createRange();
      range.selectNodeContents(document.getElementById(button.dataset.copy));
      getSelection().removeAllRanges(); getSelection().addRange(range);
      if (document.execCommand('copy')) done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select); else select();
  });
}
for (const figure of document.querySelectorAll('figure[data-read]')) {
  const data = JSON.parse(figure.dataset.read);
  const readout = figure.querySelector('.readout');
  const steps = data.x.length;
  let index = 0;
  const show = (svg, i) => {
    index = Math.max(0, Math.min(steps - 1, i));
    const left = Number(svg.dataset.left);
    const right = Number(svg.dataset.right);
    const x = left + (right - left) * (data.x[index] - data.from) / (data.to - data.from);
    const cursor = svg.querySelector('.cursor');
    cursor.setAttribute('x1', x); cursor.setAttribute('x2', x); cursor.removeAttribute('visibility');
    const values = data.series.map((one) => {
      const value = one.values[index];
      return one.name + ' ' + (value === null ? 'nothing measured' : value + (one.unit ? ' ' + one.unit : ''));
    });
    readout.textContent = data.label + ' ' + data.text[index] + ': ' + values.join(' · ');
  };
  const hide = (svg) => {
    svg.querySelector('.cursor').setAttribute('visibility', 'hidden');
    readout.textContent = '';
  };
  for (const svg of figure.querySelectorAll('svg[data-left]')) {
    svg.setAttribute('tabindex', '0');
    svg.addEventListener('pointermove', (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      const share = (x - Number(svg.dataset.left)) / (Number(svg.dataset.right) - Number(svg.dataset.left));
      const wanted = data.from + share * (data.to - data.from);
      let best = 0;
      for (let i = 1; i < steps; i++) {
        if (Math.abs(data.x[i] - wanted) < Math.abs(data.x[best] - wanted)) best = i;
      }
      show(svg, best);
    });
    svg.addEventListener('pointerleave', () => hide(svg));
    svg.addEventListener('blur', () => hide(svg));
    svg.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) { event.preventDefault(); show(svg, index + step); }
    });
  }
}
`;
