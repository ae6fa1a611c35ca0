/** The whole body, or `undefined` as soon as it exceeds the bound; leaving the loop destroys it. */
export async function boundedBody(
  body: AsyncIterable<Uint8Array> | undefined,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}
