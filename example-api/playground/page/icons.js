// @ts-check
import { html, svg } from './lit-html.js'

const paths = {
  passed: svgPath('M4 10.5l4 4 8-9'),
  refused: svgPath('M5 5l10 10M15 5L5 15'),
  unavailable: svgPath('M10 4v7M10 15v.5'),
  skipped: svgPath('M5 10h10'),
  unreached: svgPath('M10 10h.01'),
  unknown: svgPath('M7.5 7.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M10 15v.2'),
  browser: svgPath('M2.5 4.5h15v11h-15zM2.5 8h15M5 6.2h.01M7 6.2h.01'),
  dpop: svgPath('M10.2 11.6a4 4 0 1 1 0-3.2h7.3v3.2h-2.3v2.2h-2.7v-2.2zM6.6 10h.01'),
  web: svgPath('M3.5 3.5h13v5h-13zM3.5 11.5h13v5h-13zM6.5 6h.01M6.5 14h.01'),
  native: svgPath('M6 2.5h8v15H6zM9.3 15h1.4'),
  device: svgPath('M2.5 4h15v9.5h-15zM7 17h6M10 13.5V17'),
  machine: svgPath(
    'M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4',
  ),
  up: svgPath('M4 10.5l4 4 8-9'),
  down: svgPath('M5 5l10 10M15 5L5 15'),
  advice: svgPath(
    'M7.5 14.5h5M8.5 17h3M10 2.5a5 5 0 0 0-3 9c.6.5.9 1.1.9 1.8h4.2c0-.7.3-1.3.9-1.8a5 5 0 0 0-3-9',
  ),
}

/**
 * A small picture beside words that say the same.
 *
 * @param {keyof typeof paths} name
 */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">${paths[name]}</svg>`
}

/** @param {string} d */
function svgPath(d) {
  return svg`<path d=${d}></path>`
}
