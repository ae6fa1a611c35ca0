// The package's own file for browsers is served in place of this one.
export { html, nothing, render, svg } from 'lit-html'
