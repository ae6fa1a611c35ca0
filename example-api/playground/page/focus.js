// @ts-check

/**
 * Moves the focus, once what was updated is drawn: what had it may be gone then, and who has a
 * keyboard only would begin at the top again.
 *
 * @param {string} id
 */
export function focusOn(id) {
  queueMicrotask(() => document.getElementById(id)?.focus())
}
