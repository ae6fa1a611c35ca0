/** How many bits each status takes; none crosses an octet. */
export type StatusBits = 1 | 2 | 4 | 8

/** The only status that is good (draft-ietf-oauth-status-list section 7.1): not revoked, not suspended. */
export const validStatus = 0x00

/** The statuses of many tokens, side by side (draft-ietf-oauth-status-list section 4.1). */
export class StatusList {
  readonly #octets: Uint8Array
  readonly #bits: StatusBits

  constructor(octets: Uint8Array, bits: StatusBits) {
    this.#octets = octets
    this.#bits = bits
  }

  /** What it takes in memory. */
  get bytes(): number {
    return this.#octets.length
  }

  /** The status at an index, from 0; `undefined` beyond the end of the list. */
  at(index: number): number | undefined {
    const perOctet = 8 / this.#bits
    const octet = this.#octets[Math.floor(index / perOctet)]
    // Octets in their order, statuses within them from the least significant bit on.
    return octet === undefined
      ? undefined
      : (octet >> ((index % perOctet) * this.#bits)) & (2 ** this.#bits - 1)
  }
}
