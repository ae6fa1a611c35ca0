import { parseJsonObject } from '../jws/json.ts'
import type { HttpClient, HttpResponse } from './http-client.ts'
import { HttpFailure, type HttpFailureCode } from './http-failure.ts'
import { withoutQuery } from './without-query.ts'

/** Why no JSON object was got: a closed union of low cardinality, fit for metrics. */
export type JsonFailureCode = HttpFailureCode | 'wrong_status' | 'wrong_content' | 'malformed'

/** For operators: words of ours and where it was asked, nothing that was in the answer. */
export interface JsonFailure {
  readonly failure: JsonFailureCode
  /** Without its query. */
  readonly url: string
  readonly status?: number
  readonly cause?: HttpFailure
}

/** Metadata and key sets take a few kilobytes; the largest key sets, with certificates, below 100. */
const maxBytes = 256 * 1024

/** Gets a document that is one JSON object, strictly parsed, or says why not. Never throws but for bugs. */
export async function getJson(
  http: HttpClient,
  where: string,
): Promise<{ readonly json: Record<string, unknown> } | JsonFailure> {
  const url = withoutQuery(where)
  let response: HttpResponse
  try {
    response = await http.send({
      method: 'GET',
      url: where,
      headers: { accept: 'application/json' },
      maxBytes,
    })
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    return Object.freeze({ failure: error.code, url, cause: error })
  }
  const { status } = response
  if (status !== 200) return Object.freeze({ failure: 'wrong_status', url, status })
  // Not an allow-list: key sets come as application/jwk-set+json, octet-stream or without a type.
  if (/^\s*(text\/html|application\/xhtml)/i.test(response.header('content-type') ?? '')) {
    return Object.freeze({ failure: 'wrong_content', url })
  }
  const json = parseJsonObject(response.body)
  return json ? { json } : Object.freeze({ failure: 'malformed', url })
}
